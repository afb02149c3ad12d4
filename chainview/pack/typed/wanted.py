"""Which type is wanted at a place of a literal that is being typed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.literal.outline import Level


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is declared where something is typed, and the record of which it is a field, where it is one."""

    desc: TypeDesc | None
    record: TypeDesc | None = None
    field: str = ""


def wanted_at(desc: TypeDesc, levels: Sequence[Level]) -> Wanted:
    """What is declared at a place within a literal of a type; `levels` are the wholes around the place, in order."""
    found = Wanted(desc)
    for level in levels:
        if found.desc is None:
            break
        found = _part(found.desc, level)
    return found


def _part(desc: TypeDesc, level: Level) -> Wanted:
    kind, args = desc.kind, desc.args
    if level.opening == "{":
        if kind != "record":
            return Wanted(None)
        return Wanted(dict(desc.fields).get(level.name), desc, level.name)
    if kind in ("list", "set", "option"):
        return Wanted(args[0])
    if kind == "map":
        return Wanted(args[level.part % 2])
    if kind == "result":
        return Wanted(args[level.word == "err"])
    if kind == "tuple":
        return Wanted(args[level.part] if level.part < len(args) else None)
    if kind == "variant":
        payload = next((payload for case, payload in desc.cases if case == level.word), None)
        if payload is not None and payload.kind == "tuple" and len(payload.args) > 1:
            return Wanted(payload.args[level.part] if level.part < len(payload.args) else None)
        return Wanted(payload)
    return Wanted(None)
