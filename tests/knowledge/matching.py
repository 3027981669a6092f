"""A small base and one tokenizer for the matching tests."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from knowledge.confidence import load_shipped
from knowledge.entry import Audience, Entry, EntryId, EntryStatus
from knowledge.matcher import Matcher
from knowledge.tokens import Tokenizer

DAY = date(2026, 11, 22)


def entry(
    name: str,
    question: str,
    *asks: str,
    not_asks: tuple[str, ...] = (),
    answer: str = "",
    audience: Audience = Audience.BOTH,
    regions: tuple[str, ...] = ("全国",),
) -> Entry:
    """A published entry with an answer unless another is given."""
    return Entry(
        id=EntryId(name),
        question=question,
        topic=name.partition(".")[0],
        asks=asks,
        not_asks=not_asks,
        answer=answer or f"{question}要看具体情况。",
        audience=audience,
        regions=regions,
        status=EntryStatus.PUBLISHED,
    )


ENTRIES = (
    entry(
        "labour.probation",
        "试用期最长可以约定多久？",
        "新招的员工试用期签几个月合法",
        "三年合同最多能试用多长时间",
        not_asks=("试用期工资最低发多少",),
        answer="最长六个月，试用期要看合同期限：一年以上不满三年的，不超过二个月。",
    ),
    entry(
        "labour.wages",
        "老板拖欠工资不发，怎么要回来？",
        "厂里三个月没发工钱",
        "干完活不给工资去哪里投诉",
        answer="可以向劳动监察大队投诉，也可以申请劳动仲裁，要求支付拖欠的工资。",
        audience=Audience.EMPLOYEE,
    ),
    entry(
        "labour.dismissal",
        "辞退员工要赔多少钱？",
        "公司裁掉员工要给几个月工资",
        answer="依法应付经济补偿的，每满一年付一个月工资；违法解除的，付赔偿金。",
        audience=Audience.EMPLOYER,
    ),
    entry(
        "safety.fire-exit",
        "安全出口被堵住会罚多少？",
        "仓库货太多放在楼道里会罚吗",
        answer="占用、堵塞、封闭疏散通道、安全出口的，责令改正，并处罚款。",
        regions=("浙江",),
    ),
    entry(
        "ip.squatted",
        "自己的商标被别人抢注了怎么办？",
        "牌子用了好几年，发现有人先去注册了",
        answer="初步审定公告之日起三个月内可以提出异议；已经注册的可以请求宣告无效。",
    ),
    entry(
        "payment.unpaid",
        "客户收了货一直不付货款，怎么要回来？",
        "送了半年货，尾款一直拖着",
        answer="可以发催款函，申请支付令或者起诉，逾期付款可以主张违约金。",
    ),
)


@cache
def tokenizer() -> Tokenizer:
    """One tokenizer for all tests of a run."""
    return Tokenizer(Path(mkdtemp(prefix="tijian-jieba-")))


@cache
def matcher() -> Matcher:
    """The small base with the shipped model."""
    return Matcher.build(ENTRIES, tokenizer=tokenizer(), model=load_shipped(), on=DAY)
