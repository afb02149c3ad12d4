"""Making recorded calls ready for being made again inside wasm: the core's side of it.

What is made ready is what `chainview.actor.engine.between.served` reads. The twin is the replay that makes each call
from Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from struct import Struct
from typing import TYPE_CHECKING, Final

from chainview.core.events import MOST_EVENTS

if TYPE_CHECKING:
    from chainview.core.events import EventCore
    from chainview.core.instance import Instance

MOST_READY: Final = 2 << 20
"""Bytes that are made ready at once."""
NOTHING: Final = 0xFFFF_FFFF
LOOKED_AT: Final = 0x82
"""Stands in the place of the kind of a host call at which Python looks."""
MARK: Final = 1 << 31
"""Of a record's number, where it is one of those."""
_MOST_NODES: Final = 1 << 16
_ROOM_FOR_FORMS: Final = 1 << 19
_LARGEST_BEFORE: Final = 1 << 19
_U32 = Struct("<I")
_TYPE = Struct("<3I")
_FRAME = Struct("<7I")
_RUN = Struct("<17I")


@dataclass(frozen=True, slots=True)
class Frame:
    """What payloads of a kind have in common: the nodes before the values that they hold, and those behind.

    Of the latter the first holds all of the nodes before and of the values, and each of the `wraps` behind it the one
    before.
    """

    lead: bytes
    lead_count: int
    values: int
    tail: bytes
    wraps: int


class Form:
    """How values look that are of a declared type; parts are told by the numbers that their types have in a list."""

    ANY: Final = 0
    SCALAR: Final = 1
    LIST: Final = 2
    OPTION: Final = 3
    RESULT: Final = 4
    TUPLE: Final = 5
    RECORD: Final = 6
    VARIANT: Final = 7
    NEVER: Final = 8


@dataclass(slots=True)
class TypeForm:
    """One of those: `numbers` are the kind of its nodes, or the types of its parts, which may have `names`.

    A case that holds nothing has NOTHING for a type.
    """

    form: int
    numbers: Sequence[int] = ()
    names: Sequence[bytes] = ()


@dataclass(frozen=True, slots=True)
class FunctionForm:
    """An export: the frames of its events, where it is found, the last node of its result and of one that is an error.

    `takes` and `leaves` are the types of its states, `responds` and `refuses` those of what it answers. Of what is not
    known yet there are no bytes, and the place is None.
    """

    call: Frame
    result: Frame
    error: Frame
    slot: int | None
    ok: bytes
    err: bytes
    takes: int
    leaves: int
    responds: int
    refuses: int


@dataclass(frozen=True, slots=True, eq=False)
class RunForms:
    """What is known of the calls of a replay.

    `hosts` has the frame of each host function that events of a type are of, by the numbers of those types, and its
    own number. Messages of errors that actors return begin with `refused`.
    """

    functions: Sequence[FunctionForm]
    hosts: Sequence[tuple[Frame, int] | None]
    types: Sequence[TypeForm]
    refused: bytes
    version: int


@dataclass(frozen=True, slots=True)
class Ready:
    """What was made ready: how many calls besides the one that runs already, and how many host calls."""

    data: bytes
    calls: int
    records: int


