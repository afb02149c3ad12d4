"""The records and variants that a module's declarations mention, and literals that mean them by name."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.pack.declared.check import coerce
from chainview.pack.declared.metadata import Metadata, TypeDesc
from chainview.pack.values import Value, Variant
from chainview.pack.values.walk import rebuilt


def named_types(metadata: Metadata) -> list[TypeDesc]:
    """Each named record and variant once, in the order in which they are met, parts before wholes."""
    found: dict[str, TypeDesc] = {}
    for function in (*metadata.imports, *metadata.exports):
        for desc in (*(desc for _, desc in function.params), *function.results):
            _collect(desc, found)
    return list(found.values())


def _collect(desc: TypeDesc, found: dict[str, TypeDesc]) -> None:
    if desc.name in found:
        return
    for part in _parts(desc):
        _collect(part, found)
    if desc.name and desc.kind in ("record", "variant"):
        found.setdefault(desc.name, desc)


def _parts(desc: TypeDesc) -> list[TypeDesc]:
    payloads = [payload for _, payload in desc.cases if payload is not None]
    return [*desc.args, *(field for _, field in desc.fields), *payloads]


def coerce_named(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Value:
    """The value with what a literal can't say taken from the declared type, and inside a declared `value` from the
    record or variant of that name. A type that refers to itself is declared with `value` in its own place.
    """

    def tagged(part: Value) -> Value:
        if not isinstance(part, Variant) or part.type_name not in named:
            return part
        cases = [case for case, _ in named[part.type_name].cases]
        tag = cases.index(part.case) if part.case in cases else part.tag
        return Variant(part.type_name, part.case, tag, part.payload)

    return coerce(rebuilt(value, tagged), desc)
