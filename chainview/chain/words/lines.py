"""The lines of events that come one after the other, at a fraction of what each costs by itself."""

from __future__ import annotations

from chainview.chain.event import Kind
from chainview.chain.table import NO_CALL, EventTable
from chainview.chain.words.report import event_line, hash_text, laid_out
from chainview.chain.words.spans import text_of
from chainview.chain.words.summary import SHORT, summary, summary_alone

_EVENTS, _BYTES = 1 << 9, 1 << 16
"""What is looked at together: so many events, in so many bytes."""
_MOST_KNOWN = 1 << 11
_FAILED = (Kind.ERROR, Kind.DAMAGED)
_ENDS = (Kind.RESULT, Kind.ERROR)
_KINDS = tuple(Kind)


class EventLines:
    """The lines of a table's events, each as `event_line` has it."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._known: dict[tuple[int, int, bytes], str] = {}
        """What is said of events that are all alike, by their kind, their type and their payload."""

    def together(self, start: int) -> int:
        """Up to where events from one on are looked at together, that one at least."""
        table = self._table
        near = table.index_at(table.raw_start(start) + _BYTES)
        return min(max(start + 1, near), start + _EVENTS, len(table))

    def lines(self, start: int, stop: int) -> list[str]:
        """The lines of the events from `start` up to `stop`, such as `together` tells."""
        table = self._table
        if stop == start + 1:
            return [event_line(table, start)]
        known, first, dropped = self._known, table.number(start), table.dropped
        if len(known) > _MOST_KNOWN:
            known.clear()
        columns = zip(
            range(start, stop), table.kinds[start:stop], table.type_ids(start, stop), table.payloads(start, stop),
            table.links(start, stop), table.told_of(start, stop), table.unsound(start, stop), table.hashes(start, stop),
            strict=True,
        )  # fmt: skip
        found = []
        for index, kind, type_id, payload, link, is_told_of, is_unsound, hash_ in columns:
            text = None if is_told_of else known.get((kind, type_id, payload))
            if text is None:
                text = self._text(index, kind, payload, is_told_of)
            mark = " " if link == NO_CALL or link <= dropped else "└" if kind in _ENDS else "│"
            flag = "!" if kind in _FAILED else "⚠" if is_unsound else " "
            number = first + index - start
            found.append(laid_out(number, "▼" if kind == Kind.CALL else mark, text, flag, hash_text(hash_)))
        return found

    def _text(self, index: int, kind: int, payload: bytes, is_told_of: int) -> str:
        """What is said of an event."""
        table = self._table
        if kind == Kind.DAMAGED or is_told_of or len(payload) > SHORT:
            return text_of(summary(table, index, raw=payload))
        alone = summary_alone(_KINDS[kind], table.event_type(index), payload)
        if not alone:
            return text_of(summary(table, index, raw=payload))
        text = self._known[kind, table.type_id(index), payload] = text_of(alone)
        return text
