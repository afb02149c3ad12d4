"""Events of blocks that follow each other, made at once by the core, where moulds for their literals are known.

Each is what the reader would make of its block, proved by its hash and the child of the one before.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator
from typing import Final

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Kind
from chainview.chain.event_flags import CHECKED_FLAGS, FLAGS_WITHOUT_HASH, OTHER_PARENT, PROVED
from chainview.chain.files.entries.beside import Beside
from chainview.chain.files.entries.entry import Checked, Damage, Data, Run, may_grow
from chainview.chain.files.theater.moulds import Mould, Moulds
from chainview.chain.hashing import HASH_SIZE, type_text
from chainview.chain.kinds import kind_of, kind_of_type
from chainview.chain.table import NO_CALL, EventTable
from chainview.core import serving
from chainview.core.casts import (
    ELSEWHERE,
    MOST_BYTES,
    PASSED_OVER,
    ROOT,
    UNPROVED,
    UNTOLD,
    CastCore,
    Made,
    MouldText,
    Texts,
)
from chainview.core.events import BY_PAYLOAD, Columns, Going

_HOST_CALL: Final = re.compile(r'host-?function-?call\{interface: "([^"\\]*)", function: "([^"\\]*)"', re.IGNORECASE)
_NAMES: Final = re.compile(r"^(interface|function): (.*)$", re.MULTILINE)
_COSTLIER: Final = 8
"""How many times as much as an event's bytes in a native file those of a text cost to be read one by one."""
_LEAST_READ: Final = 1 << 13
_SHORT_RUN: Final = 8
"""Events that must be made at once for that to be worth its call."""
_MOST_BY_HAND: Final = 1 << 10


