"""Finding the event that was hashed from the little that a text format tells of it.

Event types, tags, variant annotations, the schema and the CGRF version are tried out until the recorded hash comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field, replace
from itertools import product
from typing import Final
from typing import cast as typed
from zlib import crc32

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Event
from chainview.chain.files.theater.moulds import Moulds, Shape, cast, cast_hash
from chainview.chain.hashing import event_hash
from chainview.chain.lifecycle import Lifecycle
from chainview.chain.payload import Call, CallResult, HostCall, Other, Payload, read_value
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import named_annotations, nodes, under_version, variant_tags
from chainview.pack.values import UNIT, Record, String, Value, Variant, bytes_value
from chainview.pack.values.types import TAG_RECORD, TAG_VARIANT
from chainview.system.errors import ChainviewError

_TAGS_TRIED = 12
_OWN_TAGS = {
    "chaineventpayload": ("hostfunction", "wasm", "replaysummary", "lifecycle"),
    "wasmeventdata": ("wasmcall", "wasmresult", "wasmerror", "wasmcomponentcreationerror"),
    "actorlifecycleevent": ("spawned", "paused", "resumed", "terminated"),
    "terminationcause": ("completed", "failed", "stopped", "killed", "peerkilled"),
    "result": ("ok", "err"),
}
"""The cases of the variants that Theater itself writes, by tag; names without dashes, underscores and capitals."""

TagKey = tuple[str, str]
_TRIES = 2048
_WORK_AN_EVENT = 1 << 22
_WORK_PER_BYTE, _LEAST_WORK = 2, 1 << 23
_WORK_A_TRY, _WORK_A_READING, _WORK_A_LETTER = 1 << 9, 1 << 12, 64
"""What a further try costs beside hashing a byte of it; what reading a literal once more costs, and a letter of it."""
_FREE = 3
"""Values in a row of which none is right before a further reading costs: where types take turns some are in vain."""
_GIVEN_BACK = 16
"""Tries of an event up to which they cost nothing where one is right."""
MOST_IN_VAIN = 1 << 12
"""What is in vain until most of what no mould makes is told without payload: two for a text of which nothing came out,
one where its payload is only likely, and nothing where such a text has no shape."""
TRIED_OF = 1 << 7
"""Of so many of those one is tried nevertheless."""
_GIVEN_BACK_IN_VAIN = 16
"""What counts in vain less behind one that came out when it was tried."""
_LONGEST_TRIED = 1 << 20
_MOST_KEPT, _LONGEST_KEPT, _MOST_LETTERS = 128, 1 << 10, 1 << 18
_VERSIONS = (2, 3)
_PACKED_FIELDS = {"params": "params", "response": "bytes"}
"""The fields that the schema `bytes` stores as CGRF bytes, and what it calls them."""

_SHUTDOWN = String(SHUTDOWN_EVENT)

Matches = Callable[[bytes], bool]
Types = tuple[str | None, str | None]
"""The types of a list without elements, and of what a `none` or `some` may hold; None where they are told."""
TOLD: Final[Types] = (None, None)
_ELEMENTS: Final = ("u8", "string", "bool")
_INNERS: Final = ("list<u8>", "string", "u8", "bool", "u64")


@dataclass(slots=True)
class Known:
    """What was found out from events whose hash came out right."""

    tags: dict[TagKey, int] = field(default_factory=dict)
    variants: dict[str, bool] = field(default_factory=dict)
    """Whether a named type in an annotation is a variant, not a record."""


@dataclass(slots=True)
class Choices:
    """What is open in some CGRF bytes, with the offsets it stands at."""

    tags: dict[TagKey, list[int]] = field(default_factory=dict)
    names: dict[str, list[int]] = field(default_factory=dict)
    variant_types: set[str] = field(default_factory=set)
    """Names of types that a variant value in the same bytes has."""

    def add(self, data: bytes, start: int) -> None:
        """Adds the places in a CGRF value that begins at `start` of `data` and was written by the encoder."""
        for node in nodes(data, start):
            for type_name, case, at in variant_tags(data, node):
                self.tags.setdefault((type_name, case), []).append(at)
                self.variant_types.add(type_name)
            for name, at in named_annotations(data, node):
                self.names.setdefault(name, []).append(at)

    def settings(self, known: Known) -> Iterator[tuple[dict[TagKey, int], dict[str, bool]]]:
        """Ways to fill the places, the likeliest first; what is known is not varied."""
        tags, names = list(self.tags), list(self.names)
        tag_options = [_tags(key, known) for key in tags]
        name_options = [self._kinds(name, known) for name in names]
        for kinds in product(*name_options):
            for numbers in product(*tag_options):
                yield dict(zip(tags, numbers, strict=True)), dict(zip(names, kinds, strict=True))

    def _kinds(self, name: str, known: Known) -> tuple[bool, ...]:
        if name in known.variants:
            return (known.variants[name],)
        return (True, False) if name in self.variant_types else (False, True)

    def patched(self, data: bytes, tags: dict[TagKey, int], variants: dict[str, bool]) -> bytes:
        """The bytes with the places filled."""
        if not tags and not variants:
            return data
        out = bytearray(data)
        for key, number in tags.items():
            for at in self.tags[key]:
                out[at : at + 4] = number.to_bytes(4, "little")
        for name, is_variant in variants.items():
            for at in self.names[name]:
                out[at] = TAG_VARIANT if is_variant else TAG_RECORD
        return bytes(out)


def _tags(key: TagKey, known: Known) -> tuple[int, ...]:
    if key in known.tags:
        return (known.tags[key],)
    own = _OWN_TAGS.get(_plain(key[0]), ())
    return (own.index(_plain(key[1])),) if _plain(key[1]) in own else tuple(range(_TAGS_TRIED))


def _plain(name: str) -> str:
    return name.replace("-", "").replace("_", "").lower()


@dataclass(frozen=True, slots=True)
class _Encoding:
    """A payload's bytes with what is open in them, under a CGRF version, its parts packed or not."""

    packed: bool | None
    version: int
    data: bytes
    choices: Choices


