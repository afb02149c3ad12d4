"""The codes and their pages."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.replay.differences.codes import Code, Detail

REPOSITORY = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("code", list(Code))
def test_every_code_has_a_page(code: Code) -> None:
    """It carries the code's title, an example and what to do, and is that of the documentation."""
    text = code.text
    assert text == (REPOSITORY / "docs" / "codes" / f"{code}.md").read_text(encoding="utf-8")
    assert text.startswith(f"# {code}: {code.description.title}\n")
    assert "## An example" in text
    assert "## What to do" in text


def test_the_index_lists_every_code() -> None:
    """The index of the pages links to each."""
    index = (REPOSITORY / "docs" / "codes" / "README.md").read_text(encoding="utf-8")
    assert all(f"[{code}]({code}.md)" in index for code in Code)


def test_a_sentence_is_bounded_whatever_a_chain_calls_a_function() -> None:
    """A name of very many letters stands in a sentence by its ends."""
    said = Code.MISSING_CALL.says(detail=Detail.GONE.format(calls="f" * 1_000_000 + " is", made="called"))
    assert len(said) < 5000
    assert said.startswith("fff")
    assert said.endswith("f is no longer called")
