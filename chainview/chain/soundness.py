"""Whether an event is sound: whether its hash is that of what it holds, and its link leads to the event before.

This is the one judgement that verifying, showing, the status line, the details, the feeds and the search for errors
go by. An event that can't be checked, because its file does not hold what was hashed, is not called wrong.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Final

from chainview.chain.bulk.right_hashes import right_at_once
from chainview.chain.event import Event, Kind
from chainview.chain.event_flags import Standing
from chainview.chain.files.entries.entry import Checked
from chainview.chain.hashing import event_hash, event_hashes, hash_steps
from chainview.chain.table import EventTable


class HashState(Enum):
    """What is known of an event's hash."""

    RIGHT = "right"
    WRONG = "wrong"
    """What the event holds gives another."""
    NOT_HELD = "not held"
    """What was hashed is not in the file."""
    UNKNOWN = "unknown"
    """The file tells no hash, and none could be computed."""
    UNREADABLE = "unreadable"
    """This is a damaged stretch, and no event."""


class LinkState(Enum):
    """Where an event's link leads."""

    HOLDS = "holds"
    """To the event before."""
    TO_COMPUTED = "to computed"
    """To what the event before really hashes to, although another hash stands there."""
    AFTER_DAMAGE = "after damage"
    """The event before can't be read."""
    CHANGED = "changed"
    """Elsewhere, but with the link to the event before its hash would be right."""
    GAP = "gap"
    """Elsewhere."""


@dataclass(frozen=True, slots=True)
class Soundness:
    """What is to be said of one event."""

    hash: HashState
    link: LinkState
    checked: Checked
    entry_damaged: bool = False
    """Whether its entry in the file fails the entry's own checksum."""
    computed: bytes | None = None
    """What it hashes to, where that was computed."""

    @property
    def wrong(self) -> bool:
        """Whether something is known to be wrong with it."""
        return (
            self.hash in (HashState.WRONG, HashState.UNREADABLE)
            or self.link in (LinkState.CHANGED, LinkState.GAP)
            or self.entry_damaged
        )


_UNCHECKED: Final[dict[int, Soundness]] = {
    Standing.NOT_HELD: Soundness(HashState.NOT_HELD, LinkState.HOLDS, Checked.LINK),
    Standing.UNKNOWN: Soundness(HashState.UNKNOWN, LinkState.HOLDS, Checked.NONE),
    Standing.NOT_HELD_ELSEWHERE: Soundness(HashState.NOT_HELD, LinkState.GAP, Checked.LINK),
    Standing.UNKNOWN_ELSEWHERE: Soundness(HashState.UNKNOWN, LinkState.GAP, Checked.NONE),
}
"""What is to be said of events that hang on nothing that is in the file, behind one of which the hash is not known."""
_DAMAGED_ROW, _PLAIN_AFTER_DAMAGE, _PROVED_AFTER_DAMAGE = 16, 17, 18
"""Beside the standings: of a row that is no event, and of an event behind one, whose link leads elsewhere therefore."""
_AFTER_DAMAGE: Final[dict[int, int]] = {
    Standing.PLAIN_ELSEWHERE: _PLAIN_AFTER_DAMAGE,
    Standing.PROVED_ELSEWHERE: _PROVED_AFTER_DAMAGE,
}
_HASHED: Final = frozenset((Standing.PLAIN, Standing.PLAIN_ELSEWHERE, _PLAIN_AFTER_DAMAGE))
"""Of an event that hangs on its hash, if it hangs on anything."""
_PROVED: Final = frozenset((Standing.PROVED, _PROVED_AFTER_DAMAGE))
_WITHOUT_PAYLOAD: Final = bytes(_UNCHECKED)
_UNREADABLE: Final = Soundness(HashState.UNREADABLE, LinkState.HOLDS, Checked.NONE)
_ALIKE: Final = re.compile(rb"([%b])\1{15,}" % re.escape(_WITHOUT_PAYLOAD))
"""Many events in a row of one standing, which hang on nothing."""
_BYTES_A_STEP, _EVENTS_A_STEP = 1 << 16, 1 << 9
_FASTER: Final = 8
"""How many times as much a step may hold where the core hashes."""
LARGE: Final = 1 << 20
"""An event of more bytes is hashed in steps by who has other things to do."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that an event's soundness hangs on, gathered quickly, to be judged wherever there is time for it."""

    event: Event
    links_on: bool
    """Whether the stated parent is the recorded hash of the event before."""
    checked: Checked = Checked.FULL
    readable: bool = True
    entry_damaged: bool = False
    before: Event | None = None
    """The event before; needed only where the link does not lead to it."""
    before_checked: Checked = Checked.FULL
    before_readable: bool = True


