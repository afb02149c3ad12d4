"""What the marks mean, and the pages of codes, on the screens."""

from __future__ import annotations

import pytest

from chainview.replay.differences.codes import Code
from chainview.replay.run.build_notes import BuildState
from chainview.ui.feeds.newest_build import BUILD_MARKS
from chainview.ui.find.code_page import page_lines
from chainview.ui.find.legend import chain_legend
from chainview.ui.lines.line import plain
from chainview.ui.lines.role_styles import ROLES
from chainview.ui.lines.status import Badge
from chainview.ui.replay.pair_painter import CAUSE_MARK, EXTRA, FOLLOWING_MARK, MISSING, UNREACHED
from chainview.ui.replay.replay_lines import replay_legend
from chainview.ui.tree.painter import RAIL_GLYPHS
from chainview.ui.tree.row_text import CURSOR_GLYPH, END, ERROR_FLAG, FOLDED, OPEN, STEP, UNSOUND_FLAG
from tests.ui.app_driver import Driven, drive_live, few_calls

ROW_MARKS = (OPEN, FOLDED, STEP, END, ERROR_FLAG, UNSOUND_FLAG, CURSOR_GLYPH)


def marks(lines: list[list[tuple[str, str]]]) -> set[str]:
    """Every mark that is explained."""
    return {word for line in lines if len(line) > 2 for text, _ in line[1:-2] for word in (text.strip(), text[:1])}


def test_the_legend_of_a_chain_has_every_mark_of_it() -> None:
    """Each glyph of rows, scrollbar, badges and builds that the program can show is told, in the colour it has."""
    told = marks(chain_legend())
    assert told >= {*ROW_MARKS, *RAIL_GLYPHS.values(), *[badge.text for badge in Badge]}
    assert {"↑ VIEW PAUSED", "◆", "↓ 37 new", "▂ ▅ █"} <= told
    assert told >= {BUILD_MARKS[state][0] for state in BuildState if state in BUILD_MARKS}
    assert {role for line in chain_legend() for _, role in line} <= {*ROLES}


def test_the_legend_of_a_replay_has_every_mark_of_it() -> None:
    """What stands before rows, in the place of rows, and the marks that its rows share with a chain's."""
    assert marks(replay_legend()) >= {*ROW_MARKS, CAUSE_MARK, FOLLOWING_MARK, MISSING, EXTRA, UNREACHED}


@pytest.mark.parametrize("code", Code)
def test_the_page_of_each_code_reads_on_a_screen(code: Code) -> None:
    """Headings, paragraphs in one line each, examples line by line, and no mark of Markdown."""
    lines = [plain(line) for line in page_lines(code.text)]
    assert lines[0].strip()
    assert "What to do" in lines or code.text.count("## ") == 0
    assert not any(line.startswith(("#", "```")) for line in lines)
    assert "\n" not in "".join(lines)


@pytest.mark.once
def test_the_help_ends_with_the_legend() -> None:
    """The end key leads to what the marks mean."""

    async def script(driven: Driven) -> None:
        await driven.press("question_mark", "G")
        help_ = driven.top.query_one("#overlay-lines")
        assert "● LIVE" in help_.text  # type: ignore[attr-defined]

    drive_live(script, few_calls(), size=(80, 24))
