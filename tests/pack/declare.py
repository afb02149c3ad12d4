"""Embedded type metadata as values, in the spelling of a guest and in that of a host."""

from __future__ import annotations

from struct import unpack

from chainview.pack.declared.metadata import PRIMITIVES, FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import U64, List, Option, Record, String, Tuple, Value, Variant, bytes_value, types

KINDS = (*PRIMITIVES, "list", "option", "result", "record", "variant", "tuple", "value", "unit", "map", "set")
RECORDS = types.record_named("")
VARIANTS = types.variant_named("")


def metadata_value(metadata: Metadata, guest: bool) -> Value:
    """The record a module embeds."""

    def functions(of: tuple[FunctionSignature, ...]) -> List:
        return List(RECORDS, tuple([function_value(function, guest) for function in of]))

    def hashes(of: dict[str, bytes]) -> List:
        return List(RECORDS, tuple([hash_value(name, digest, guest) for name, digest in of.items()]))

    return Record(
        "package-metadata" if guest else "PackageMetadata",
        (
            ("imports", functions(metadata.imports)),
            ("exports", functions(metadata.exports)),
            ("import-hashes", hashes(metadata.import_hashes)),
            ("export-hashes", hashes(metadata.export_hashes)),
        ),
    )


def function_value(function: FunctionSignature, guest: bool) -> Value:
    """The record of a function."""
    params = [
        Record(
            "param-sig" if guest else "ParamSignature",
            (("name", String(name)), ("type", desc_value(desc, guest))),
        )
        for name, desc in function.params
    ]
    return Record(
        "function-sig" if guest else "FunctionSignature",
        (
            ("interface", String(function.interface)),
            ("name", String(function.name)),
            ("params", List(RECORDS, tuple(params))),
            ("results", List(VARIANTS, tuple([desc_value(desc, guest) for desc in function.results]))),
        ),
    )


def hash_value(name: str, digest: bytes, guest: bool) -> Value:
    """The record of an interface hash: four numbers, or bytes."""
    value = Tuple(tuple(map(U64, unpack("<4Q", digest)))) if guest else bytes_value(digest)
    return Record("interface-hash" if guest else "InterfaceHash", (("name", String(name)), ("hash", value)))


def desc_value(desc: TypeDesc, guest: bool) -> Value:
    """The variant of a type."""
    tag = 18 if desc.kind == "ref" else KINDS.index(desc.kind)
    args = tuple([desc_value(arg, guest) for arg in desc.args])
    payload: tuple[Value, ...] = args
    if desc.kind == "ref":
        payload = (Record("TypeRef", (("name", String(desc.name)),)),)
    elif desc.kind == "result":
        payload = (Record("result-desc", (("ok", args[0]), ("err", args[1]))),)
    elif desc.kind == "map":
        payload = (Record("map-payload", (("key", args[0]), ("value", args[1]))),)
    elif desc.kind == "tuple":
        payload = (List(VARIANTS, args),)
    elif desc.kind == "record":
        fields = [
            Record("field-desc", (("name", String(name)), ("type", desc_value(field, guest))))
            for name, field in desc.fields
        ]
        payload = (Record("record-desc", (("name", String(desc.name)), ("fields", List(RECORDS, tuple(fields))))),)
    elif desc.kind == "variant":
        cases = [
            Record(
                "case-desc",
                (
                    ("name", String(name)),
                    ("payload", Option(VARIANTS, None if case is None else desc_value(case, guest))),
                ),
            )
            for name, case in desc.cases
        ]
        payload = (Record("variant-desc", (("name", String(desc.name)), ("cases", List(RECORDS, tuple(cases))))),)
    return Variant("type-desc" if guest else "Type", desc.kind if guest else f"tag{tag}", tag, payload)
