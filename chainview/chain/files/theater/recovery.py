"""Finding the event that was hashed from the little that a text format tells of it.

Event types, tags, variant annotations, the schema and the CGRF version are tried out until the recorded hash comes out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import product
from typing import cast

from chainview.chain.event import Event
from chainview.chain.hashing import event_hash
from chainview.chain.lifecycle import Lifecycle
from chainview.chain.payload import MODULE_EVENT, SHUTDOWN_EVENT, Call, CallResult, HostCall, Other, read_value
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import named_annotations, nodes, variant_tags
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
_WORK_PER_BYTE, _LEAST_WORK = 16, 1 << 25
_WORK_A_TRY, _WORK_A_LETTER = 1 << 12, 64
"""What a further try costs beside hashing a byte of it, and what reading a letter of a literal costs."""
_LONGEST_TRIED = 1 << 20
_VERSIONS = (2, 3)
_PACKED_FIELDS = {"params": "params", "response": "bytes"}
"""The fields that the schema `bytes` stores as CGRF bytes, and what it calls them."""

_SHUTDOWN = String(SHUTDOWN_EVENT)

Matches = Callable[[bytes], bool]


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


class Recovery:
    """Recovers the events of one chain, and goes first by what was right for those before; its work is bounded."""

    def __init__(self, size: int) -> None:
        self._known = Known()
        self._work = size * _WORK_PER_BYTE + _LEAST_WORK
        self._version = 2
        self._packed = False

    def may_read(self, text: str) -> bool:
        """Whether there is work left for reading a literal once more, which is then taken off."""
        if self._work < 0 or len(text) > _LONGEST_TRIED:
            return False
        self._work -= len(text) * _WORK_A_LETTER + _WORK_A_TRY
        return True

    def recover(self, value: Value, parent: bytes | None, matches: Matches | None) -> tuple[Event, bool]:
        """The event of a payload whose hash `matches`, or the likeliest one and False, which None asks for at once."""
        work, tries, likeliest = min(_WORK_AN_EVENT, self._work), 0, None
        event_types = list(event_types_of(value))
        for packed, version, data, choices in self._encodings(value):
            for tags, variants in choices.settings(self._known):
                payload = choices.patched(data, tags, variants)
                for event_type in event_types:
                    hash_ = event_hash(parent, event_type, payload)
                    event = Event(hash_, parent, event_type, payload)
                    likeliest = likeliest or event
                    if matches is None:
                        return event, False
                    work -= len(payload)
                    self._work -= len(payload) + _WORK_A_TRY if tries else 0
                    tries += 1
                    if matches(hash_):
                        self._learn(packed, version, tags, variants)
                        return event, True
                if work < 0 or tries >= _TRIES:
                    break
        return likeliest or Event(b"", parent, event_types[0], b""), False

    def _encodings(self, value: Value) -> Iterator[tuple[bool | None, int, bytes, Choices]]:
        versions = (self._version, *[version for version in _VERSIONS if version != self._version])
        schemas = (self._packed, not self._packed) if isinstance(read_value(value), Call | CallResult) else (None,)
        for packed in schemas:
            for version in versions:
                try:
                    stored, inner = _packed(value, version) if packed else (value, b"")
                    data = encode(stored, version)
                except (ChainviewError, RecursionError):
                    continue
                choices = Choices()
                choices.add(data, 0)
                if inner:
                    choices.add(data, data.index(inner))
                yield packed, version, data, choices

    def _learn(self, packed: bool | None, version: int, tags: dict[TagKey, int], variants: dict[str, bool]) -> None:
        self._version = version
        if packed is not None:
            self._packed = packed
        self._known.tags.update(tags)
        self._known.variants.update(variants)


def event_types_of(value: Value) -> Iterator[str]:
    """The event types that a payload may stand under, the likeliest first."""
    said = read_value(value)
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
            fields.append((_PACKED_FIELDS[name], cast("Value", bytes_value(inner))))
        else:
            fields.append((name, item))
    wrapped = Variant(event.type_name, event.case, event.tag, (Record(record.type_name, tuple(fields)),))
    return Variant(value.type_name, value.case, value.tag, (wrapped,)), inner
