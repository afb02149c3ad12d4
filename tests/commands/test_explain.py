"""`chainview explain`."""

from __future__ import annotations

import pytest

from chainview.chain.query.filter import parse_filter
from chainview.replay.differences.codes import Code
from tests.commands.running import run_here


def test_a_code_is_explained_however_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole page of the code, whether it is typed in large letters or small."""
    assert run_here("explain", "c7A") == 0
    assert capsys.readouterr().out == Code.STATE_TYPE.text


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its title, in their order."""
    assert run_here("explain") == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line]
    assert lines == [[str(code), code.description.title] for code in Code]


def test_what_is_no_code_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With where they are listed; what was typed drives no terminal."""
    assert run_here("explain", "\x1b[2JZ") == 2
    assert capsys.readouterr().err == (
        "chainview: there is no code and no word \\u{1b}[2JZ: `chainview explain` lists the codes, `chainview explain "
        "words` tells the words\n"
    )


@pytest.mark.parametrize("words", [("consequence",), ("Control",), ("not", "sure"), ("now",)])
def test_a_word_of_a_report_is_explained(words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """Its part of the page of words, also by how it begins, and by each of two that are explained together."""
    assert run_here("explain", "words") == 0
    page = capsys.readouterr().out
    assert run_here("explain", *words) == 0
    part = capsys.readouterr().out
    assert part in page
    assert part.startswith("## ")
    assert part.count("## ") == 1
    assert " ".join(words).lower() in part.splitlines()[0]


def test_the_language_of_filters_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """By its page; what stands there as an example is a filter."""
    assert run_here("explain", "filter") == 0
    page = capsys.readouterr().out
    examples = [line[4:].split("  ")[0] for line in page.splitlines() if line.startswith("    ")]
    assert len(examples) == 5
    assert [parse_filter(each).text for each in examples] == [each.strip() for each in examples]


def test_what_a_suite_says_is_explained(capsys: pytest.CaptureFixture[str]) -> None:
    """By its page."""
    assert run_here("explain", "suite") == 0
    assert capsys.readouterr().out.startswith("# A folder of chains as a test suite\n")
