"""What Theater holds a call to: the state an export is given and the value it returns, by the types it declares."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import count, repeat
from typing import Final

from chainview.pack.cgrf import EACH_ALONE, Values
from chainview.pack.declared.metadata import Metadata, TypeDesc
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
    Array,
    Bool,
    Char,
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
)
from chainview.system.long_work import PIECE, go_on

_SCALARS: Final[dict[str, type[Value]]] = {
    "bool": Bool,
    "u8": U8,
    "u16": U16,
    "u32": U32,
    "u64": U64,
    "s8": S8,
    "s16": S16,
    "s32": S32,
    "s64": S64,
    "f32": F32,
    "f64": F64,
    "char": Char,
    "string": String,
}
_NAMED: Final = frozenset({"record", "variant", "ref", "flags"})
"""Kinds that Theater keeps by name alone; a flags type goes by the name of its kind, and is declared nowhere."""

_AT_HAND: Final = 8
"""Modules whose contracts are kept."""

_Part = tuple[str | int, Value, TypeDesc]
"""A part of a value with the type it is to have, and where it stands; an item of a list by its number."""


class _Violation(Exception):
    """A value that is not of its type; the message says why, in Theater's words."""


@dataclass(frozen=True, slots=True)
class Contract:
    """The types of one export that Theater checks: its first parameter, which is the state, and its first result.

    Named types are looked up in `named`, where the first that was declared under a name holds for all of that name.
    """

    state: TypeDesc | None
    result: TypeDesc | None
    named: Mapping[str, TypeDesc]
    hands_on_state: bool = False
    """Whether the result is declared as an ok whose first part is of the state's type, or an error."""

    def state_violation(self, state: Value, values: Values = EACH_ALONE) -> str | None:
        """Why a state can't be handed over, in Theater's words, or None when it can."""
        return None if self.state is None else violation(state, self.state, self.named, values)

    def result_violation(self, output: Value, values: Values = EACH_ALONE) -> str | None:
        """Why a returned value is not what was declared, in Theater's words, or None when it is."""
        return None if self.result is None else violation(output, self.result, self.named, values)


def contracts(metadata: Metadata) -> dict[str, Contract]:
    """The contract of each export by its full name, `interface.function`."""
    known: dict[str, tuple[int, TypeDesc]] = {}
    found: dict[str, Contract] = {}
    for number, function in enumerate((*metadata.imports, *metadata.exports)):
        params, results = [desc for _, desc in function.params], function.results
        for desc in (*params, *results):
            for each in _declared(desc):
                known.setdefault(each.name, (number, each))
        if number >= len(metadata.imports):
            state, result = (params[0] if params else None), (results[0] if results else None)
            found[f"{function.interface}.{function.name}"] = Contract(
                state, result, _Known(known, number), hands_on_state=_hands_on(state, result)
            )
    return found


def _hands_on(state: TypeDesc | None, result: TypeDesc | None) -> bool:
    if state is None or result is None or result.kind != "result" or result.args[0].kind != "tuple":
        return False
    return result.args[0].args[:1] == (state,)


class _Known(Mapping[str, TypeDesc]):
    """The named types of the functions up to one: a later function knows what the ones before it declared."""

    def __init__(self, known: Mapping[str, tuple[int, TypeDesc]], until: int) -> None:
        self._known, self._until = known, until

    def __getitem__(self, name: str) -> TypeDesc:
        number, desc = self._known[name]
        if number > self._until:
            raise KeyError(name)
        return desc

    def __iter__(self) -> Iterator[str]:
        return (name for name, (number, _) in self._known.items() if number <= self._until)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _declared(desc: TypeDesc) -> Iterator[TypeDesc]:
    """The records and variants inside a type and itself, parts before wholes; one without members declares nothing."""
    payloads = [payload for _, payload in desc.cases if payload is not None]
    for part in (*desc.args, *(field for _, field in desc.fields), *payloads):
        yield from _declared(part)
    if desc.name and (desc.fields or desc.cases):
        yield desc


_at_hand: Final = deque[tuple[Metadata, dict[str, Contract]]](maxlen=_AT_HAND)


def contracts_at_hand(metadata: Metadata) -> Mapping[str, Contract]:
    """The contracts of a module, made once for those that were asked for lately."""
    for known, found in _at_hand:
        if known is metadata:
            return found
    found, scopes = contracts(metadata), dict[int, Mapping[str, TypeDesc]]()
    # One who knows as many of the types knows the same ones.
    found = {name: replace(each, named=scopes.setdefault(len(each.named), each.named)) for name, each in found.items()}
    _at_hand.append((metadata, found))
    return found


