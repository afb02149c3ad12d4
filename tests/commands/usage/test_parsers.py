"""Command lines that fit no command."""

from __future__ import annotations

import pytest

from tests.commands.running import finished_here


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("run --alow tcp actor.wasm", "chainview run: error: there is no option --alow: did you mean --allow?"),
        ("run --alow=tcp actor.wasm", "chainview run: error: there is no option --alow: did you mean --allow?"),
        ("--jsn verify c.chain", "chainview verify: error: there is no option --jsn: did you mean --json?"),
        ("replay -w a.wasm c.chain", "chainview replay: error: there is no option -w: did you mean --watch?"),
        ("show -q c.chain", "chainview show: error: there is no option -q: chainview show --help lists what there is"),
        ("verfy c.chain", "chainview: error: there is no command verfy: did you mean verify?"),
        ("zzzz", "chainview: error: there is no command zzzz: chainview --help lists what there is"),
        ("\x1b[2Jx", "chainview: error: there is no command \\u{1b}[2Jx: chainview --help lists what there is"),
    ],
)
def test_a_misspelled_word_is_named_with_the_one_that_is_likely_meant(
    capsys: pytest.CaptureFixture[str], line: str, told: str
) -> None:
    """One sentence names the word that nothing has, not those beside it, and nothing in it can drive a terminal."""
    refused = finished_here(capsys, *line.split(" "))
    assert (refused.code, refused.out, refused.err) == (2, "", f"{told}\n")


def test_an_argument_too_many_is_no_option(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands behind -- is an argument, whatever it begins with."""
    refused = finished_here(capsys, "verify", "c.chain", "--", "--other")
    assert refused.code == 2
    assert refused.err.endswith("error: unrecognized arguments: --other\n")
