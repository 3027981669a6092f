"""The document of a case's life says what the table says."""

from __future__ import annotations

from tests.desk.drawing import BLOCKS, DOCUMENT, drawn


def test_the_document_is_drawn_from_the_table() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(draw() in text for draw in BLOCKS.values())
    assert drawn(text) == text, "run: python -m tests.desk.drawing"
