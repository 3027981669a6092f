"""The inverted index scores by BM25 and never yields anything but finite numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.index import Bm25, Index, best

DOCS = [["试用期", "多久"], ["工资", "拖欠"], ["工资", "工资", "怎么", "算"], []]


def test_the_score_is_bm25_by_hand() -> None:
    index = Index.build(DOCS, bm25=Bm25(k1=1.2, b=0.75))
    idf = math.log1p((4 - 2 + 0.5) / (2 + 0.5))
    mean = 8 / 4
    expected = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / mean))
    assert index.scores(["工资"])[2] == pytest.approx(expected, rel=1e-5)


def test_a_document_outside_the_index_scores_like_one_inside() -> None:
    index = Index.build(DOCS)
    terms = ["工资", "算", "多久"]
    assert index.score_of(DOCS[2], terms) == pytest.approx(float(index.scores(terms)[2]), rel=1e-5)


def test_an_unknown_term_adds_nothing() -> None:
    assert not Index.build(DOCS).scores(["外星人"]).any()


def test_an_empty_index_answers_with_an_empty_array() -> None:
    index = Index.build([])
    assert index.scores(["工资"]).shape == (0,)
    assert len(best(index.scores(["工资"]), 5)) == 0


def test_only_empty_documents_make_no_division_by_zero() -> None:
    assert np.isfinite(Index.build([[], []]).scores(["工资"])).all()


@given(st.lists(st.lists(st.sampled_from("甲乙丙丁"), max_size=6), max_size=8), st.lists(st.sampled_from("甲乙丙丁戊")))
def test_scores_are_finite_and_never_negative(docs: list[list[str]], terms: list[str]) -> None:
    scores = Index.build(docs).scores(terms)
    assert np.isfinite(scores).all()
    assert (scores >= 0).all()


def test_best_breaks_ties_by_position_and_leaves_out_zeros() -> None:
    scores = np.array([1, 3, 0, 3, 2], dtype=np.float32)
    assert best(scores, 3).tolist() == [1, 3, 4]
    assert best(scores, 10).tolist() == [1, 3, 4, 0]
