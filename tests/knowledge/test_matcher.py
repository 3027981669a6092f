"""A question is answered, clarified or escalated, and the decision explains itself."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.confidence import load_shipped
from knowledge.decision import Decision, Reason, Verdict
from knowledge.entry import Audience, Entry, EntryId
from knowledge.matcher import Matcher, finite
from tests.knowledge.matching import DAY, ENTRIES, entry, matcher, tokenizer


def build(*entries: Entry, serving: bool = True) -> Matcher:
    return Matcher.build(entries, tokenizer=tokenizer(), model=load_shipped(), on=DAY, serving=serving)


def test_the_very_phrase_is_answered_whatever_its_script_and_punctuation() -> None:
    decision = matcher().decide("試用期最長可以約定多久")
    assert decision.verdict is Verdict.ANSWER
    assert decision.entry == "labour.probation"
    assert decision.reasons == (Reason.EXACT,)
    assert decision.matched == "试用期最长可以约定多久？"


def test_other_words_find_the_entry() -> None:
    assert matcher().decide("公司一直不给我发薪水怎么办").candidates[0].entry == "labour.wages"
    assert matcher().decide("我的牌子给人家抢先注册了").candidates[0].entry == "ip.squatted"


def test_candidates_are_at_most_five_best_first_each_entry_once() -> None:
    candidates = matcher().decide("员工工资怎么算").candidates
    assert 0 < len(candidates) <= 5
    assert len({candidate.entry for candidate in candidates}) == len(candidates)
    confidences = [candidate.confidence for candidate in candidates]
    assert confidences == sorted(confidences, reverse=True)


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        ("", Reason.EMPTY),
        ("   \n", Reason.EMPTY),
        ("😀😀", Reason.EMPTY),
        ("？？？", Reason.EMPTY),
        ("hello, how are you", Reason.OTHER_LANGUAGE),
        ("gongzi bu fa zenme ban", Reason.OTHER_LANGUAGE),
        ("Как дела?", Reason.OTHER_LANGUAGE),
        ("12345", Reason.NOTHING_ALIKE),
        ("天", Reason.NOTHING_ALIKE),
        ("今天天气怎么样", Reason.NOTHING_ALIKE),
    ],
)
def test_what_is_like_nothing_in_the_base_is_escalated(question: str, reason: Reason) -> None:
    decision = matcher().decide(question)
    assert decision.verdict is Verdict.ESCALATE
    assert decision.entry is None
    assert reason in decision.reasons


def test_one_known_word_is_clarified_never_answered() -> None:
    decision = matcher().decide("试用期")
    assert decision.verdict is Verdict.CLARIFY
    assert Reason.TOO_SHORT in decision.reasons


def test_four_thousand_characters_are_not_answered() -> None:
    decision = matcher().decide("老板拖欠工资不发怎么要回来" * 400)
    assert decision.verdict is not Verdict.ANSWER
    assert finite(decision)


def test_a_nearer_negative_question_blocks_its_entry() -> None:
    for question in ("试用期工资最低发多少", "试用期的工资最低要发多少钱"):
        decision = matcher().decide(question)
        assert decision.entry != "labour.probation"
        assert Reason.NEGATIVE_QUESTION in decision.reasons


def test_an_entry_for_the_other_side_is_not_answered() -> None:
    question = "辞退员工要赔多少钱"
    assert matcher().decide(question, audience=Audience.EMPLOYER).entry == "labour.dismissal"
    other = matcher().decide(question, audience=Audience.EMPLOYEE)
    assert other.entry != "labour.dismissal"
    assert Reason.AUDIENCE in other.reasons


def test_an_entry_of_another_region_is_not_answered() -> None:
    question = "安全出口被堵住会罚多少"
    assert matcher().decide(question, region="浙江省湖州市").entry == "safety.fire-exit"
    assert matcher().decide(question, region="江苏省苏州市").entry is None
    assert matcher().decide(question).entry == "safety.fire-exit"


def test_one_phrase_under_two_entries_is_clarified() -> None:
    twice = build(*ENTRIES, entry("tax.twin", "试用期最长可以约定多久？"))
    decision = twice.decide("试用期最长可以约定多久？")
    assert decision.verdict is Verdict.CLARIFY
    assert {candidate.entry for candidate in decision.candidates[:2]} == {"labour.probation", "tax.twin"}


def test_serving_leaves_out_what_may_not_be_answered_and_measuring_keeps_it() -> None:
    bare = Entry(id=EntryId("q1"), question="公司地址变更要去哪里登记")
    assert build(bare).decide(bare.question).candidates == ()
    assert build(bare, serving=False).decide(bare.question).entry == "q1"


def test_an_empty_base_escalates() -> None:
    assert build().decide("试用期最长多久").verdict is Verdict.ESCALATE


def test_progress_ends_with_the_whole() -> None:
    heard: list[tuple[int, int]] = []
    Matcher.build(
        ENTRIES,
        tokenizer=tokenizer(),
        model=load_shipped(),
        on=date(2026, 1, 1),
        progress=lambda done, total: heard.append((done, total)),
    )
    assert heard[-1][0] == heard[-1][1]
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)


@settings(max_examples=150, deadline=None)
@given(
    st.one_of(
        st.text(max_size=80),
        st.text(alphabet="试用期工资拖欠员工辞退商标货款的了吗不没一二三0123 ", max_size=40),
        st.sampled_from(["%", "一", "\u0001", "0.0", "一.一", "万亿", "零"]),
    )
)
def test_any_text_gets_a_finite_decision(text: str) -> None:
    decision = matcher().decide(text)
    assert finite(decision)
    assert (decision.entry is not None) == (decision.verdict is Verdict.ANSWER)
    assert decision.reasons


def test_the_same_question_gets_the_same_decision() -> None:
    questions = ["客户不付货款", "员工旷工能辞退吗", "被抢注"]
    first: list[Decision] = [matcher().decide(question) for question in questions]
    assert [build(*ENTRIES).decide(question) for question in questions] == first


def test_a_question_of_another_field_is_not_answered_however_alike_the_rest_is() -> None:
    assert matcher().decide("客户一直拖着货款不付怎么要回来").entry == "payment.unpaid"
    assert matcher().decide("前夫一直拖着抚养费不付怎么要回来").entry is None


def test_a_mistyped_word_of_the_field_is_understood() -> None:
    assert matcher().decide("试用其最长可以约定多久").entry == "labour.probation"


def test_a_distant_negative_question_blocks_nothing() -> None:
    question = "三年的合同最多可以试用多长时间"
    assert matcher().decide(question).candidates[0].entry == "labour.probation"