def soundness(table: EventTable, index: int) -> Soundness:
    """The soundness of an event of a table, which remembers what came out."""
    found = judged(evidence(table, index))
    table.judged(index, proved=found.hash is HashState.RIGHT, wrong=found.wrong)
    return found


def soundness_steps(table: EventTable, index: int) -> Generator[None, None, Soundness]:
    """What `soundness` gives, with a pause after each piece of an event that is hashed."""
    known, computed = evidence(table, index), None
    if known.readable and known.checked is Checked.FULL:
        event = known.event
        computed = yield from hash_steps(event.parent, event.event_type, event.payload)
    found = judged(known, computed)
    table.judged(index, proved=found.hash is HashState.RIGHT, wrong=found.wrong)
    return found


def evidence(table: EventTable, index: int) -> Evidence:
    """What the soundness of an event of a table hangs on."""
    links_on = table.links_on(index)
    before = None if links_on or index == 0 else index - 1
    return Evidence(
        table.event(index),
        links_on,
        checked=table.checked(index),
        readable=table.kinds[index] != Kind.DAMAGED,
        entry_damaged=table.is_damaged(index),
        before=None if before is None else table.event(before),
        before_checked=Checked.FULL if before is None else table.checked(before),
        before_readable=before is None or table.kinds[before] != Kind.DAMAGED,
    )


def judged(evidence: Evidence, computed: bytes | None = None) -> Soundness:
    """The soundness that follows from the evidence; `computed` is the event's hash where it was worked out already."""
    event, before, checked = evidence.event, evidence.before, evidence.checked
    if not evidence.readable:
        return Soundness(HashState.UNREADABLE, LinkState.HOLDS, checked)
    hash_, computed = _hash(event, checked, computed)
    if evidence.links_on:
        return Soundness(hash_, LinkState.HOLDS, checked, evidence.entry_damaged, computed)
    if not evidence.before_readable:
        link = LinkState.AFTER_DAMAGE
    elif before is None:
        link = _link(event, None, None, wrong=hash_ is HashState.WRONG)
    else:
        before_computed = _hash(before, evidence.before_checked)[1]
        link = _link(event, before_computed, before.hash or None, wrong=hash_ is HashState.WRONG)
    return Soundness(hash_, link, checked, evidence.entry_damaged, computed)


def _hash(event: Event, checked: Checked, computed: bytes | None = None) -> tuple[HashState, bytes | None]:
    if checked is Checked.LINK:
        return HashState.NOT_HELD, None
    if checked is Checked.NONE or not event.hash:
        return HashState.UNKNOWN, None
    if checked is Checked.PROVED:
        return HashState.RIGHT, event.hash
    if computed is None:
        computed = event_hash(event.parent, event.event_type, event.payload)
    return (HashState.RIGHT if computed == event.hash else HashState.WRONG), computed


def _link(event: Event, computed: bytes | None, recorded: bytes | None, *, wrong: bool) -> LinkState:
    """Where a link leads that is not to the event before, given what that hashes to and the hash that stands there."""
    if computed is not None and event.parent == computed:
        return LinkState.TO_COMPUTED
    hashes = [event_hash(parent, event.event_type, event.payload) for parent in (computed, recorded)] if wrong else []
    return LinkState.CHANGED if event.hash in hashes else LinkState.GAP


def _payloads(table: EventTable, start: int, stop: int) -> list[bytes]:
    """The payloads of the events from `start` up to `stop`; none where they are damaged, or hang on no payload."""
    kinds = table.kinds[start:stop]
    if not table.standings(start, stop).translate(None, _WITHOUT_PAYLOAD):
        return [b""] * (stop - start)
    if Kind.DAMAGED not in kinds:
        return table.payloads(start, stop)
    readable = iter(table.payloads_at([start + at for at, kind in enumerate(kinds) if kind != Kind.DAMAGED]))
    return [b"" if kind == Kind.DAMAGED else next(readable) for kind in kinds]


def _hashes(
    parents: list[bytes | None], types: list[str], payloads: list[bytes], chosen: list[int] | None
) -> list[bytes]:
    """The hashes of those of some events that are chosen, of all for None; each parent stands where its event does."""
    if chosen is None:
        return event_hashes(parents[:-1], types, payloads)
    return event_hashes([parents[at] for at in chosen], [types[at] for at in chosen], [payloads[at] for at in chosen])


