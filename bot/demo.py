"""The demo: the same program on loopback with a throw-away state folder, people of every role and two enterprises."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from bot.exits import USAGE, Refused
from bot.settings import Settings, is_loopback
from bot.store import SqlStore
from desk.people import EnterpriseId, Level, Person, PersonId, Role
from handlers.invitations import Invitations

COUNTY: Final = "浙江省/湖州市/德清县"
CITY: Final = "浙江省/湖州市"
PROVINCE: Final = "浙江省"
_ON_DUTY: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class _Cast:
    """One person of the demo; ``serves`` is an enterprise as its named liaison (挂联)."""

    name: str
    title: str
    role: Role
    unit: str
    region: str
    level: Level = Level.COUNTY
    enterprise: str = ""
    serves: str = ""


PEOPLE: Final = (
    _Cast("陈老板", "企业主（莫干童装厂）", Role.OWNER, "", COUNTY, enterprise="demo-tongzhuang"),
    _Cast("沈老板", "企业主（青山民宿）", Role.OWNER, "", COUNTY, enterprise="demo-minsu"),
    _Cast("李律师", "律师（县级，明理律所）", Role.LAWYER, "明理律师事务所", COUNTY, serves="demo-tongzhuang"),
    _Cast("周律师", "律师（市级，衡正律所）", Role.LAWYER, "衡正律师事务所", CITY, Level.CITY),
    _Cast("王法官", "法官（另一家法院）", Role.JUDGE, "湖州市南浔区人民法院", CITY),
    _Cast("赵检察官", "检察官", Role.PROSECUTOR, "德清县人民检察院", COUNTY),
    _Cast("钱警官", "警官", Role.POLICE, "德清县公安局", COUNTY),
    _Cast("孙联络员", "司法局联络员", Role.BUREAU, "德清县司法局", COUNTY),
    _Cast("吴受理员", "受理员", Role.CLERK, "德清县社会治理中心", COUNTY),
    _Cast("郑督办", "督办（市级）", Role.SUPERVISOR, "湖州市社会治理中心", CITY, Level.CITY),
    _Cast("冯管理员", "知识管理员", Role.ADMIN, "湖州市司法局", CITY, Level.CITY),
    _Cast("褚管理员", "第二位知识管理员", Role.ADMIN, "湖州市司法局", CITY, Level.CITY),
    _Cast("卫审计", "审计", Role.AUDITOR, "湖州市司法局", CITY, Level.CITY),
)

QUESTIONS: Final = (
    ("没签劳动合同要赔双倍工资吗", "answered from the base, with its legal basis"),
    ("货柜超期没还，船公司的滞箱费怎么谈？", "not in the base: 找人工, then sign and answer it as 李律师"),
    ("我被公司的人关起来了", "110 first"),
)
"""What a newcomer may try first, and what follows."""


def demo_settings(settings: Settings) -> Settings:
    """The settings with a throw-away state folder. Raises Refused for any host but loopback."""
    host = settings.http_host
    if not is_loopback(host):
        raise Refused(f"--demo refuses any host but loopback: TIJIAN_HTTP_HOST is {host}", USAGE)
    folder = Path(tempfile.mkdtemp(prefix="tijian-demo-"))
    return settings.model_copy(update={"state_dir": folder, "database_url": ""})


async def fill(store: SqlStore, invitations: Invitations, at: datetime) -> Sequence[tuple[str, str]]:
    """Makes everybody and puts the experts on duty; gives (who, one-time login link)."""
    links = []
    async with store.work() as work:
        for number, one in enumerate(PEOPLE, start=1):
            person = Person(
                id=PersonId(f"demo-{number:02d}"),
                name=one.name,
                roles=frozenset({Role.OWNER, one.role}),
                unit=one.unit,
                level=one.level,
                region=one.region,
                enterprise=EnterpriseId(one.enterprise) if one.enterprise else None,
                test=True,
            )
            await work.people.add(person)
            if person.staff:
                await work.duties.put_on_rota(person.id, at - timedelta(days=1), at + _ON_DUTY)
            if one.serves:
                await work.duties.liaison(person.id, EnterpriseId(one.serves), serves=True)
            link = await invitations.login_link(work, person.id, at, life=_ON_DUTY)
            links.append((f"{one.title} {one.name}", link))
        await work.commit()
    return links
