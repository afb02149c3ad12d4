"""The records and variants that a module's declarations mention."""

from __future__ import annotations

from chainview.pack.declared.metadata import Metadata, TypeDesc


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
