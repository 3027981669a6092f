"""Entries and files for the tests of this folder."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from knowledge.entry import Audience, Basis, Entry, EntryId, EntryStatus, Place, Source
from knowledge.statutes import Article, ArticleStatus, StatuteLibrary

TODAY = date(2026, 11, 22)
ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("TIJIAN_SHARED", ROOT.parent / "shared"))

QUOTE = "三年以上固定期限和无固定期限的劳动合同，试用期不得超过六个月"
ARTICLE_TEXT = (
    "劳动合同期限三个月以上不满一年的，试用期不得超过一个月；劳动合同期限一年以上不满三年的，试用期不得超过二个月；"
    f"{QUOTE}。\n同一用人单位与同一劳动者只能约定一次试用期。"
)

GOOD = Entry(
    id=EntryId("labour.probation"),
    topic="labour",
    question="试用期最长可以约定多久？",
    asks=("新招的员工先试几个月合法", "签一年的合同能试三个月吗", "老板说先干半年再转正", "实习考察期怎么约定"),
    not_asks=("试用期工资打几折",),
    answer="最长六个月，看合同期限。",
    basis=(Basis(law="劳动合同法", article="十九", version=date(2012, 12, 28), quote=QUOTE),),
    source=(Source(title="关于某事的批复", issuer="最高人民法院", number="法释〔2024〕11号", date=date(2024, 8, 27)),),
    regions=("全国", "浙江"),
    industries=("快递",),
    audience=Audience.EMPLOYER,
    officer=("lawyer", "bureau"),
    valid_from=date(2013, 7, 1),
    reviewed=TODAY,
    review_by=date(2027, 11, 22),
    status=EntryStatus.PUBLISHED,
)


def entry(**changes: Any) -> Entry:  # noqa: ANN401 - any field of an entry
    """The good entry with some fields changed."""
    return replace(GOOD, **changes)


def other(**changes: Any) -> Entry:  # noqa: ANN401 - any field of an entry
    """A second good entry that shares no phrase with the first."""
    fields = {
        "id": EntryId("tax.invoice"),
        "topic": "tax",
        "question": "客户不要发票还要报税吗？",
        "asks": ("没开票的收入算不算收入", "现金收款要不要申报", "不开票便宜点行不行", "私下转账的货款怎么入账"),
        "not_asks": (),
        "answer": "要申报。",
        "basis": (
            Basis(law="某税法", article="三", version=date(2020, 1, 1), quote="纳税人应当依照规定如实办理纳税申报"),
        ),
    }
    return replace(GOOD, **{**fields, **changes})


def library(*more: Article) -> StatuteLibrary:
    """A small library with the articles the samples rest on."""
    return StatuteLibrary(
        (
            Article(law="劳动合同法", article="十九", text=ARTICLE_TEXT, version=date(2012, 12, 28)),
            Article(law="某税法", article="三", text="纳税人应当依照规定如实办理纳税申报。", version=date(2020, 1, 1)),
            Article(
                law="旧条例",
                article="一",
                text="任何单位不得要求个人垫付货款。",
                version=date(2000, 1, 1),
                status=ArticleStatus.REPEALED,
            ),
            Article(
                law="最高人民法院关于旧事的解释",
                article="二",
                text="当事人应当在十日内提出书面的异议申请。",
                version=date(2005, 1, 1),
                status=ArticleStatus.UNCONFIRMED,
            ),
            *more,
        )
    )


def at(cell: str | None = None, line: int | None = None) -> Place:
    """A place in a file of the tests."""
    return Place(file="faq.xlsx" if cell else "faq.yaml", cell=cell, line=line)


def shared(*parts: str) -> Path:
    """A file beside the repository; skips the test, saying so, where it is not there."""
    path = SHARED.joinpath(*parts)
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path
