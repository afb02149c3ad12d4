"""What was typed without its type, made the value that the declared type means by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Final

from chainview.pack.declared.check import Misfit, type_for
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal import Form, Unfinished, number_of
from chainview.pack.literal.parser import TYPED
from chainview.pack.values import (
    Array,
    Bool,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    Tuple,
    Value,
    Variant,
    list_value,
    type_of,
)
from chainview.pack.values.compounds import Compound
from chainview.pack.values.types import Type
from chainview.system.wording import some_of

UNDECLARED: Final = TypeDesc("value")
"""Where nothing is declared, anything can stand."""
_NUMBERS: Final = ("u8", "u16", "u32", "u64", "s8", "s16", "s32", "s64", "f32", "f64")


class Refused(Exception):
    """What can't be completed; the path is that of the part which is to blame."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(slots=True)
class _Whole:
    """A value that is being completed: the types declared for its parts, and those that are done."""

    value: Compound
    desc: TypeDesc
    parts: Sequence[Value]
    wanted: Sequence[TypeDesc]
    done: list[Value] = field(default_factory=list)
    lack: str = ""
    """What is wrong with the whole, where that is why nothing is declared for a part."""


def completed(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Value | Misfit:
    """The value with all that was left out said by its type; a Misfit where the type does not say it.

    Where anything may stand, a record or a variant that is named in `named` says what its parts are. No more is
    checked than what had to be completed.
    """
    wholes: list[_Whole] = []
    try:
        due, wanted, lack = value, desc, ""
        while True:
            if isinstance(due, Compound) and due.held:
                wholes.append(_whole(due, wanted, named, lack))
            else:
                made = _made(due, wanted, (), lack)
                while wholes:
                    wholes[-1].done.append(made)
                    if len(wholes[-1].done) < len(wholes[-1].parts):
                        break
                    top = wholes.pop()
                    made = _made(top.value, top.desc, tuple(top.done), wholes[-1].lack if wholes else "")
                else:
                    return made
            top = wholes[-1]
            at = len(top.done)
            due, wanted, lack = top.parts[at], top.wanted[at], top.lack
    except Refused as refused:
        return Misfit(refused.reason, tuple([len(whole.done) for whole in wholes]))


def _whole(value: Compound, desc: TypeDesc, named: Mapping[str, TypeDesc], lack: str) -> _Whole:
    parts = value.held
    if desc.kind in ("value", "ref") and isinstance(value, Record | Variant):
        desc = named.get(value.type_name, desc)
    wanted, own_lack = _wanted(value, desc, len(parts))
    return _Whole(value, desc, parts, wanted, lack=own_lack or (lack if desc is UNDECLARED else ""))


def _wanted(value: Compound, desc: TypeDesc, count: int) -> tuple[Sequence[TypeDesc], str]:
    """The types of a value's parts, or what is wrong with it where the type has none for them."""
    anything = [UNDECLARED] * count
    match value:
        case Unfinished(form=Form.WORD):
            return _wanted_of_word(value, desc, count)
        case Tuple() if desc.kind == "tuple":
            if count == len(desc.args):
                return desc.args, ""
            return anything, f"expected {len(desc.args)} elements, got {count}"
        case List() | Unfinished() if desc.kind == "list":
            return desc.args * count, ""
        case Set() if desc.kind == "set":
            return desc.args * count, ""
        case Map() if desc.kind == "map":
            return desc.args * (count // 2), ""
        case Option() if desc.kind == "option":
            return desc.args, ""
        case Result() if desc.kind == "result":
            return desc.args[:1] if value.is_ok else desc.args[1:], ""
        case Record() if desc.kind == "record":
            declared = dict(desc.fields)
            unknown = next((name for name, _ in value.fields if name not in declared), None)
            lack = "" if unknown is None else f"record '{desc.name}' has unexpected field '{unknown}'"
            return [declared.get(name, UNDECLARED) for name, _ in value.fields], lack
        case Variant() if desc.kind == "variant":
            return _wanted_of_case(value.case, desc, count)
    return anything, ""


def _wanted_of_word(value: Unfinished, desc: TypeDesc, count: int) -> tuple[Sequence[TypeDesc], str]:
    match desc.kind, value.text:
        case ("variant", case):
            return _wanted_of_case(case, desc, count)
        case ("option", "some") | ("set", "set"):
            return desc.args * count, ""
        case ("result", "ok" | "err" as word):
            return desc.args[word == "err" :][:1] * count, ""
        case ("map", "map"):
            return desc.args * (count // 2), ""
    return [UNDECLARED] * count, _unexpected(value, desc)


def _wanted_of_case(case: str, desc: TypeDesc, count: int) -> tuple[Sequence[TypeDesc], str]:
    payload = next((payload for name, payload in desc.cases if name == case), None)
    if not any(name == case for name, _ in desc.cases):
        return [UNDECLARED] * count, _no_case(case, desc)
    if payload is None:
        return [UNDECLARED] * count, f"expected no payload for case '{case}', got {count} elements"
    if payload.kind == "tuple" and count == len(payload.args) != 1:
        return payload.args, ""
    return ([payload], "") if count == 1 else ([UNDECLARED] * count, f"expected 1 elements, got {count}")


def _made(value: Value, desc: TypeDesc, parts: tuple[Value, ...], lack: str) -> Value:
    """The value with its completed parts; raises Refused where the type does not say what it is."""
    if isinstance(value, Unfinished):
        if lack and desc is UNDECLARED:
            raise Refused(lack)
        return _finished(value, desc, parts)
    if isinstance(value, Bool) and desc.kind == "variant":
        # A case may have the name of a truth value.
        word = "true" if value.value else "false"
        if any(name == word for name, _ in desc.cases):
            return Variant(desc.name, word, 0, ())
    _refuse_other_annotation(value, desc)
    return value.holding(parts) if isinstance(value, Compound) and parts else value


def _finished(value: Unfinished, desc: TypeDesc, parts: tuple[Value, ...]) -> Value:
    kind = desc.kind
    if value.form is Form.NUMBER and kind in _NUMBERS:
        try:
            return number_of(value.text, kind)
        except ValueError as error:
            raise Refused(str(error)) from None
    if value.form is Form.LIST and kind == "list":
        return list_value(_annotation(desc.args[0], parts), parts)
    if value.form is Form.WORD:
        made = _of_word(value.text, desc, parts)
        if made is not None:
            return made
    raise Refused(_unexpected(value, desc))


def _of_word(word: str, desc: TypeDesc, parts: tuple[Value, ...]) -> Value | None:
    args = desc.args
    match desc.kind, word:
        case ("variant", case) if any(name == case for name, _ in desc.cases):
            return Variant(desc.name, case, 0, parts)
        case ("option", "none") if not parts:
            return Option(type_for(args[0]), None)
        case ("option", "some") if len(parts) == 1:
            return Option(_annotation(args[0], parts), parts[0])
        case ("result", "ok" | "err") if len(parts) == 1:
            return Result(type_for(args[0]), type_for(args[1]), word == "ok", parts[0])
        case ("map", "map"):
            keys, held = parts[::2], parts[1::2]
            return Map(_annotation(args[0], keys), _annotation(args[1], held), tuple(zip(keys, held, strict=True)))
        case ("set", "set"):
            return Set(_annotation(args[0], parts), parts)
    return None


def _annotation(desc: TypeDesc, parts: Sequence[Value]) -> Type:
    """The declared type, or, where anything may stand, that of what stands there."""
    if desc.kind != "value" or not parts:
        return type_for(desc)
    try:
        return type_of(parts[0])
    except ValueError as error:
        raise Refused(str(error)) from None


def _refuse_other_annotation(value: Value, desc: TypeDesc) -> None:
    """A scalar that an annotation names beside another that is declared is a mistake, as it is behind a number."""
    match value, desc.kind:
        case (Option(inner=said), "option") | (Array(elem=said, data=b""), "list") | (Set(elem=said), "set"):
            pairs = [(said, desc.args[0])]
        case (Map(key=key, value=held), "map"):
            pairs = list(zip((key, held), desc.args, strict=True))
        case _:
            return
    for said, declared in pairs:
        if declared.kind in _NUMBERS and str(said) in _NUMBERS and str(said) != declared.kind:
            raise Refused(f"expected {desc}, got one of {said}")


def _no_case(case: str, desc: TypeDesc) -> str:
    names = [name for name, _ in desc.cases]
    near = get_close_matches(case, names, 1)
    hint = f"did you mean {near[0]}?" if near else f"there are {some_of(names)}"
    return f"variant '{desc.name}' has no case '{case}': {hint}"


def _unexpected(value: Unfinished, desc: TypeDesc) -> str:
    """Why the type does not say what was typed, and what would."""
    kind, typed = desc.kind, _shown(value)
    if kind == "variant" and value.form is Form.WORD:
        return _no_case(value.text, desc)
    if kind in ("value", "ref"):
        return f"nothing declares the type of {typed} here: write {_with_type(value)}"
    return f"expected {desc}, got {typed}{_instead(value, desc)}"


def _shown(value: Unfinished) -> str:
    match value.form:
        case Form.NUMBER:
            return value.text if len(value.text) <= 24 else f"{value.text[:20]}…"
        case Form.LIST:
            return "a list" if value.parts else "[]"
        case Form.WORD:
            return value.text[:40]


def _with_type(value: Unfinished) -> str:
    match value.form:
        case Form.NUMBER:
            return f"{_shown(value)}{'f64' if '.' in value.text else 's32'}, or with the type that it has"
        case Form.LIST:
            return "[]<u8>, with the type of what it would hold" if not value.parts else "the types of its items"
        case Form.WORD:
            known = TYPED.get(value.text)
            return f"{known}, with the type that it has" if known else f"TYPE::{_shown(value)} for a case of a variant"


def _instead(value: Unfinished, desc: TypeDesc) -> str:
    kind, typed = desc.kind, _shown(value)
    if kind in ("option", "result") and value.form is Form.WORD and value.text in TYPED:
        return ": none holds nothing" if value.text == "none" else f": {value.text} holds one value"
    if kind == "option" and value.form is not Form.LIST:
        return f": write some({typed}) or none"
    if kind == "result" and value.form is not Form.LIST:
        return f": write ok({typed}) or err(…)"
    if kind == "string" and value.form is Form.WORD and not value.parts:
        return f': write "{typed}"'
    if kind in ("map", "set") and value.form is Form.LIST:
        return f": write {kind}[…]"
    if kind == "bool" and value.form is Form.WORD:
        return ": write true or false"
    return ""