@dataclass(slots=True)
class Reading:
    """What a block may stand for, with the types that its literals were given, and what was made of it already."""

    value: Value
    types: tuple[Types, ...] = ()
    said: Payload = field(init=False)
    event_types: tuple[str, ...] = field(init=False)
    encodings: dict[tuple[bool | None, int], _Encoding] = field(default_factory=dict)
    likeliest: tuple[int, bytes] = -1, b""
    """Its payload as what was learnt by then has it, and how often something was."""

    def __post_init__(self) -> None:
        self.said = read_value(self.value)
        self.event_types = tuple(event_types_of(self.value, self.said))

    @property
    def told(self) -> bool:
        """Whether nothing was guessed to read it."""
        return all(types == TOLD for types in self.types)


class Recovery:
    """Recovers the events of one chain, and goes first by what was right for those before; its work is bounded."""

    def __init__(self, size: int) -> None:
        self._known = Known()
        self._work = size * _WORK_PER_BYTE + _LEAST_WORK
        self._version = 2
        self._packed = False
        self._learnt = 0
        self._failures = 0
        """Values in a row of which none came out right."""
        self._in_vain = 0
        self._types: list[tuple[str, str]] = list(product(_ELEMENTS, _INNERS))
        self.moulds = Moulds()
        """Those of texts that came out, or are only likely."""
        self._unreadable: set[str] = set()
        self._letters = 0
        """Those of the unreadable."""
        self._likeliest: dict[tuple[str, ...], Reading] = {}
        """The first reading of texts that stood in a block, as many stand in many."""

    def copy(self) -> Recovery:
        """One that knows what this one does by now, to try out what may not be all there."""
        return deepcopy(self)

    def grew(self, by: int) -> None:
        """Takes in that there are more bytes to recover events from."""
        self._work += by * _WORK_PER_BYTE

    def likeliest(self, texts: tuple[str, ...]) -> Reading | None:
        """The first reading of the texts of a block, where it is at hand."""
        return self._likeliest.get(texts)

    def keep(self, texts: tuple[str, ...], reading: Reading) -> None:
        """Keeps the first reading of the texts of a block, if they are short."""
        if sum(map(len, texts)) <= _LONGEST_KEPT:
            if len(self._likeliest) >= _MOST_KEPT:
                self._likeliest.clear()
            self._likeliest[texts] = reading

    def by_mould(self, shape: Shape, parent: bytes | None, matches: Matches | None) -> tuple[Event, bool] | None:
        """What `recover` gives, of a text whose shape is known; None where that has to be tried anew."""
        alike = self.moulds.of(shape)
        if alike is None:
            return None
        first = alike.moulds[0]
        if matches is None:
            return Event(b"", parent, shape.type_by(first), cast(first, shape)), False
        for mould in alike.moulds[:1] if alike.hopeless else alike.moulds:
            event_type = shape.type_by(mould)
            hash_ = cast_hash(mould, shape, parent, event_type)
            if matches(hash_):
                alike.right(mould)
                self._failures = 0
                return Event(hash_, parent, event_type, cast(mould, shape)), True
        if not self.is_lost:
            alike.misses += 1
            if not alike.hopeless:
                return None
        self.was_in_vain(1)
        return Event(b"", parent, shape.type_by(first), cast(first, shape)), False

    @property
    def is_lost(self) -> bool:
        """Whether so much was tried in vain that what is told of most texts has to cost next to nothing."""
        return self._in_vain == MOST_IN_VAIN

    @property
    def tried_of(self) -> int:
        """Of how many texts of which no mould makes what was hashed one is tried; 0 where each is."""
        return TRIED_OF if self.is_lost else 0

    def passes_over(self, text: str) -> bool:
        """Whether a text of which no mould makes what was hashed is passed over, as its letters decide."""
        return self.is_lost and crc32(text.encode("utf-8", "surrogatepass")) % TRIED_OF != 0

    def was_in_vain(self, count: int = 2) -> None:
        """Takes in that of one more text nothing came out, or only what is likely."""
        self._in_vain = min(MOST_IN_VAIN, self._in_vain + count)

    def is_unreadable(self, shape: Shape | None) -> bool:
        """Whether a text of that shape was found to be none that can be read."""
        unreadable = shape is not None and shape.around in self._unreadable
        if unreadable:
            self.was_in_vain()
        return unreadable

    def failed(self, shape: Shape | None) -> None:
        """Takes in that a text could not be read at all."""
        self._failures += 1
        if shape is not None:
            self._letters += len(shape.around)
            if self._letters > _MOST_LETTERS:
                self._unreadable.clear()
                self._letters = len(shape.around)
            self._unreadable.add(shape.around)

    def learn(self, shape: Shape | None, event: Event, *, right: bool) -> None:
        """Takes in what came out for a text of a shape, right or only likely, for others of that shape."""
        if right:
            self._in_vain = max(0, self._in_vain - _GIVEN_BACK_IN_VAIN)
        elif shape is not None or not event.payload:
            # What has no shape can have no mould: only reading it tells its payload, however many are alike.
            self.was_in_vain(1 if event.payload else 2)
        if shape is not None and event.payload and (right or self.moulds.of(shape) is None):
            self.moulds.keep(shape, event.event_type, event.payload)

    def types(self, *, lists: bool, inners: bool) -> list[Types]:
        """Types that an old writer may have left out, those first that were right last, of both kinds or of one."""
        return list(
            dict.fromkeys([(element if lists else None, inner if inners else None) for element, inner in self._types])
        )

    def _fitted(self, types: Types) -> None:
        """Takes in with which types a literal was read that came out right."""
        fits = [each for each in self._types if types in ((each[0], each[1]), (each[0], None), (None, each[1]))]
        if fits and fits[0] != self._types[0]:
            self._types.sort(key=lambda each: each not in fits)
            self._likeliest.clear()

    def may_read(self, text: str, tried: int) -> bool:
        """Whether there is work left for reading a literal once more, which is then taken off; the first is free."""
        if len(text) > _LONGEST_TRIED:
            return False
        if tried and self._failures > _FREE:
            self._work -= len(text) * _WORK_A_LETTER + _WORK_A_READING
            return self._work >= 0
        return True

    def recover(self, reading: Reading, parent: bytes | None, matches: Matches | None) -> tuple[Event, bool]:
        """The event of a payload whose hash `matches`, or the likeliest one and False, which None asks for at once."""
        if matches is None and reading.likeliest[0] == self._learnt:
            return Event(b"", parent, reading.event_types[0], reading.likeliest[1]), False
        had, tries, likeliest = self._work, 0, None
        least = max(0, had - _WORK_AN_EVENT)
        for encoding in self._encodings(reading):
            for tags, variants in encoding.choices.settings(self._known):
                payload = encoding.choices.patched(encoding.data, tags, variants)
                if likeliest is None:
                    likeliest = Event(b"", parent, reading.event_types[0], payload)
                if matches is None:
                    reading.likeliest = self._learnt, payload
                    return likeliest, False
                for event_type in reading.event_types:
                    hash_ = event_hash(parent, event_type, payload)
                    if matches(hash_):
                        self._learn(encoding, tags, variants)
                        for types in reading.types:
                            self._fitted(types)
                        self._work = had if tries <= _GIVEN_BACK else self._work
                        return Event(hash_, parent, event_type, payload), True
                    self._work -= len(payload) + _WORK_A_TRY if tries else 0
                    tries += 1
                if self._work < least or tries >= _TRIES:
                    break
            if self._work < least:
                break
        self._failures += 1
        return likeliest or Event(b"", parent, reading.event_types[0], b""), False

    def _encodings(self, reading: Reading) -> Iterator[_Encoding]:
        versions = (self._version, *[version for version in _VERSIONS if version != self._version])
        is_call = isinstance(reading.said, Call | CallResult)
        for packed in (self._packed, not self._packed) if is_call else (None,):
            for version in versions:
                made = reading.encodings.get((packed, version))
                if made is None:
                    self._work -= _WORK_A_READING if reading.encodings else 0
                    try:
                        made = _encoded(reading, packed, version)
                    except (ChainviewError, RecursionError):
                        continue
                    reading.encodings[packed, version] = made
                yield made

    def _learn(self, encoding: _Encoding, tags: dict[TagKey, int], variants: dict[str, bool]) -> None:
        self._failures = 0
        self._learnt += 1
        self._version = encoding.version
        if encoding.packed is not None:
            self._packed = encoding.packed
        self._known.tags.update(tags)
        self._known.variants.update(variants)


