"""What the marks and colours of rows, of the hash column and of the status line mean: a part of the help."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from rich.cells import cell_len

from chainview.chain.stats.rate import LEVELS
from chainview.chain.words.spans import Role
from chainview.replay.run.build_notes import BuildState
from chainview.ui.feeds.newest_build import BUILD_MARKS
from chainview.ui.lines.line import Line, Span
from chainview.ui.lines.status import Badge
from chainview.ui.tree.painter import RAIL_GLYPHS
from chainview.ui.tree.row_text import (
    BOOKMARK_GLYPH,
    CURSOR_GLYPH,
    END,
    ERROR_FLAG,
    FOLDED,
    HASH_LETTERS,
    OPEN,
    STEP,
    UNSOUND_FLAG,
)

_CELLS = 17

Meanings = Sequence[tuple[Sequence[Span], str]]
"""Marks as they are painted, each with what it means."""

ROWS: Meanings = (
    ([(OPEN, "text"), (" increment(5)", "name")], "a call, its steps below it"),
    ([(FOLDED, "text"), (" increment(5)", "name")], "a folded call: how many calls it made, and how it ended"),
    (
        [(STEP, "text"), (" → ", "dim"), ("store.put", "accent")],
        "a step of the call: a host call, and = its answer",
    ),
    ([(END, "text"), (" ok", "good"), ("  error", "bad")], "the end of the call: what it returned, or why it failed"),
    ([("state.n ", "word"), ("1 → 2", "warn")], "what the call changed in the actor's state"),
    ([("stub", "warn")], "answered by a stub, not by a host interface"),
    ([(ERROR_FLAG, "bad")], "a failed call, or a host call that answered an error"),
    ([(UNSOUND_FLAG, "warn")], "not sound: its hash, or the link to the event before, is not right"),
    ([("…", "dim")], "left out for want of room: the details have it"),
    ([("── build 2 ──", "title")], "a note between events, such as of a new build; the cursor goes there too"),
    ([(CURSOR_GLYPH, "text")], "the cursor, also where there are no colours"),
    ([(BOOKMARK_GLYPH, "title")], "an event with a bookmark, whose note the details tell"),
    ([("250 µs", "warn")], "what the event took, in the place of its hash where that was asked for"),
    (
        [("4e1f02a", "quiet")],
        f"the first {HASH_LETTERS} digits of its hash; {'-' * HASH_LETTERS} where it has none",
    ),
)
_RAIL: Mapping[Role, tuple[str, str]] = {
    Role.ERROR: ("bad", "a failure or damage stands there"),
    Role.FLAG: ("warn", "a hit of the search stands there, or what differs"),
    Role.NOTE: ("title", "a bookmark, or something else of note, stands there"),
    Role.OK: ("good", "of a replay: what differs there is accepted"),
}
_BADGES: Mapping[Badge, str] = {
    Badge.STARTING: "the actor is being started",
    Badge.LIVE: "the actor runs here",
    Badge.PAUSED: "the actor is paused: no further call or tick begins",
    Badge.ENDED: "the actor has ended",
    Badge.FAILED: "the actor ended by a failure",
    Badge.FILE: "a file is shown",
    Badge.UNREAD: "a chain of a family that was not looked through yet",
    Badge.SOUND: "a chain of a family that is sound",
    Badge.LINKS_RIGHT: "one that holds no payloads, whose every link is right",
    Badge.DAMAGED: "one that is damaged, cut or not linked",
    Badge.UNREADABLE: "one that can't be read",
}
_BUILDS: Mapping[BuildState, str] = {
    BuildState.IDENTICAL: "a new build does what was recorded, or differs as accepted, and goes on",
    BuildState.DIVERGED: "a new build differs, from this event on and by this: it waits for you",
    BuildState.BROKEN: "a new build can't be used: the running one goes on",
}


def chain_legend() -> list[Line]:
    """What stands on the screen of a chain."""
    below = ([(" ↓ 37 new ", "here")], "so many came below: a click goes there, and follows")
    passed = ([(f"{LEVELS[1]} {LEVELS[4]} {LEVELS[-1]}", "warn")], "how much of the time passed there")
    badges: Meanings = [([(badge.text, badge.role)], told) for badge, told in _BADGES.items()]
    builds: Meanings = [([_build_mark(state)], told) for state, told in _BUILDS.items()]
    sound: Meanings = [
        ([("↑ VIEW PAUSED", "warn")], "what arrives is not followed: the actor goes on, or may"),
        ([("chain sound", "good")], "every hash and link that was looked at is right"),
        ([("links right", "good")], "every link is, of a chain that holds types and hashes and no payloads"),
    ]
    return [
        *legend("Marks of rows", [*ROWS, below]),
        [],
        *rail_legend([passed]),
        [],
        *legend("The status line", [*badges, *sound, *builds]),
    ]


def rail_legend(more: Meanings = ()) -> list[Line]:
    """What stands beside the scroll bar of every screen, and what else does on one."""
    rails = [([(RAIL_GLYPHS[role], look)], told) for role, (look, told) in _RAIL.items()]
    return legend("Marks beside the scroll bar", [*rails, *more])


def _build_mark(state: BuildState) -> Span:
    mark, role = BUILD_MARKS[state]
    return f"{mark} build 2", role


def legend(title: str, meanings: Meanings) -> list[Line]:
    """A line for each mark, below a title."""
    return [[(title, "title")], *[_line(mark, told) for mark, told in meanings]]


def _line(mark: Sequence[Span], told: str) -> Line:
    blank = " " * max(1, _CELLS - sum([cell_len(text) for text, _ in mark]))
    return [("  ", "text"), *mark, (blank, "text"), (told, "text")]
