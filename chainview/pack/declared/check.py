"""Declared types and values: whether a value fits, a default for a type, and filling in a literal's gaps."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import (
    F32,
    F64,
    S8,
    S16,
    S32,
    S64,
    SCALAR_TYPES,
    U8,
    U16,
    U32,
    U64,
    UNIT,
    Array,
    Bool,
    Char,
    Flags,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    list_value,
    types,
)
from chainview.pack.values.types import PRIMITIVES_BY_NAME, Type
from chainview.system.long_work import PIECE, go_on

_ZEROS: Final[dict[str, Value]] = {
    "bool": Bool(False),
    "u8": U8(0),
    "u16": U16(0),
    "u32": U32(0),
    "u64": U64(0),
    "s8": S8(0),
    "s16": S16(0),
    "s32": S32(0),
    "s64": S64(0),
    "f32": F32(0),
    "f64": F64(0),
    "char": Char("\0"),
    "string": String(""),
    "flags": Flags(0),
}
# A declaration says bool and string where the source says `_`, as in `result<_, _>`; the value then is ().
_OK_PLACEHOLDER: Final = TypeDesc("bool")
_ERR_PLACEHOLDER: Final = TypeDesc("string")


@dataclass(frozen=True, slots=True)
class Misfit:
    """Why a value can't stand where a type is declared, and the way to the part that is to blame.

    The way is the number of a part in each of the wholes around it, from the outermost; the keys and values of a map
    take turns.
    """

    reason: str
    path: tuple[int, ...] = ()

    def within(self, label: str, index: int) -> Misfit:
        """The same for the whole in which the part stands there, under that label."""
        return Misfit(f"in {label}: {self.reason}", (index, *self.path))


def mismatch(value: Value, desc: TypeDesc, path: str = "") -> str | None:
    """Why a value can't stand where a type is declared, or None when it can: what a guest would make of it counts.

    Only shapes count, never the annotations within the value: records have exactly the declared fields in any
    order, variants the declared tag and case. `path` says where the value stands and is put before the reason
    as `in PATH: `. What Theater itself checks, and says, is another matter: that is a contract's.
    """
    found = misfit(value, desc)
    if found is None:
        return None
    return f"in {path}: {found.reason}" if path else found.reason


def misfit(value: Value, desc: TypeDesc) -> Misfit | None:
    """The same with the way to the part that does not fit."""
    kind = desc.kind
    if kind == "value":
        return None
    if kind == "ref":
        return Misfit(f"unresolved type reference '{desc.name}'")
    if kind in _ZEROS:
        return None if value.__class__ is _ZEROS[kind].__class__ else _expected(value, desc)
    if kind == "unit":
        return None if value == UNIT else _expected(value, desc)
    if kind == "list" and isinstance(value, List | Array):
        return _list_misfit(value, desc)
    if kind == "option" and isinstance(value, Option):
        return None if value.value is None else _part_misfit(value.value, desc.args[0], "option::some", 0)
    if kind == "result" and isinstance(value, Result):
        declared = desc.args[0 if value.is_ok else 1]
        placeholder = _OK_PLACEHOLDER if value.is_ok else _ERR_PLACEHOLDER
        if declared == placeholder and value.value == UNIT:
            return None
        return _part_misfit(value.value, declared, "result::ok" if value.is_ok else "result::err", 0)
    if kind == "tuple" and isinstance(value, Tuple):
        return _items_misfit(value.items, desc.args)
    if kind == "map" and isinstance(value, Map):
        return _map_misfit(value, desc)
    if kind == "set" and isinstance(value, Set):
        return _each_misfit(value.items, desc.args[0], "set")
    if kind == "record" and isinstance(value, Record):
        return _record_misfit(value, desc)
    if kind == "variant" and isinstance(value, Variant):
        return _variant_misfit(value, desc)
    return _expected(value, desc)


def _part_misfit(value: Value, desc: TypeDesc, label: str, index: int) -> Misfit | None:
    found = misfit(value, desc)
    return None if found is None else found.within(label, index)


def _list_misfit(value: List | Array, desc: TypeDesc) -> Misfit | None:
    # All elements of an array have one type, so the first one tells.
    return _each_misfit(value.items if isinstance(value, List) else value[:1], desc.args[0], "list")


def _each_misfit(items: Iterable[Value], elem: TypeDesc, label: str) -> Misfit | None:
    for index, item in enumerate(items):
        if index % PIECE == 0:
            go_on()
        found = misfit(item, elem)
        if found is not None:
            return found.within(f"{label}[{index}]", index)
    return None


def _map_misfit(value: Map, desc: TypeDesc) -> Misfit | None:
    for index, entry in enumerate(value.entries):
        for half, name in enumerate(("key", "value")):
            found = _part_misfit(entry[half], desc.args[half], f"map[{index}].{name}", 2 * index + half)
            if found is not None:
                return found
    return None


def _items_misfit(items: tuple[Value, ...], descs: tuple[TypeDesc, ...]) -> Misfit | None:
    if len(items) != len(descs):
        return Misfit(f"expected {len(descs)} elements, got {len(items)}")
    for index, (item, desc) in enumerate(zip(items, descs, strict=True)):
        found = _part_misfit(item, desc, f"tuple.{index}", index)
        if found is not None:
            return found
    return None


def _record_misfit(value: Record, desc: TypeDesc) -> Misfit | None:
    given = {name: (index, field) for index, (name, field) in enumerate(value.fields)}
    declared = dict(desc.fields)
    for name, field in desc.fields:
        if name not in given:
            return Misfit(f"record '{desc.name}' missing field '{name}'")
        found = _part_misfit(given[name][1], field, name, given[name][0])
        if found is not None:
            return found
    for name in given:
        if name not in declared:
            return Misfit(f"record '{desc.name}' has unexpected field '{name}'", given[name][:1])
    if len(value.fields) != len(desc.fields):
        return Misfit(f"expected {len(desc.fields)} fields, got {len(value.fields)}")
    return None


def _variant_misfit(value: Variant, desc: TypeDesc) -> Misfit | None:
    tag = _tag_of(value.case, desc)
    if tag is None:
        return Misfit(f"variant '{desc.name}' has no case '{value.case}'")
    if value.tag != tag:
        return Misfit(f"expected tag {tag} for case '{value.case}' of variant '{desc.name}', got {value.tag}")
    payload = desc.cases[tag][1]
    if payload is None or payload.kind == "unit":
        if value.payload in ((), (UNIT,)):
            return None
        return Misfit(f"expected no payload for case '{value.case}', got {len(value.payload)} elements")
    if payload.kind == "tuple" and len(value.payload) == len(payload.args) != 1:
        return _items_misfit(value.payload, payload.args)
    if len(value.payload) != 1:
        return Misfit(f"expected 1 elements, got {len(value.payload)}")
    return _part_misfit(value.payload[0], payload, value.case, 0)


def _tag_of(case: str, desc: TypeDesc) -> int | None:
    return next((tag for tag, (name, _) in enumerate(desc.cases) if name == case), None)


def _expected(value: Value, desc: TypeDesc) -> Misfit:
    if isinstance(value, Record | Variant):
        got = f"{type(value).__name__.lower()} '{value.type_name}'"
    elif value == UNIT:
        got = "()"
    elif isinstance(value, Array):
        got = "list"
    else:
        scalar = SCALAR_TYPES.get(value.__class__)
        got = type(value).__name__.lower() if scalar is None else str(scalar)
    return Misfit(f"expected {desc}, got {got}")


def type_for(desc: TypeDesc) -> Type:
    """The annotation values of a declared type carry; a type left open is `string`, as Pack has it."""
    kind = desc.kind
    if kind in PRIMITIVES_BY_NAME:
        return PRIMITIVES_BY_NAME[kind]
    if kind == "list":
        return types.list_of(type_for(desc.args[0]))
    if kind == "option":
        return types.option_of(type_for(desc.args[0]))
    if kind == "result":
        return types.result_of(type_for(desc.args[0]), type_for(desc.args[1]))
    if kind == "map":
        return types.map_of(type_for(desc.args[0]), type_for(desc.args[1]))
    if kind == "set":
        return types.set_of(type_for(desc.args[0]))
    if kind in ("tuple", "unit"):
        return types.tuple_of(map(type_for, desc.args))
    if kind in ("record", "ref"):
        return types.record_named(desc.name)
    if kind == "variant":
        return types.variant_named(desc.name)
    return types.STRING


def default_value(desc: TypeDesc) -> Value:
    """A value of a declared type: zero, empty, none, ok of a default, the first case of a variant.

    The ok of a `result<bool, …>` is `()`: that is how a result without a value is declared.
    """
    kind = desc.kind
    if kind in _ZEROS:
        return _ZEROS[kind]
    if kind == "list":
        return list_value(type_for(desc.args[0]), ())
    if kind == "option":
        return Option(type_for(desc.args[0]), None)
    if kind == "result":
        payload = UNIT if desc.args[0] == _OK_PLACEHOLDER else default_value(desc.args[0])
        return Result(_own_type(payload, desc.args[0]), type_for(desc.args[1]), True, payload)
    if kind == "map":
        return Map(type_for(desc.args[0]), type_for(desc.args[1]), ())
    if kind == "set":
        return Set(type_for(desc.args[0]), ())
    if kind == "tuple":
        return Tuple(tuple(map(default_value, desc.args)))
    if kind == "record":
        return Record(desc.name, tuple([(name, default_value(field)) for name, field in desc.fields]))
    if kind == "variant" and desc.cases:
        case, inner = desc.cases[0]
        return Variant(desc.name, case, 0, () if inner is None else (default_value(inner),))
    return UNIT


def _own_type(payload: Value, desc: TypeDesc) -> Type:
    """The annotation for a result's payload, which is `()` where a placeholder is declared."""
    if payload == UNIT and desc in (_OK_PLACEHOLDER, _ERR_PLACEHOLDER):
        return types.tuple_of(())
    return type_for(desc)


