"""Whether values differ in how they are built, by fields, types and names, rather than in what they say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from chainview.pack.values import F32, F64, Array, Compound, List, Map, Record, Set, Tuple, Value, Variant
from chainview.pack.values.walk import walk
from chainview.replay.changes.leaves import Leaf
from chainview.replay.changes.substitution import value_text

_MOST_PARTS = 2000


def reshaped(found: Sequence[Leaf]) -> tuple[Leaf, ...]:
    """The leaves that say the same, or more or less of it, in another shape; none where they say something else."""
    leaves = tuple([leaf for leaf in found if reshaping(leaf)])
    if not leaves:
        return ()
    then = Counter([text for leaf in leaves for text in _scalars(leaf.recorded)])
    now = Counter([text for leaf in leaves for text in _scalars(leaf.now)])
    return leaves if then <= now or now <= then else ()


def shape_place(function: str, leaf: Leaf) -> tuple[str, ...]:
    """What the same change of a type has in common wherever it shows: the field, or the place in the function."""
    field = leaf.shape.rpartition(".")[2] if "." in leaf.shape else ""
    if isinstance(leaf.recorded, Record) and isinstance(leaf.now, Record):
        return ()
    if field and not field.isdigit():
        return (field,)
    # All exports share one state.
    return (leaf.shape,) if leaf.in_state else (function, leaf.shape)


def reshaping(leaf: Leaf) -> str:
    """How a leaf is built otherwise now, such as `U32→U64`; empty when it only says something else."""
    one, other = leaf.recorded, leaf.now
    if one.__class__ is other.__class__ and not isinstance(one, Compound | Array):
        return ""
    if (one is None or other is None) and leaf.path.endswith("]"):
        # An item more or less is data, a field more or less is another type.
        return ""
    if _is_empty_list(one) or _is_empty_list(other):
        # What an empty list would hold is often a mere placeholder.
        return ""
    built, built_now = _built(one), _built(other)
    return "" if built == built_now else f"{built}→{built_now}"


def _is_empty_list(value: Value | None) -> bool:
    return (isinstance(value, List) and not value.items) or (isinstance(value, Array) and not value.data)


def _built(value: Value | None) -> str:
    """The type of a value, without what is a mere placeholder where nothing is held."""
    if value is None:
        return "nothing"
    if isinstance(value, Record):
        return f"{value.type_name}{{{','.join([name for name, _ in value.fields])}}}"
    if isinstance(value, Variant):
        return f"variant {value.type_name}"
    if isinstance(value, List | Array):
        return f"list<{value.elem}>"
    if isinstance(value, Map):
        return f"map<{value.key}, {value.value}>"
    if isinstance(value, Set):
        return f"set<{value.elem}>"
    if isinstance(value, Tuple):
        return f"tuple of {len(value.items)}"
    return type(value).__name__


def _scalars(value: Value | None) -> Iterator[str]:
    """The texts of what stands at the ends of a value, whatever holds them."""
    for part in islice(() if value is None else walk(value), _MOST_PARTS):
        if isinstance(part, Variant):
            yield part.case
        elif isinstance(part, Array):
            yield from map(_scalar, part[:_MOST_PARTS])
        elif not isinstance(part, Compound):
            yield _scalar(part)


def _scalar(value: Value) -> str:
    if isinstance(value, F32 | F64) and value.value.is_integer():
        return str(int(value.value))
    return value_text(value)