class Runs:
    """Looks for runs in a text whose moulds are learned meanwhile."""

    def __init__(self, data: Data, moulds: Moulds, texts: Texts = Texts.BLOCKS) -> None:
        self._data, self._moulds, self._texts = data, moulds, texts
        self._elsewhere: bytes | None = None
        self._core: CastCore | None = None
        self._told: list[tuple[str, Mould]] = []
        """The moulds that the core has, with what stands around the leaves of their texts, by their numbers."""
        self._kept, self._looked_at = moulds.kept, 0
        """The moulds that were made since they were last let go, and how many of them were offered to the core."""
        self._is_asked = serving.pays(_COSTLIER * len(data)) and not may_grow(data)
        self._by_hand = self._patience = 1
        """How many blocks are to be read without it, before it is worth asking again."""
        self._reach = _LEAST_READ
        self.are_lost = False
        """Whether a run of blocks goes on behind what is none, or does not follow, as the reader says."""
        self._has_room = True

    def lose(self, elsewhere: bytes) -> None:
        """From here on no hash is known, and what does not follow the block before states that as its parent."""
        if self._elsewhere is None:
            self._texts, self._elsewhere, self._core = Texts.LOST_KEYS, elsewhere, None
            self._by_hand = self._patience = 1

    def after(self, last: bytes | None, at: int, tried_of: int = 0) -> Run | None:
        """The run behind an event of that hash whose block ends at an offset, where the reader knows it to be right.

        Where no hash is known any more, that are its first digits. Of lost ones that no mould makes one of so many is
        left to the reader; each where `tried_of` is 0.
        """
        if not self._is_asked:
            return None
        self._by_hand -= 1
        if self._by_hand > 0:
            return None
        core = self._taught()
        if core is None:
            self._is_asked = False
            return None
        data = self._data[at : at + self._reach]
        texts = Texts.LOST_BLOCKS if self.are_lost else self._texts
        made = core.cast(data, last, texts, tried_of if self._has_room else 0)
        self._patience = 1 if made.count >= _SHORT_RUN else min(2 * self._patience, _MOST_BY_HAND)
        self._by_hand = self._patience
        self._reach = min(MOST_BYTES, self._reach * 4) if made.taken > self._reach // 2 else _LEAST_READ
        if not made.count:
            return None
        numbers = array("I", made.numbers)
        if made.marks:
            numbers = array("I", [number for number, mark in zip(numbers, made.marks, strict=True) if _is_right(mark)])
        used = dict.fromkeys(reversed(numbers))
        for number in reversed(used) if self._elsewhere is None else ():
            self._moulds.right(*self._told[number])
        types = tuple(self._types(made) if not made.marks else self._types_of_lost(made, data))
        return Run(made, types, at + made.taken, self._elsewhere)

    def _types(self, made: Made) -> Iterator[str]:
        """The type of each event of a run."""
        begin = 0
        for number, end in zip(array("I", made.numbers), array("I", made.ends), strict=True):
            mould = self._told[number][1]
            yield mould.named_in(made.payloads, begin) if mould.event_type is None else mould.event_type
            begin = end

    def _types_of_lost(self, made: Made, data: bytes) -> Iterator[str]:
        """The type of each event of a run of lost blocks, and what stands for that of what is no event."""
        begin, starts = 0, array("I", made.starts)
        starts.append(made.taken)
        columns = zip(array("I", made.numbers), array("I", made.ends), made.marks, strict=True)
        for at, (number, end, mark) in enumerate(columns):
            if mark & PASSED_OVER:
                raw = data[starts[at] : starts[at + 1]]
                names = b"host" in raw.lower() or SHUTDOWN_EVENT.encode() in raw
                read = type_in if self._elsewhere is None else _type_in_keys
                yield read(raw.decode("utf-8", "replace")) if names else MODULE_EVENT
            elif mark % ROOT == Kind.DAMAGED:
                yield "event"
            else:
                mould = self._told[number][1]
                yield mould.named_in(made.payloads, begin) if mould.event_type is None else mould.event_type
            begin = end

    def _taught(self) -> CastCore | None:
        """The core with all moulds that are known by now; None where there is none."""
        if self._core is None or self._kept is not self._moulds.kept:
            self._core, self._kept, self._looked_at, self._told = serving.cast_core(), self._moulds.kept, 0, []
            self._has_room = True
        core = self._core
        if core is None:
            return None
        # Where no hash tells which mould is right the likeliest is, which need not be the newest.
        is_new_and_lost = self._elsewhere is not None and not self._told
        new = self._moulds.likeliest() if is_new_and_lost else self._kept[self._looked_at :]
        for around, mould in new:
            if core.keep(_text(around, mould)):
                self._told.append((around, mould))
            else:
                self._has_room = False
        self._looked_at = len(self._kept)
        return core


def type_in(text: str) -> str:
    """The event type, as far as a literal that can't be read tells it."""
    host = _HOST_CALL.search(text)
    return MODULE_EVENT if host is None else f"{host.group(1)}/{host.group(2)}"


def _type_in_keys(text: str) -> str:
    """The event type that a block of keys and values tells."""
    named = {key: name[1:-1] if name[:1] == '"' else name for key, name in _NAMES.findall(text)}
    if "\ntype: host-call\n" in text:
        return f"{named.get('interface', '')}/{named.get('function', '')}"
    return SHUTDOWN_EVENT if named.get("function") == SHUTDOWN_EVENT else MODULE_EVENT


def _is_right(mark: int) -> bool:
    return not mark & UNPROVED and mark % ROOT != Kind.DAMAGED


def _text(around: str, mould: Mould) -> MouldText:
    event_type = mould.event_type
    kind = Kind.HOST if event_type is None else kind_of_type(event_type)
    json = b"" if event_type is None else type_text(event_type)
    return MouldText(around.encode(), json, BY_PAYLOAD if kind is None else int(kind), mould.pieces)


