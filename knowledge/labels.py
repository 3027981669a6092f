"""The names of fields and choices that a clerk reads in a spreadsheet, and their names in files and code."""

from __future__ import annotations

from collections.abc import Mapping

COLUMNS: Mapping[str, str] = {
    "编号": "id",
    "主题": "topic",
    "标准问": "question",
    "相似问": "asks",
    "反例问": "not_asks",
    "答案": "answer",
    "依据": "basis",
    "来源": "source",
    "适用地区": "regions",
    "适用行业": "industries",
    "适用对象": "audience",
    "承办": "officer",
    "风险": "risk",
    "关联": "related",
    "生效日期": "valid_from",
    "失效日期": "valid_until",
    "审校方式": "review",
    "审校日期": "reviewed",
    "审校人": "reviewer",
    "复核期限": "review_by",
    "状态": "status",
}
"""Column title → field, in the order of a fresh export."""

TITLES: Mapping[str, str] = {field: title for title, field in COLUMNS.items()}

OFFICERS = ("lawyer", "judge", "prosecutor", "police", "bureau")
"""Who may take a case that an entry leads to."""

CHOICES: Mapping[str, Mapping[str, str]] = {
    "audience": {"单位": "employer", "员工": "employee", "通用": "both"},
    "risk": {"普通": "normal", "高": "high", "紧急": "urgent"},
    "review": {"机器": "machine", "律师": "lawyer"},
    "status": {"草稿": "draft", "内部": "internal", "发布": "published", "撤下": "withdrawn"},
    "officer": {"律师": "lawyer", "法官": "judge", "检察官": "prosecutor", "警官": "police", "司法局": "bureau"},
}
"""Field → label in a sheet → value in files; the first label of a value is the one written."""

_ALSO: Mapping[str, Mapping[str, str]] = {
    "audience": {
        "用人单位": "employer",
        "企业": "employer",
        "劳动者": "employee",
        "职工": "employee",
        "都适用": "both",
    },
    "risk": {"一般": "normal", "高风险": "high"},
    "review": {"程序": "machine"},
    "status": {"已发布": "published", "撤回": "withdrawn", "已撤下": "withdrawn"},
    "officer": {"检察": "prosecutor", "警察": "police", "部门联络员": "bureau"},
}


def title_of(field: str) -> str:
    """The column title of a field, or the field itself where it has none."""
    return TITLES.get(field, field)


def field_of(title: str) -> str | None:
    """The field a column title stands for: the Chinese title or the field's own name; None where neither."""
    plain = "".join(title.split()).rstrip("*＊:：")
    if plain in COLUMNS:
        return COLUMNS[plain]
    return plain.lower() if plain.lower() in TITLES else None


def value_of(field: str, text: str) -> str:
    """The value a label stands for; the text itself where it is no label."""
    return CHOICES[field].get(text) or _ALSO[field].get(text) or text


def label_of(field: str, value: str) -> str:
    """The label written in a sheet for a value; the value itself where it has none."""
    return next((label for label, known in CHOICES[field].items() if known == value), value)
