"""Emergencies and risks are found where they are meant, and only there."""

from __future__ import annotations

import pytest

from knowledge.risk import RiskKind, RiskWords

EMERGENCIES = {
    "我被公司的人关起来了": RiskKind.CONFINEMENT,
    "他们把我锁在办公室里不让我走": RiskKind.CONFINEMENT,
    "要债的把我堵在厂里不让出去": RiskKind.CONFINEMENT,
    "老板把门锁了不让我们出去": RiskKind.CONFINEMENT,
    "着火了": RiskKind.FIRE,
    "厂里着火了怎么办": RiskKind.FIRE,
    "仓库正在冒浓烟": RiskKind.FIRE,
    "车间刚刚爆炸了！！": RiskKind.FIRE,
    "有人拿着刀在店里": RiskKind.VIOLENCE,
    "讨债的正在打人": RiskKind.VIOLENCE,
    "我被老闆打傷了": RiskKind.VIOLENCE,
    "救命": RiskKind.VIOLENCE,
    "有人正在偷我们仓库的货": RiskKind.CRIME_IN_PROGRESS,
    "刚刚被骗转了五万，能追回吗": RiskKind.CRIME_IN_PROGRESS,
}
QUIET = (
    "公司关门了",
    "消防检查没通过怎么办",
    "店铺账号被平台关了",
    "货被物流公司扣在仓库",
    "去年厂里着火了保险不赔",
    "如果着火了谁负责",
    "怎么预防火灾",
    "被客户打了差评",
    "老板给我打了欠条",
    "公司不让我离职怎么办",
    "商标被别人抢注了",
    "我们的民宿火了",
    "员工被竞争对手挖走了",
    "被市场监管局罚款了",
    "被法院传唤出庭",
    "没有被骗",
    "能不能申请法院拘留老赖",
    "集体合同怎么签",
    "生意活不下去了想关店",
    "",
    "👍",
)
RISKS = {
    "我被经侦传唤了": (RiskKind.SUSPECT, "lawyer"),
    "公安通知我去做笔录，说公司涉嫌虚开发票": (RiskKind.SUSPECT, "lawyer"),
    "老板被刑拘了公司怎么办": (RiskKind.SUSPECT, "lawyer"),
    "警察来公司搜查把电脑带走了": (RiskKind.SUSPECT, "lawyer"),
    "会计挪用了公司的钱怎么报案": (RiskKind.VICTIM_OF_CRIME, "police"),
    "报案了派出所不立案": (RiskKind.POLICE_REFUSE, "prosecutor"),
    "欠这么多钱真不想活了": (RiskKind.SUICIDE, "110"),
    "几十个工人堵在厂门口要工资": (RiskKind.CROWD, "bureau"),
}


@pytest.mark.parametrize(("text", "kind"), EMERGENCIES.items())
def test_an_emergency_names_a_number_to_call(text: str, kind: RiskKind) -> None:
    first = RiskWords.load().find(text)[0]
    assert first.kind is kind
    assert first.emergency
    assert set(first.call) <= {"110", "119", "120"}


@pytest.mark.parametrize("text", QUIET)
def test_everyday_words_raise_no_alarm(text: str) -> None:
    assert RiskWords.load().find(text) == ()


@pytest.mark.parametrize(("text", "expected"), RISKS.items())
def test_a_risk_names_who_may_be_asked(text: str, expected: tuple[RiskKind, str]) -> None:
    found = {risk.kind: risk.route for risk in RiskWords.load().find(text)}
    kind, route = expected
    assert found.get(kind) == route


def test_fire_calls_the_fire_brigade_first() -> None:
    assert RiskWords.load().find("店里着火了")[0].call[0] == "119"