def coerce(value: Value, desc: TypeDesc) -> Value:
    """The value with all a literal can't say taken from the declared type.

    That is the tags of variants by their case names, the names of records and variants, and the annotations
    of lists, options, results, maps and sets. Nothing else changes, no number either; what does not fit stays as it is.
    """
    kind = desc.kind
    if kind == "list" and isinstance(value, List | Array):
        return _coerce_list(value, desc.args[0])
    if kind == "option" and isinstance(value, Option):
        inner = desc.args[0]
        held = None if value.value is None else coerce(value.value, inner)
        return Option(_annotation(value.inner, inner), held)
    if kind == "result" and isinstance(value, Result):
        held = coerce(value.value, desc.args[0 if value.is_ok else 1])
        ok, err = type_for(desc.args[0]), type_for(desc.args[1])
        if value.is_ok:
            ok = _own_type(held, desc.args[0])
        else:
            err = _own_type(held, desc.args[1])
        return Result(ok, err, value.is_ok, held)
    if kind == "map" and isinstance(value, Map):
        return _coerce_map(value, *desc.args)
    if kind == "set" and isinstance(value, Set):
        return Set(_annotation(value.elem, desc.args[0]), tuple([coerce(item, desc.args[0]) for item in value.items]))
    if kind == "tuple" and isinstance(value, Tuple) and len(value.items) == len(desc.args):
        return Tuple(tuple(map(coerce, value.items, desc.args)))
    if kind == "record" and isinstance(value, Record):
        declared = dict(desc.fields)
        fields = [(name, coerce(field, declared[name]) if name in declared else field) for name, field in value.fields]
        return Record(desc.name, tuple(fields))
    if kind == "variant" and isinstance(value, Variant):
        return _coerce_variant(value, desc)
    return value


def _coerce_list(value: List | Array, elem: TypeDesc) -> Value:
    if elem.kind == "value":
        return value
    if isinstance(value, Array) and value.elem == type_for(elem):
        return value
    items = value.items if isinstance(value, List) else tuple(value)
    return list_value(type_for(elem), [coerce(item, elem) for item in items])


def _coerce_map(value: Map, key: TypeDesc, held: TypeDesc) -> Map:
    entries = [(coerce(each, key), coerce(item, held)) for each, item in value.entries]
    return Map(_annotation(value.key, key), _annotation(value.value, held), tuple(entries))


def _annotation(given: Type, desc: TypeDesc) -> Type:
    """The declared annotation, where one is declared."""
    return given if desc.kind == "value" else type_for(desc)


def _coerce_variant(value: Variant, desc: TypeDesc) -> Value:
    tag = _tag_of(value.case, desc)
    if tag is None:
        return value
    inner = desc.cases[tag][1]
    payload = value.payload
    if inner is not None and inner.kind == "tuple" and len(payload) == len(inner.args) != 1:
        payload = tuple(map(coerce, payload, inner.args))
    elif inner is not None and len(payload) == 1:
        payload = (coerce(payload[0], inner),)
    return Variant(desc.name, value.case, tag, payload)
