"""The signature of a call that is being typed, with the argument that is typed lit, and what its type is made of."""

from __future__ import annotations

from chainview.actor.exports import Export
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal.outline import levels_at
from chainview.pack.typed.wanted import wanted_at
from chainview.system.wording import visible
from chainview.ui.lines.line import Line


def signature_lines(export: Export, call: str, cursor: int) -> list[Line]:
    """The signature, and below it the record or the variant that is typed; `cursor` is a place in the call."""
    levels = levels_at(call, cursor)
    if export.params is None or not levels:
        return [[(visible(export.signature), "dim")]]
    at = levels[0].part
    lines = [_signature(export, at)]
    params = export.params
    if at >= len(params):
        return lines
    wanted = wanted_at(params[at][1], levels[1:])
    if wanted.record is not None:
        lines.append(_record(wanted.record, wanted.field))
    inner = None if wanted.desc is None else _named_part(wanted.desc)
    if inner is not None and inner != wanted.record:
        lines.append(_record(inner, "") if inner.kind == "record" else _variant(inner))
    return lines


def _signature(export: Export, at: int) -> Line:
    params = export.params or ()
    line: Line = [(f"{visible(export.name)}(", "dim")]
    for index, (name, desc) in enumerate(params):
        role = "accent" if index == at else "dim"
        line += [(", " if index else "", "dim"), (visible(f"{name}: {desc}"), role)]
    # What a caller gets, as the signature has it behind its brackets.
    whole = export.signature
    head = f"{export.name}({', '.join([f'{name}: {desc}' for name, desc in params])}"
    return [*line, (visible(whole.removeprefix(head)), "dim")]


def _named_part(desc: TypeDesc) -> TypeDesc | None:
    """The record or variant that a type is, or is a list or an option of."""
    while desc.kind in ("list", "set", "option"):
        desc = desc.args[0]
    return desc if desc.kind in ("record", "variant") else None


def _record(desc: TypeDesc, field: str) -> Line:
    line: Line = [(f"{visible(desc.name)}{{", "dim")]
    for index, (name, of) in enumerate(desc.fields):
        line += [
            (", " if index else "", "dim"),
            (visible(f"{name}: {of}"), "accent" if name == field else "dim"),
        ]
    return [*line, ("}", "dim")]


def _variant(desc: TypeDesc) -> Line:
    cases = [name if payload is None else f"{name}({payload})" for name, payload in desc.cases]
    return [(f"{visible(desc.name)}: {visible(' | '.join(cases))}", "dim")]