def append_run(table: EventTable, run: Run) -> None:
    """Adds the events of a run, which goes on from the last event of the table, as `append` would one by one."""
    made, going = run.made, table.going
    count, first = made.count, len(table)
    ends, base = array("I", made.ends), table.raw_start(first)
    ids = {name: table.type_id_of(name) for name in dict.fromkeys(run.types)}
    kinds = _kinds(run)
    links, steps, open_call = _links(kinds, going)
    starts = array("Q", [base, *[base + end for end in ends[: count - 1]]])
    is_lost = run.lost is not None
    if is_lost:
        flags, parents = made.marks.translate(_FLAGS_WITHOUT_HASH), dict.fromkeys(made.elsewhere, run.lost)
    elif made.marks:
        flags, parents = made.marks.translate(_FLAGS), _parents(made)
    else:
        flags, parents = bytes([PROVED]) * count, dict[int, bytes | None]()
    columns = Columns(
        count=count,
        taken=0,
        is_short=False,
        going=Going(going.number + count, open_call, None if is_lost else made.last),
        steps=steps,
        starts=starts.tobytes(),
        times=bytes(8 * count),
        durations=bytes(4 * count),
        links=links.tobytes(),
        types=array("I", [ids[name] for name in run.types]).tobytes(),
        hashes=bytes(len(made.hashes)) if is_lost else made.hashes,
        flags=flags,
        kinds=kinds,
        odd=(),
    )
    table.extend(columns, Beside(parents), made.payloads)


def _kinds(run: Run) -> bytes:
    """The kinds of a run's events, also of those of which the core does not tell it."""
    made = run.made
    if not made.marks:
        return made.kinds
    kinds, ends, begin = bytearray(made.kinds), array("I", made.ends), 0
    for at, mark in enumerate(made.marks):
        if mark & PASSED_OVER or mark % ROOT == UNTOLD:
            kinds[at] = kind_of(run.types[at], made.payloads[begin : ends[at]])
        begin = ends[at]
    return bytes(kinds)


def _parents(made: Made) -> dict[int, bytes | None]:
    """The parents of those that do not follow the one before, by their place."""
    size = HASH_SIZE
    return {
        at: None if mark & ROOT else made.parents[at * size : (at + 1) * size]
        for at, mark in enumerate(made.marks)
        if mark & ELSEWHERE
    }


def damages_in(run: Run) -> Iterator[tuple[int, Damage]]:
    """What is no event in a run, each with its place in it."""
    made = run.made
    starts, base = array("I", made.starts), run.end - made.taken
    starts.append(made.taken)
    for at, mark in enumerate(made.marks):
        if mark % ROOT == Kind.DAMAGED:
            yield at, Damage(base + starts[at], base + starts[at + 1], "event")


def _flags_of(mark: int, *, without_hash: bool) -> int:
    if mark % ROOT == Kind.DAMAGED:
        flags = FLAGS_WITHOUT_HASH[Checked.NONE]
    elif without_hash:
        flags = FLAGS_WITHOUT_HASH[Checked.LINK]
    else:
        flags = CHECKED_FLAGS[Checked.LINK] if mark & UNPROVED else PROVED
    return flags | (OTHER_PARENT if mark & ELSEWHERE else 0)


_FLAGS: Final = bytes([_flags_of(mark, without_hash=False) for mark in range(256)])
_FLAGS_WITHOUT_HASH: Final = bytes([_flags_of(mark, without_hash=True) for mark in range(256)])
"""The flags of what stands beside a kind."""


def _links(kinds: bytes, going: Going) -> tuple[array[int], int, int]:
    """The links of events of those kinds, how many follow the call that was open before, and the call open then."""
    links, steps, open_call, first = array("I"), 0, going.open_call, going.number
    for at, kind in enumerate(kinds):
        if kind == Kind.CALL:
            open_call = first + at
            links.append(0)
        elif open_call == NO_CALL or kind in (Kind.SHUTDOWN, Kind.OTHER):
            links.append(NO_CALL)
        else:
            if open_call < first:
                steps = first + at - open_call
            else:
                links[open_call - first] = first + at - open_call
            links.append(open_call)
            if kind in (Kind.RESULT, Kind.ERROR):
                open_call = NO_CALL
    return links, steps, open_call