def _encoded(reading: Reading, packed: bool | None, version: int) -> _Encoding:
    older = reading.encodings.get((packed, _VERSIONS[0]))
    if older is not None and not packed:
        # What an older version can hold is the same under a newer one but for the header.
        return replace(older, version=version, data=under_version(older.data, version))
    stored, inner = _packed(reading.value, version) if packed else (reading.value, b"")
    data = encode(stored, version)
    choices = Choices()
    choices.add(data, 0)
    if inner:
        choices.add(data, data.index(inner))
    return _Encoding(packed, version, data, choices)


def event_types_of(value: Value, said: Payload) -> Iterator[str]:
    """The event types that a payload, which says this, may stand under, the likeliest first."""
    if isinstance(said, HostCall):
        yield f"{said.interface}/{said.function}"
        return
    if isinstance(said, Call) and said.function == SHUTDOWN_EVENT and said.params in (None, UNIT):
        yield SHUTDOWN_EVENT
    if (
        isinstance(said, Other)
        and isinstance(value, Variant)
        and value.case.lower().replace("-", "") == "replaysummary"
    ):
        yield "replay-summary"
    elif isinstance(said, Lifecycle):
        yield said.turn.value
    else:
        yield MODULE_EVENT


def _packed(value: Value, version: int) -> tuple[Value, bytes]:
    """The payload of a call or its result with params or response as CGRF bytes, and those bytes."""
    event = value.payload[0] if isinstance(value, Variant) else value
    record = event.payload[0] if isinstance(event, Variant) else event
    if not (isinstance(value, Variant) and isinstance(event, Variant) and isinstance(record, Record)):
        return value, b""
    inner, fields = b"", []
    for name, item in record.fields:
        if name in _PACKED_FIELDS:
            inner = b"" if record.get("function-name") == _SHUTDOWN else encode(item, version)
            fields.append((_PACKED_FIELDS[name], typed("Value", bytes_value(inner))))
        else:
            fields.append((name, item))
    wrapped = Variant(event.type_name, event.case, event.tag, (Record(record.type_name, tuple(fields)),))
    return Variant(value.type_name, value.case, value.tag, (wrapped,)), inner