class Judge:
    """Judges the events of a table from one on, at a fraction of what each costs by itself."""

    def __init__(self, table: EventTable, first: int = 0) -> None:
        self._table = table
        self._next = first
        self.is_fast = False
        """Whether the core hashed the last events."""
        self._before = judged(evidence(table, first - 1)).computed if first else None
        """What the event before the next one hashes to, where that can be computed."""

    def step(self) -> int:
        """Up to where some 64 kB of payload reach that were not judged yet, an event at least, or to the last one."""
        table, faster = self._table, _FASTER if self.is_fast else 1
        near = table.index_at(table.raw_start(self._next) + _BYTES_A_STEP * faster)
        return min(max(self._next + 1, near), self._next + _EVENTS_A_STEP * faster, len(table))

    def go_to(self, index: int) -> None:
        """Judges on until an event is judged, and what lies in one step with it."""
        while self._next <= index:
            self.judge(self.step())

    def judge(self, stop: int) -> list[tuple[range, Soundness]]:
        """Judges on up to an index, which the table remembers; gives those events of which not all is right.

        Those in a row that hang on nothing are given as one where they are many.
        """
        told: list[tuple[range, Soundness]] = []
        standings, first = self._table.standings(self._next, stop), self._next
        for alike in _ALIKE.finditer(standings):
            start, end = first + alike.start(), first + alike.end()
            told += self._each(start)
            if self._table.kinds.find(Kind.DAMAGED, start, end) < 0 and self._hangs_on_nothing(
                start, standings[alike.start()], self._before
            ):
                told.append((range(start, end), self._all_alike(start, end, standings[alike.start()])))
        return told + self._each(stop)

    def _all_alike(self, start: int, stop: int, standing: int) -> Soundness:
        """Judges those events of one standing, which hang on nothing, all at once."""
        self._table.judged_alike(start, stop, wrong=standing > Standing.UNKNOWN)
        self._next, self._before, self.is_fast = stop, None, False
        return _UNCHECKED[standing]

    def _each(self, stop: int) -> list[tuple[range, Soundness]]:
        """Judges on up to an index, event by event."""
        table, start = self._table, self._next
        if start == stop:
            return []
        names, standings = table.type_names, self._standings_after_damage(stop)
        plain = standings.count(Standing.PLAIN)
        self.is_fast = plain == len(standings) and right_at_once(table, start, stop)
        if self.is_fast:
            table.judged_right(start, stop)
            self._next, self._before = stop, table.hash(stop - 1)
            return []
        payloads = _payloads(table, start, stop)
        recorded, before, first_right = table.hash(start - 1), self._before, start
        hashes = table.hashes(start, stop)
        types = [names[type_id] for type_id in table.type_ids(start, stop)]
        parents, chosen = [recorded, *hashes], None
        if plain < len(standings):
            chosen = [at for at, each in enumerate(standings) if each in _HASHED]
            for at in chosen:
                parents[at] = parents[at] if standings[at] == Standing.PLAIN else table.parent(start + at)
        computed_of_plain = _hashes(parents, types, payloads, chosen)
        if chosen is None and computed_of_plain == hashes:
            table.judged_right(start, stop)
            self._next, self._before = stop, hashes[-1] if hashes else before
            return []
        told: list[tuple[range, Soundness]] = []
        chosen = list(range(len(hashes))) if chosen is None else chosen
        own = dict(zip(chosen, computed_of_plain, strict=True))
        changed = self._changed(own, standings, [recorded, *hashes], types, payloads)
        columns = zip(range(start, stop), standings, hashes, types, payloads, strict=True)
        for index, standing, hash_, event_type, payload in columns:
            computed: bytes | None = None
            if standing in _HASHED:
                computed = own[index - start]
            elif standing in _PROVED:
                computed = hash_
            elif standing == _DAMAGED_ROW or (
                standing in _UNCHECKED and self._hangs_on_nothing(index, standing, before)
            ):
                found = _UNREADABLE if standing == _DAMAGED_ROW else _UNCHECKED[standing]
                table.judged_right(first_right, index)
                table.judged(index, proved=False, wrong=standing > Standing.UNKNOWN)
                told.append((range(index, index + 1), found))
                first_right, recorded, before = index + 1, hash_, None
                continue
            after_damage = standing >= _PLAIN_AFTER_DAMAGE
            elsewhere = standing == Standing.PLAIN_ELSEWHERE
            if computed != hash_ or computed is None or after_damage or elsewhere:
                if elsewhere and computed == hash_:
                    leads_back = before is not None and table.parent(index) == before
                    link = LinkState.TO_COMPUTED if leads_back else LinkState.GAP
                    found = Soundness(HashState.RIGHT, link, table.checked(index), computed=hash_)
                elif elsewhere and index - start in changed:
                    link = LinkState.CHANGED if changed[index - start] else LinkState.GAP
                    found = Soundness(HashState.WRONG, link, table.checked(index), computed=computed)
                elif after_damage and computed == hash_:
                    found = Soundness(HashState.RIGHT, LinkState.AFTER_DAMAGE, table.checked(index), computed=hash_)
                else:
                    known = None if after_damage or elsewhere else computed
                    found = self._found(index, (hash_, event_type, payload), known, before, recorded)
                table.judged_right(first_right, index)
                table.judged(index, proved=found.hash is HashState.RIGHT, wrong=found.wrong)
                told.append((range(index, index + 1), found))
                first_right, computed = index + 1, found.computed
            recorded, before = hash_, computed
        table.judged_right(first_right, stop)
        self._next, self._before = stop, before
        return told

    def _changed(
        self, own: dict[int, bytes], standings: bytes, recorded: list[bytes | None], types: list[str], data: list[bytes]
    ) -> dict[int, bool]:
        """Of wrong events that lead elsewhere, by their place, whether it is their parent that was changed.

        Only of those behind one whose hash was computed too, and which do not lead to that.
        """
        elsewhere = [at for at in own if standings[at] == Standing.PLAIN_ELSEWHERE and at - 1 in own]
        wrong = [at for at in elsewhere if own[at] != recorded[at + 1]]
        wrong = [at for at in wrong if self._table.parent(self._next + at) != own[at - 1]]
        types, data = [types[at] for at in wrong], [data[at] for at in wrong]
        computed = event_hashes([own[at - 1] for at in wrong], types, data) if wrong else []
        stated = event_hashes([recorded[at] for at in wrong], types, data) if wrong else []
        return {at: recorded[at + 1] in found for at, *found in zip(wrong, computed, stated, strict=True)}

    def _standings_after_damage(self, stop: int) -> bytes:
        """The standings up to an index, with those told apart of damaged rows, and of what stands behind one."""
        start, kinds = self._next, self._table.kinds
        standings = bytearray(self._table.standings(start, stop))
        damaged = kinds.find(Kind.DAMAGED, max(start - 1, 0), stop)
        while damaged >= 0:
            at = damaged - start
            if at >= 0:
                standings[at] = _DAMAGED_ROW
            if damaged + 1 < stop:
                standings[at + 1] = _AFTER_DAMAGE.get(standings[at + 1], standings[at + 1])
            damaged = kinds.find(Kind.DAMAGED, damaged + 1, stop)
        return bytes(standings)

    def _hangs_on_nothing(self, index: int, standing: int, before: bytes | None) -> bool:
        """Whether what is to be said of an event follows from its standing, and from what the one before hashes to."""
        kinds = self._table.kinds
        return standing <= Standing.UNKNOWN or (before is None and (not index or kinds[index - 1] != Kind.DAMAGED))

    def _found(
        self,
        index: int,
        told: tuple[bytes | None, str, bytes],
        computed: bytes | None,
        before: bytes | None,
        recorded: bytes | None,
    ) -> Soundness:
        """The soundness of an event of which not all is right, and which tells this hash, type and payload.

        `computed` is what it hashes to where all else is right, `before` what the event before it hashes to, and
        `recorded` the hash that stands there.
        """
        table = self._table
        checked = table.checked(index)
        if computed is not None:
            return Soundness(HashState.WRONG, LinkState.HOLDS, checked, computed=computed)
        hash_, event_type, payload = told
        event = Event(hash_ or b"", table.parent(index), event_type, payload)
        state, computed = _hash(event, checked)
        if table.links_on(index):
            link = LinkState.HOLDS
        elif index and table.kinds[index - 1] == Kind.DAMAGED:
            link = LinkState.AFTER_DAMAGE
        else:
            link = _link(event, before, recorded, wrong=state is HashState.WRONG)
        if computed is None:
            return _unproved(state, link, checked, entry_damaged=table.is_damaged(index))
        return Soundness(state, link, checked, table.is_damaged(index), computed)


@cache
def _unproved(hash_: HashState, link: LinkState, checked: Checked, *, entry_damaged: bool = False) -> Soundness:
    """The soundness of an event whose hash was not computed, of which there are only so many."""
    return Soundness(hash_, link, checked, entry_damaged)