class RunCore:
    """This work on an instance of the core that it shares with what places events, for one thread."""

    def __init__(self, events: EventCore, instance: Instance) -> None:
        self.events = events
        self._instance = instance
        reserve = instance.reserve
        self._forms, self._run = reserve(_ROOM_FOR_FORMS), reserve(_RUN.size)
        self._nodes = reserve(4 * _MOST_NODES), reserve(4 * _MOST_NODES)
        self._before, self._kinds, self._out = reserve(_LARGEST_BEFORE), reserve(MOST_EVENTS), reserve(MOST_READY)
        self._known: RunForms | None = None
        self._told: tuple[int, ...] = ()
        """Of the known forms, where functions, types of events, host functions, types and words lie."""

    def ready(self, forms: RunForms, current: int | None, before: bytes, kinds: bytes, base: int) -> Ready | None:
        """Makes ready the host calls of a call that runs, and what is behind it, of the events that were placed last.

        Of `kinds` some may be LOOKED_AT. `current` is the number of that call's function, `before` the payload of the
        result that told its state, and `base` where all of it is going to lie. None where there is no room for the
        forms.
        """
        if forms is not self._known:
            self._known = None
            told = self._laid_out(forms)
            if told is None:
                return None
            self._known, self._told = forms, told
        instance = self._instance
        before = before if len(before) <= _LARGEST_BEFORE else b""
        instance.write(self._before, before)
        instance.write(self._kinds, kinds)
        functions, hosts_of, hosts, types, refused = self._told
        told = (
            functions, len(forms.functions), hosts_of, hosts, types, refused, len(forms.refused), forms.version, base,
            *self._nodes, _MOST_NODES, self._before, len(before), NOTHING if current is None else current, 0, 0,
        )  # fmt: skip
        instance.write(self._run, _RUN.pack(*told))
        data, spans, type_ids = self.events.placed
        size = instance.call(
            "prepare", data, spans, type_ids, self._kinds, len(kinds), self._run, self._out, MOST_READY
        )
        *_, calls, records = _RUN.unpack(instance.read(self._run, _RUN.size))
        return Ready(instance.read(self._out, size), calls, records)

    def _laid_out(self, forms: RunForms) -> tuple[int, ...] | None:
        """Puts forms where the core looks for them; where each part of them lies. None where they are too large."""
        room = _Room(self._forms)
        types = room.put(_types(room, forms.types))
        functions = room.put(b"".join([_function(room, each) for each in forms.functions]))
        known = [each for each in forms.hosts if each is not None]
        hosts = room.put(b"".join([_frame(room, frame) + _U32.pack(number) for frame, number in known]))
        numbers = {id(each): number for number, each in enumerate(known)}
        hosts_of = room.put(b"".join([_U32.pack(numbers.get(id(each), NOTHING)) for each in forms.hosts]))
        refused = room.put(forms.refused)
        if len(room.data) > _ROOM_FOR_FORMS:
            return None
        self._instance.write(self._forms, room.data)
        return functions, hosts_of, hosts, types, refused


class _Room:
    """Bytes that are going to lie at a place, put one behind the other."""

    def __init__(self, at: int) -> None:
        self.data = bytearray()
        self._at = at

    def put(self, data: bytes) -> int:
        """Where these are going to lie."""
        self.data += bytes(-len(self.data) % 4)
        place = self._at + len(self.data)
        self.data += data
        return place


def _frame(room: _Room, frame: Frame) -> bytes:
    lead, tail = room.put(frame.lead), room.put(frame.tail)
    return _FRAME.pack(lead, len(frame.lead), frame.lead_count, frame.values, tail, len(frame.tail), frame.wraps)


def _function(room: _Room, function: FunctionForm) -> bytes:
    frames = b"".join([_frame(room, each) for each in (function.call, function.result, function.error)])
    ends = [(room.put(each), len(each)) for each in (function.ok, function.err)]
    slot = NOTHING if function.slot is None else function.slot
    types = (function.takes, function.leaves, function.responds, function.refuses)
    return frames + b"".join([_U32.pack(each) for each in (slot, *ends[0], *ends[1], *types)])


def _types(room: _Room, types: Sequence[TypeForm]) -> bytes:
    return b"".join([_TYPE.pack(each.form, *_parts(room, each)) for each in types])


def _parts(room: _Room, told: TypeForm) -> tuple[int, int]:
    """The two numbers that tell the parts of a type: themselves, or where and how many those are."""
    numbers = told.numbers
    if told.form == Form.TUPLE:
        return room.put(b"".join([_U32.pack(each) for each in numbers])), len(numbers)
    if told.form not in (Form.RECORD, Form.VARIANT):
        return (*numbers, 0, 0)[0], (*numbers, 0, 0)[1]
    names = [(room.put(name), len(name)) for name in told.names]
    parts = [_TYPE.pack(*name, number) for name, number in zip(names, numbers, strict=True)]
    return room.put(b"".join(parts)), len(parts)
