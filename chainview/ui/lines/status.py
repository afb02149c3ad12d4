"""The status line: what runs, how it is, how much there is, whether the chain is sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from rich.cells import cell_len, set_cell_size

from chainview.system.wording import plural, visible
from chainview.ui.lines.line import UNTOLD, Line, Span, Told, in_cells, plain

_ALWAYS = 2
"""Parts of this rank and below are cut rather than left out."""
_RUNNING_SHOWN_NS = 500_000_000
_BUILD_ROOM = 46


class Badge(Enum):
    """The state of what is looked at: a glyph and a word, and the role they are shown in."""

    STARTING = ("◌ STARTING", "dim")
    LIVE = ("● LIVE", "good")
    PAUSED = ("⏸ PAUSED", "warn")
    ENDED = ("○ ENDED", "dim")
    FAILED = ("✖ FAILED", "bad")
    FILE = ("▤ FILE", "accent")
    UNREAD = ("· UNREAD", "dim")
    """A chain of a family that was not looked through yet, as those below are of such that were."""
    SOUND = ("✔ SOUND", "good")
    LINKS_RIGHT = ("◇ LINKS RIGHT", "good")
    DAMAGED = ("▞ DAMAGED", "bad")
    UNREADABLE = ("? UNREADABLE", "bad")

    @property
    def text(self) -> str:
        """Glyph and word."""
        return self.value[0]

    @property
    def in_status(self) -> str:
        """The same on the status line, where the view may be paused too."""
        return "⏸ ACTOR PAUSED" if self is Badge.PAUSED else self.text

    @property
    def role(self) -> str:
        """The role they are shown in."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Figures:
    """What the status line tells."""

    name: str = ""
    badge: Badge = Badge.STARTING
    reason: str = ""
    events: int = 0
    dropped: int = 0
    """How many of the oldest events are no longer held."""
    rate: float | None = None
    """Events a second; None when nothing can arrive."""
    sound: Span = ("", "dim")
    damaged: tuple[int, ...] = ()
    """The numbers of the events at which a check found something amiss."""
    running: str = ""
    """The function that runs."""
    running_ns: int = 0
    awaited: str = ""
    """The actor that its call waits for."""
    waiting: int = 0
    """Calls that wait for their turn."""
    timers: int = 0
    build: Told = UNTOLD
    """The newest build of the running actor's module."""
    suite: Told = UNTOLD
    """How far the suite is with the newest build."""
    watch: Span = ("", "dim")
    """How the watch of that module is, where all is not well."""
    build_waits: bool = False
    """Whether that build differs and can be taken all the same."""
    build_differs: bool = False
    """Whether that build runs and does something differently, accepted or not: a replay shows what."""
    actors: int = 0
    """How many actors the family has had, where there is one."""
    extra: str = ""
    view_paused: bool = False
    """Whether what arrives is not followed: the view stays where it is, and the actor goes on."""
    changed: bool = False
    """Whether the file is not what was opened any more, so that it can be opened again."""


def status_line(figures: Figures, width: int) -> Line:
    """The line for that width: what matters least is left out first, and what is left is cut.

    A build that differs says by what as far as there is room, also in the place of that the chain is sound.
    """
    *longer, shortest = figures.build[0]
    for build in longer:
        told = replace(figures, build=((build,), figures.build[1]))
        for shown in (told, replace(told, sound=("", "dim"))) if figures.sound[1] == "good" else (told,):
            parts = _left_of([part for part in _parts(shown, width) if part[1]], width)
            if _width(parts) <= width:
                return _joined(parts)
    last = replace(figures, build=((shortest,), figures.build[1]))
    parts = _left_of([part for part in _parts(last, max(_BUILD_ROOM, width // 2)) if part[1]], width)
    line = _joined(parts)
    return line if _width(parts) <= width else in_cells(line, width, "dim")


def _left_of(parts: list[tuple[int, Line]], width: int) -> list[tuple[int, Line]]:
    """The parts without those that matter least, as far as they have no room."""
    while _width(parts) > width:
        least = max(parts, key=lambda part: part[0])
        if least[0] <= _ALWAYS:
            break
        parts.remove(least)
    return parts


def _parts(figures: Figures, build_room: int) -> list[tuple[int, Line]]:
    """The parts in the order they stand, each with its rank: the highest goes first when room is short."""
    reason = f" ({visible(figures.reason)})" if figures.reason else ""
    badge: Line = [(figures.badge.in_status + reason, figures.badge.role)]
    return [
        (7, [("chainview", "title")]),
        (1 if figures.actors > 1 else 3, [(visible(figures.name), "name")] if figures.name else []),
        (0, badge),
        (3, [("↑ VIEW PAUSED", "warn")] if figures.view_paused else []),
        (1, [(_count(figures.events), "text")] if figures.events or figures.badge is not Badge.STARTING else []),
        (3, [(f"of {figures.actors:,} actors", "accent")] if figures.actors > 1 else []),
        (5, [(f"{rate_text(figures.rate)}", "dim")] if figures.rate is not None else []),
        (6, [(f"{figures.dropped:,} oldest events not shown", "warn")] if figures.dropped else []),
        (2, [figures.sound] if figures.sound[0] else []),
        (2, [figures.watch] if figures.watch[0] else []),
        (2, _build(figures, build_room - cell_len(figures.watch[0]))),
        (2, _suite(figures, build_room)),
        (2, _running(figures)),
        (4, [(f"{figures.waiting:,} waiting", "warn")] if figures.waiting else []),
        (
            8,
            [(plural(figures.timers, "timer"), "dim")] if figures.timers else [],
        ),
        (8, [(visible(figures.extra), "dim")] if figures.extra else []),
    ]


def _joined(parts: list[tuple[int, Line]]) -> Line:
    line: Line = [(" ", "text")]
    for at, (rank, part) in enumerate(parts):
        if at:
            line.append(("  ", "text") if rank in {1, 3, 5, 6, 4} else (" │ ", "quiet"))
        line += part
    return line


def _width(parts: list[tuple[int, Line]]) -> int:
    return cell_len(plain(_joined(parts)))


def _suite(figures: Figures, room: int) -> Line:
    forms, role = figures.suite
    text = forms[0] if room > _BUILD_ROOM else forms[-1]
    return [(text, role)] if text else []


def _running(figures: Figures) -> Line:
    if not figures.running or figures.running_ns < _RUNNING_SHOWN_NS:
        return []
    awaited = f", waits for {visible(figures.awaited)}" if figures.awaited else ""
    return [(f"in {visible(figures.running)} for {figures.running_ns / 1e9:,.1f} s{awaited}", "warn")]


def _build(figures: Figures, room: int) -> Line:
    (text,), role = figures.build
    text = visible(text)
    if cell_len(text) > room:
        text = set_cell_size(text, room - 1) + "…"
    return [(text, role)] if text else []


def _count(events: int) -> str:
    return plural(events, "event")


def rate_text(rate: float) -> str:
    """Events a second, short."""
    if 0 < rate < 9.95:
        return f"{rate:.1f}/s"
    return f"{rate:,.0f}/s"
