"""What is kept of somebody is theirs to have, and nobody else's."""

from __future__ import annotations

import json
from pathlib import Path

from tests.web.program import Visitor, running

QUESTION = "客户收了货一直不付货款，怎么要回来？"


async def test_everything_kept_is_downloaded_by_its_person_alone(tmp_path: Path) -> None:
    async with running(tmp_path / "state") as house, Visitor(house) as owner, Visitor(house) as other:
        await owner.allow()
        async with owner.http.get("/privacy/export") as response:
            kept, text = json.loads(await response.read()), response.headers["Content-Disposition"]
        assert text.startswith("attachment")
        assert QUESTION in json.dumps(kept, ensure_ascii=False)
        assert not {"csrf", "digest", "key"} & set(kept["sessions"][0])
        assert (await other.open("/privacy/export"))[0] == 404
        await other.post("/chat/start")
        async with other.http.get("/privacy/export") as response:
            assert QUESTION not in await response.text()
