"""What a value holds, under the names that people have for it: the entries of a map go by their keys."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.pack.literal.writer import format_literal
from chainview.pack.values import SCALAR_TYPES, Map, PartLabel, String, Value
from chainview.pack.values.walk import parts

_LONGEST_KEY = 80


def named_parts(value: Value) -> Iterator[tuple[PartLabel, Value]]:
    """What a value holds with its labels; of an entry whose key is short enough for a label, the value alone."""
    if not isinstance(value, Map):
        yield from parts(value)
        return
    for at, (key, held) in enumerate(value.entries):
        label = key_label(key)
        if label is None:
            yield PartLabel(str(at), True, ".key"), key
            yield PartLabel(str(at), True, ".value"), held
        else:
            yield label, held


def key_label(key: Value) -> PartLabel | None:
    """The label `["tea"]` of an entry by its key as a literal; None for a key that is long or holds other values."""
    if key.__class__ not in SCALAR_TYPES or (isinstance(key, String) and len(key.value) > _LONGEST_KEY):
        return None
    return PartLabel(format_literal(key), True)
