"""A base of a few entries and a small house of people, for dialogs."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from desk.calendar import SHANGHAI
from desk.people import Level, Person, PersonId, Role
from handlers.base import BaseHolder, KnowledgeBase
from knowledge.entry import Audience, Basis, Entry, EntryId, EntryStatus
from tests.fakes import LikenessMatcher

REGION = "浙江省/湖州市/德清县"
MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=SHANGHAI)


def entry(identity: str, question: str, *asks: str, answer: str = "", **more: Any) -> Entry:  # noqa: ANN401
    facts: dict[str, Any] = {
        "basis": (Basis(law="劳动合同法", article="十九", version=date(2012, 12, 28), quote="试用期不得超过六个月"),),
        "status": EntryStatus.PUBLISHED,
        "topic": identity.split(".", maxsplit=1)[0],
        "answer": answer or f"答：{question}",
    }
    return Entry(id=EntryId(identity), question=question, asks=asks, **(facts | more))


ENTRIES = (
    entry(
        "labour.probation-length", "试用期最长可以约定多久？", "新招的员工试用期签几个月合法", answer="最长六个月。",
        related=(EntryId("labour.probation-pay"),),
    ),
    entry("labour.probation-pay", "试用期工资最低可以发多少？"),
    entry("labour.dismiss", "员工严重违反规章制度可以辞退吗？", audience=Audience.EMPLOYER, answer="单位可以解除。"),
    entry("labour.dismissed", "严重违反规章制度被辞退了怎么办？", audience=Audience.EMPLOYEE, answer="可以申请仲裁。"),
    entry("contract.late", "客户拖欠货款怎么办？", "对方一直不付货款可以起诉吗", answer="先催告，再起诉。"),
    entry("secret.leak", "员工带走客户名单怎么办？", answer="先固定证据。"),
    entry("tax.old", "小规模纳税人怎么开票？", review_by=date(2026, 1, 1), answer="可以自行开具。"),
)  # fmt: skip


def base() -> BaseHolder:
    return BaseHolder(
        KnowledgeBase(release=1, entries={one.id: one for one in ENTRIES}, matcher=LikenessMatcher(ENTRIES))
    )


def staff(name: str, role: Role, **more: Any) -> Person:  # noqa: ANN401
    facts: dict[str, Any] = {"name": name, "region": REGION, "unit": f"{name}所", "roles": frozenset({role})}
    return Person(id=PersonId(name), **(facts | more))


LAWYER = staff("李律师", Role.LAWYER)
CITY_LAWYER = staff("周律师", Role.LAWYER, level=Level.CITY, region="浙江省/湖州市")
POLICE = staff("张警官", Role.POLICE)
PROSECUTOR = staff("陈检察官", Role.PROSECUTOR)
BUREAU = staff("吴联络员", Role.BUREAU)
SUPERVISOR = staff("赵督办", Role.SUPERVISOR)
STAFF = (LAWYER, CITY_LAWYER, POLICE, PROSECUTOR, BUREAU, SUPERVISOR)
OWNER = Person(id=PersonId("owner"), region=REGION)
HOUR = timedelta(hours=1)
