"""The lines and texts of events that come one after the other, at a fraction of what each costs by itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import repeat

from chainview.chain.bulk.told import told_at_once
from chainview.chain.event import Kind
from chainview.chain.table import NO_CALL, EventTable
from chainview.chain.words.report import event_line, event_texts, hash_text, laid_out, texts_beside
from chainview.chain.words.spans import text_of
from chainview.chain.words.summary import (
    DEFAULT_ROOM,
    SHORT,
    hangs_on_size,
    named_alone,
    said_of_size,
    summary,
    summary_alone,
)

_EVENTS, _BYTES = 1 << 11, 1 << 17
"""What is looked at together: so many events, in so many bytes."""
_MOST_KNOWN = 1 << 11
_KINDS = tuple(Kind)


class EventLines:
    """The lines and texts of a table's events, as `event_line` and `event_texts` have them."""

    def __init__(self, table: EventTable) -> None:
        self._table = table
        self._known: dict[tuple[int, int, bytes | int], str] = {}
        """What is said of events that are all alike, by their kind, their type, and their payload or just its size."""
        self._of_size: dict[int, str] = {}

    def together(self, start: int) -> int:
        """Up to where events from one on are looked at together, that one at least."""
        table = self._table
        near = table.index_at(table.raw_start(start) + _BYTES)
        return min(max(start + 1, near), start + _EVENTS, len(table))

    def lines(self, start: int, stop: int) -> list[str]:
        """The lines of the events from `start` up to `stop`, such as `together` tells."""
        if stop == start + 1:
            return [event_line(self._table, start)]
        payloads = self._table.payloads(start, stop)
        told = told_at_once(self._table, start, payloads, DEFAULT_ROOM, literals=False)
        return list(self._laid_out(start, payloads, told or repeat("", len(payloads))))

    def texts(self, start: int, stop: int) -> Iterator[list[str]]:
        """Texts of each of these events, in no order: what `event_texts` tells, in as many or fewer pieces."""
        table = self._table
        if stop == start + 1:
            yield list(event_texts(table, start))
            return
        payloads = table.payloads(start, stop)
        told = told_at_once(table, start, payloads, DEFAULT_ROOM, literals=True)
        said = [each.split("\0") for each in told] if told is not None else [[""]] * len(payloads)
        lines = self._laid_out(start, payloads, [each[0] for each in said])
        for index, payload, texts, line in zip(range(start, stop), payloads, said, lines, strict=True):
            if texts[0]:
                texts[0] = line
                hash_, parent = table.hash(index), table.parent(index)
                texts += (hash_.hex() if hash_ else "", parent.hex() if parent else "")
                texts += (table.event_type(index), table.kind(index).word, table.noted(index).reason)
                yield texts
            else:
                yield [line, *texts_beside(table, index, payload)]

    def _laid_out(self, start: int, payloads: Sequence[bytes], told: Iterable[str]) -> Iterator[str]:
        table, stop = self._table, start + len(payloads)
        known, first, dropped = self._known, table.number(start), table.dropped
        if len(known) > _MOST_KNOWN:
            known.clear()
        columns = zip(
            range(start, stop), table.kinds[start:stop], table.type_ids(start, stop), payloads,
            table.links(start, stop), table.told_of(start, stop), table.unsound(start, stop), table.hashes(start, stop),
            told, strict=True,
        )  # fmt: skip
        for index, kind, type_id, payload, link, is_told_of, is_unsound, hash_, told_text in columns:
            text = told_text
            if is_told_of or not text:
                said_in = len(payload) if hangs_on_size(payload) else payload
                text = "" if is_told_of else known.get((kind, type_id, said_in), "")
                text = text or self._text(index, kind, payload, said_in, is_told_of)
            number, in_call = first + index - start, link != NO_CALL and link > dropped
            yield laid_out(number, kind, text, hash_text(hash_), in_call=in_call, unsound=bool(is_unsound))

    def _text(self, index: int, kind: int, payload: bytes, said_in: bytes | int, is_told_of: int) -> str:
        """What is said of an event, in whose payload that lies, or in its size alone."""
        table = self._table
        if kind == Kind.DAMAGED or is_told_of or len(payload) > SHORT:
            return text_of(summary(table, index, raw=payload))
        event_type = table.event_type(index)
        if isinstance(said_in, int) and kind != Kind.SHUTDOWN:
            text = self._named(_KINDS[kind], event_type, payload)
        elif alone := summary_alone(_KINDS[kind], event_type, payload):
            text = text_of(alone)
        else:
            return text_of(summary(table, index, raw=payload))
        self._known[kind, table.type_id(index), said_in] = text
        return text

    def _named(self, kind: Kind, event_type: str, payload: bytes) -> str:
        """What `summary_alone` says of an event whose payload hangs on its size, which is the same for many types."""
        of_size = self._of_size.get(len(payload))
        if of_size is None:
            of_size = self._of_size[len(payload)] = said_of_size(payload)
        return named_alone(kind, event_type) + of_size
