"""The page of a replay: the explanation, and recorded and now beside each other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.chain.words.spans import Span
from chainview.chain.words.summary import summary
from chainview.pages.page import (
    MOST_BYTES,
    MOST_EVENTS,
    block,
    coloured,
    escaped,
    event_block,
    hash_shown,
    line,
    page,
)
from chainview.replay.align.history import NONE, is_ask
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.explain.text_report import report_text
from chainview.replay.judge.causes import Label
from chainview.system.wording import plural

_ROOM = 160
_MOST_CAUSES, _MOST_PLACES = 100, 20
_WORDS = {
    Label.CAUSE: "cause",
    Label.ACCEPTED: "accepted",
    Label.VALUE: "value",
    Label.STATE: "state",
    Label.SHIFT: "shift",
    Label.LINK: "",
}
_DIFFERENT = (Label.CAUSE, Label.ACCEPTED, Label.VALUE, Label.STATE)


def replay_page(name: str, explanation: Explanation, recorded: EventTable, now: EventTable) -> Iterator[bytes]:
    """The page of a replay that was explained, of the events of both sides."""
    rows = _Rows(explanation, recorded, now)
    yield from page(f"{name} – chainview", _head(name, explanation), rows.pieces(), "rows")


def _head(name: str, explanation: Explanation) -> Iterator[str]:
    class_ = "good" if explanation.passes else "bad"
    yield f'<h1>{escaped(name)} · <span class="{class_}">{explanation.verdict}</span></h1>'
    yield block(report_text(explanation).split("\n")).replace("<pre>", '<pre class="report">', 1)
    for cause in explanation.causes[:_MOST_CAUSES]:
        yield from _cause(explanation, cause)
    if len(explanation.causes) > _MOST_CAUSES:
        yield f'<p class="more">… and {plural(len(explanation.causes) - _MOST_CAUSES, "more cause")}</p>'
    for cause in explanation.accepted[:_MOST_CAUSES]:
        yield f'<p class="dim">accepted: {escaped(f"{cause.code} {cause.sentence}")}</p>'


def _cause(explanation: Explanation, cause: Finding) -> Iterator[str]:
    """A cause with where it is found and what its code means, folded."""
    title = cause.code.description.title
    links = [f'<a href="#r{row}">row {row + 1:,}</a>' for row in cause.rows[:_MOST_PLACES]]
    if len(cause.rows) > _MOST_PLACES:
        links.append(f"… and {plural(len(cause.rows) - _MOST_PLACES, 'more row')}")
    yield f"<details><summary>{escaped(f'{cause.code} {title}: {cause.sentence}')}</summary>"
    yield f"<p>{', '.join(links)}</p>"
    for word, said in (("recorded", cause.recorded), ("now", cause.now)):
        if said is not None:
            yield f'<p><span class="dim">{word}</span> {escaped(said[:4096])}</p>'
    for word, stack in zip(("recorded", "now"), explanation.stacks_of(cause), strict=True):
        if stack:
            yield f'<p class="dim">stack, {word}</p>{block(map(str, stack))}'
    yield f"{block(cause.code.text.splitlines())}</details>"


class _Rows:
    """The rows of both sides, a call folded unless it differs."""

    def __init__(self, explanation: Explanation, recorded: EventTable, now: EventTable) -> None:
        self._explanation = explanation
        self._sides = ((recorded, explanation.rows.recorded), (now, explanation.rows.now))
        self._count = len(explanation.rows)

    def pieces(self) -> Iterator[str]:
        """The rows as a page holds them, up to its bounds."""
        written = row = 0
        if self._count:
            yield '<p class="dim">recorded, and now beside it; a row that differs is unfolded to all of both</p>'
        while row < self._count and row < MOST_EVENTS and written < MOST_BYTES:
            stop = self._end_of_call(row)
            for piece in self._call(row, stop):
                written += len(piece)
                yield piece
            row = stop
        if row < self._count:
            yield f'<p class="more">… and {plural(self._count - row, "more row")}</p>'

    def _kind(self, row: int) -> Kind | None:
        """What stands on a row, on the side on which anything does."""
        for table, items in self._sides:
            if items[row] > NONE:
                return table.kind(items[row])
        return None

    def _end_of_call(self, row: int) -> int:
        """The first row behind the call that begins on a row; behind that row alone where none does."""
        stop = row + 1
        if self._kind(row) is not Kind.CALL:
            return stop
        bound = min(self._count, MOST_EVENTS)
        while stop < bound and self._kind(stop) not in (Kind.CALL, Kind.SHUTDOWN):
            stop += 1
        return stop

    def _call(self, row: int, stop: int) -> Iterator[str]:
        if stop == row + 1:
            yield self._row(row)
            return
        labels = [self._explanation.label(each) for each in range(row, stop)]
        marked = next((label for label in _DIFFERENT if label in labels), Label.LINK)
        differs = marked is not Label.LINK
        number = str(max(items[row] for _, items in self._sides) + 1)
        seen = line(number, self._said(row), "", _WORDS[marked])
        yield f'<details class="call"{" open" if differs else ""}><summary>{seen}</summary><div class="inside">'
        yield from (self._row(each) for each in range(row, stop))
        yield "</div></details>"

    def _said(self, row: int) -> Sequence[Span]:
        table, items = next((side for side in self._sides if side[1][row] > NONE), self._sides[0])
        return summary(table, items[row], room=_ROOM)

    def _row(self, row: int) -> str:
        label = self._explanation.label(row)
        class_ = f"line {_WORDS[label]}" if label in _DIFFERENT else "line"
        halves = "".join([self._half(row, side) for side in (0, 1)])
        seen = (
            f'<span class="{class_}"><span class="number">{row + 1}</span>'
            f'<span class="mark">{_WORDS.get(label, "")}</span><span class="sides">{halves}</span></span>'
        )
        blocks = ""
        for table, items in self._sides if label in _DIFFERENT else self._sides[:1]:
            blocks += event_block(table, items[row]) if items[row] > NONE else "<pre>nothing</pre>"
        return f'<details data-row id="r{row}"><summary>{seen}</summary><div class="sides">{blocks}</div></details>'

    def _half(self, row: int, side: int) -> str:
        table, items = self._sides[side]
        item = items[row]
        if is_ask(item):
            return '<span class="text quiet">asked what the recording holds no answer for</span>'
        if item == NONE:
            return '<span class="text quiet">–</span>'
        said = coloured(summary(table, item, room=_ROOM))
        return f'<span class="text">{said} <span class="hash">{hash_shown(table, item)}</span></span>'