def violation(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc], values: Values = EACH_ALONE) -> str | None:
    """Why a value is not of a declared type, or None when it is: Theater's own check, with its order and its words.

    Annotations within the value, the names of its types and the tags of its variants don't count. What `values` share
    is looked at once, as long as it is to be of one type among the same `named` ones.
    """
    if values.shares and values.is_noted(value, named, _meant(desc, named)):
        return None
    path: list[str | int] = []
    looked_at = 0
    waiting: list[Iterator[_Part]] = [iter((("", value, desc),))]
    begun: list[tuple[Value, TypeDesc]] = []
    try:
        while waiting:
            for place, part, declared in waiting[-1]:
                if _SCALARS.get(declared.kind) is part.__class__:
                    continue
                if values.shares:
                    meant = _meant(declared, named)
                    if values.is_noted(part, named, meant):
                        continue
                    begun.append((part, meant))
                looked_at += 1
                if looked_at % PIECE == 0:
                    go_on()
                path.append(place)
                waiting.append(iter(_parts(part, declared, named)))
                break
            else:
                waiting.pop()
                if path:
                    path.pop()
                    if begun:
                        part, meant = begun.pop()
                        values.note(part, named, meant)
    except _Violation as found:
        return "".join([f"in {_told(place)}: " for place in path[1:]]) + str(found)
    return None


def _told(place: str | int) -> str:
    return place if isinstance(place, str) else f"list[{place}]"


def _meant(desc: TypeDesc, named: Mapping[str, TypeDesc]) -> TypeDesc:
    return named.get(desc.name, desc) if desc.kind in _NAMED else desc


def _parts(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Iterable[_Part]:
    """What is to be checked of the parts of a value whose own kind is right; raises _Violation where it is not."""
    kind = desc.kind
    if kind == "value":
        return ()
    if kind in _NAMED:
        return _named_parts(value, desc, named)
    if kind == "unit":
        if isinstance(value, Tuple) and not value.items:
            return ()
    elif kind == "list" and isinstance(value, List | Array):
        # All elements of an array have one type, so the first one tells.
        items = value.items if isinstance(value, List) else value[:1]
        return zip(count(), items, repeat(desc.args[0])) if len(items) else ()
    elif kind == "option" and isinstance(value, Option):
        return () if value.value is None else (("option::some", value.value, desc.args[0]),)
    elif kind == "result" and isinstance(value, Result):
        ok, err = desc.args
        return (("result::ok", value.value, ok) if value.is_ok else ("result::err", value.value, err),)
    elif kind == "tuple" and isinstance(value, Tuple):
        _same_count(len(desc.args), len(value.items))
        pairs = enumerate(zip(value.items, desc.args, strict=True))
        return ((f"tuple.{index}", item, each) for index, (item, each) in pairs)
    elif kind == "map" and isinstance(value, Map):
        return _entries(value, *desc.args)
    elif kind == "set" and isinstance(value, Set):
        return ((f"set[{index}]", item, desc.args[0]) for index, item in enumerate(value.items))
    raise _Violation(f"expected {kind}, got {_type_name(value)}")


def _entries(value: Map, key: TypeDesc, held: TypeDesc) -> Iterator[_Part]:
    for index, (each, item) in enumerate(value.entries):
        yield f"map[{index}].key", each, key
        yield f"map[{index}].value", item, held


def _named_parts(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Iterable[_Part]:
    name = desc.name or (desc.kind if desc.kind == "flags" else "")
    declared = named.get(name)
    if declared is None:
        raise _Violation(f"unresolved type reference '{name}'")
    if declared.kind == "record" and isinstance(value, Record):
        return _fields(value, declared)
    if declared.kind == "variant" and isinstance(value, Variant):
        return _payload(value, declared)
    raise _Violation(f"expected {declared.kind} '{name}', got {_type_name(value)}")


def _fields(value: Record, declared: TypeDesc) -> Iterable[_Part]:
    given = {name for name, _ in value.fields}
    for name, _ in declared.fields:
        if name not in given:
            raise _Violation(f"record '{declared.name}' missing field '{name}'")
    fields = dict(reversed(declared.fields))
    for name, _ in value.fields:
        if name not in fields:
            raise _Violation(f"record '{declared.name}' has unexpected field '{name}'")
    return ((f"field '{name}'", item, fields[name]) for name, item in value.fields)


def _payload(value: Variant, declared: TypeDesc) -> Iterable[_Part]:
    case = next(((name, payload) for name, payload in declared.cases if name == value.case), None)
    if case is None:
        raise _Violation(f"variant '{declared.name}' has no case '{value.case}'")
    payload, place = case[1], f"case '{value.case}'"
    holds = 0 if payload is None or payload.kind == "unit" else 1
    try:
        _same_count(holds, len(value.payload))
    except _Violation as found:
        raise _Violation(f"in {place}: {found}") from None
    return () if not holds or payload is None else ((place, value.payload[0], payload),)


def _same_count(declared: int, given: int) -> None:
    if declared != given:
        raise _Violation(f"expected {declared} elements, got {given}")


def _type_name(value: Value) -> str:
    if isinstance(value, Record):
        return f"record '{value.type_name}'"
    if isinstance(value, Variant):
        return f"variant '{value.type_name}' (case '{value.case}')"
    if isinstance(value, Tuple):
        return f"tuple<{len(value.items)}>"
    if isinstance(value, Map):
        return f"map<{len(value.entries)} entries>"
    if isinstance(value, Set):
        return f"set<{len(value.items)}>"
    if isinstance(value, Array):
        return "list"
    scalar = SCALAR_TYPES.get(value.__class__)
    return type(value).__name__.lower() if scalar is None else str(scalar)
