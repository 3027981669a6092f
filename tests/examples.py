"""Questions for the main journey. What the shipped model makes of each is asked first: a better model may move one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.serving import Served

IN_OTHER_WORDS: Mapping[str, tuple[str, str]] = {
    "没签劳动合同要赔双倍工资吗": ("labour.no-written-contract", "《劳动合同法》第八十二条"),
    "公司账户被冻结了怎么办": ("enforcement.account-frozen", "《民事诉讼法》"),
    "抵押没登记有用吗": ("finance.mortgage-registration", "《民法典》第"),
    "网店刷单违法吗": ("consumer.fake-orders", "依据"),
    "客户要发票可以不开吗": ("tax.must-issue-invoice", "依据"),
    "遇到职业打假人怎么办": ("consumer.professional-claimant", "依据"),
}
"""No entry is written in these words: the right entry, and a part of its basis."""
LOOK_ALIKES = (
    "普通员工泄密怎么处理", "员工泄密怎么追究", "签了保密承诺违反怎么办", "税务罚款不服怎么办", "定金和订金有什么区别",
    "试用期辞退要给补偿吗",
)  # fmt: skip
UNKNOWN = (
    "海运集装箱的滞箱费该谁出？", "货代让我们交滞箱费，该不该我们出？", "滞箱费谁承担？",
    "出口的柜子在目的港没人提，滞箱费算谁的？", "货柜超期没还，船公司的滞箱费怎么谈？",
)  # fmt: skip
"""A matter that the base says nothing about, in several words."""
OTHER_PARTY = "东海货代公司"
ANSWER = "先看订舱时和货代怎么约定、提单上写没写免费用箱期；超期是谁的原因造成的，请把催提货的往来邮件留好。"
FOLLOW_UP = "订舱单上没有写怎么办？"
SECOND = "没有写的，按交易习惯和各自的过错来谈；先别签货代发来的费用确认单，发来我看一下。"
THIRD = "我重新看过：超期是收货人不提货造成的，可以书面要求货代提供实际支付的凭证，没有凭证的部分可以不认。"


@dataclass(frozen=True)
class Examples:
    """``answered``: three questions, each with a part of its basis; one that is unsure; one that is unknown."""

    answered: Sequence[tuple[str, str]]
    unsure: str
    unknown: str


async def examples(served: Served, folder: Path) -> Examples:
    """The first that fit, by ``tijian ask`` with the shipped base and model."""
    asked = (*IN_OTHER_WORDS, *LOOK_ALIKES, *UNKNOWN)
    file = folder / "questions.jsonl"
    file.write_text("".join(f"{json.dumps({'question': text}, ensure_ascii=False)}\n" for text in asked), "utf-8")
    lines = (await served.command("ask", "--file", str(file), "--json")).splitlines()
    found = {line["question"]: line for line in map(json.loads, lines)}
    answered = [(text, basis) for text, (entry, basis) in IN_OTHER_WORDS.items() if found[text]["entry"] == entry]
    assert len(answered) >= 3, found
    return Examples(
        answered=answered[:3],
        unsure=next(text for text in LOOK_ALIKES if found[text]["decision"] == "clarify"),
        unknown=next(text for text in UNKNOWN if found[text]["decision"] == "escalate"),
    )
