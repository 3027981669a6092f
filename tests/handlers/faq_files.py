"""FAQ files as admins send them: rows of a spreadsheet, as Excel."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from openpyxl import Workbook

HEADER = (
    "编号", "主题", "标准问", "相似问", "答案", "依据", "适用地区", "适用对象", "承办", "风险", "审校方式", "审校日期",
    "审校人", "复核期限", "状态",
)  # fmt: skip
QUOTE = "三年以上固定期限和无固定期限的劳动合同，试用期不得超过六个月"
BASIS = f"《劳动合同法》第十九条（2012-12-28）：「{QUOTE}」"
ASKS = "新招的员工先试几个月合法##签一年的合同能试三个月吗##老板说先干半年再转正##实习考察期怎么约定"


def row(identity: str = "labour.probation", **cells: str) -> tuple[str, ...]:
    """A row that may be published, with some cells changed by title."""
    good = {
        "编号": identity, "主题": "labour", "标准问": "试用期最长可以约定多久？", "相似问": ASKS,
        "答案": "最长六个月，看合同期限。", "依据": BASIS, "适用地区": "全国", "适用对象": "单位", "承办": "律师",
        "风险": "普通", "审校方式": "机器", "审校日期": "2026-11-22", "审校人": "", "复核期限": "2027-11-22",
        "状态": "草稿",
    }  # fmt: skip
    return tuple((good | cells)[title] for title in HEADER)


OVERTIME: Final = row(
    "labour.overtime",
    标准问="加班费怎么算？",
    相似问="周末上班给几倍工资##晚上留下来干活有没有钱##国庆值班怎么补##超过八小时的部分如何付",
    答案="按规定的倍数支付。",
)


def workbook(*rows: Sequence[str]) -> bytes:
    """An Excel file with the header."""
    book = Workbook()
    sheet = book.active
    if sheet is None:
        raise TypeError
    for line in (HEADER, *rows):
        sheet.append(list(line))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
