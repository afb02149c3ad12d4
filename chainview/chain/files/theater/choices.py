"""The places in CGRF bytes that a literal does not tell: tags of variants, and which named types are variants.

They lie at fixed offsets and change no length, so that what stands there can be tried out by patching bytes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product

from chainview.pack.cgrf.glance import named_annotations, nodes, variant_tags
from chainview.pack.values.types import TAG_RECORD, TAG_VARIANT

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
