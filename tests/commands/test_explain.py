"""`chainview explain`."""

from __future__ import annotations

import pytest

from chainview.cli import main
from chainview.replay.differences.codes import Code


def test_a_code_is_explained_however_it_is_written(capsys: pytest.CaptureFixture[str]) -> None:
    """The whole page of the code, whether it is typed in large letters or small."""
    assert main(["explain", "c7A"]) == 0
    assert capsys.readouterr().out == Code.STATE_TYPE.text


def test_without_a_code_all_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its title, in their order."""
    assert main(["explain"]) == 0
    lines = [line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines() if line]
    assert lines == [[str(code), code.description.title] for code in Code]


def test_what_is_no_code_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """With where they are listed; what was typed drives no terminal."""
    assert main(["explain", "\x1b[2JZ"]) == 2
    assert capsys.readouterr().err == "chainview: there is no code \\u{1b}[2JZ: `chainview explain` lists them\n"
