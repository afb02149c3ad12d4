"""Embedded type metadata, as the reference's modules have it and as no module should."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import (
    MAX_DESC_DEPTH,
    FunctionSignature,
    Metadata,
    MetadataError,
    TypeDesc,
    parse_metadata,
)
from chainview.pack.values import UNIT, List, Record, String, Tuple, Value, Variant
from tests.pack.build import LIST, RECORD, VARIANT, cgrf, node, text
from tests.pack.build import STRING as STRING_KIND
from tests.pack.declare import RECORDS, VARIANTS, desc_value, function_value, metadata_value
from tests.pack.strategies import identifiers, type_descs, values
from tests.pack.vectors import vectors

U8 = TypeDesc("u8")
STRING = TypeDesc("string")

signatures = st.builds(
    FunctionSignature,
    identifiers(),
    identifiers(),
    st.lists(st.tuples(identifiers(), type_descs()), max_size=2).map(tuple),
    st.lists(type_descs(), max_size=2).map(tuple),
)
hashes = st.dictionaries(identifiers(), st.binary(min_size=32, max_size=32), max_size=2)
metadatas = st.builds(
    Metadata,
    st.lists(signatures, max_size=2).map(tuple),
    st.lists(signatures, max_size=2).map(tuple),
    hashes,
    hashes,
)


@given(metadatas, st.booleans(), st.binary(max_size=8))
def test_both_spellings_are_read_whatever_follows(metadata: Metadata, guest: bool, rest: bytes) -> None:
    """Metadata as a guest or a host writes it is read, in its order, and bytes after it are passed over."""
    assert parse_metadata(encode(metadata_value(metadata, guest)) + rest) == metadata


def test_the_metadata_of_the_reference_is_read() -> None:
    """The guest macros' metadata has the declared interfaces and the reference's hashes of them."""
    for vector in vectors("metadata"):
        metadata = parse_metadata(bytes.fromhex(vector["hex"]))
        assert {name: digest.hex() for name, digest in metadata.import_hashes.items()} == vector["import_hashes"]
        assert {name: digest.hex() for name, digest in metadata.export_hashes.items()} == vector["export_hashes"]
        assert {function.interface for function in metadata.imports} == set(vector["import_hashes"])
        assert {function.interface for function in metadata.exports} == set(vector["export_hashes"])


def test_the_signatures_of_the_reference_read_as_declared() -> None:
    """Declared functions are told in their order, with names, types and results."""
    by_case = {vector["case"]: vector for vector in vectors("metadata")}
    metadata = parse_metadata(bytes.fromhex(by_case["types"]["hex"]))
    assert [function.text for function in metadata.imports] == [
        "log(msg: string)",
        "get-chain() -> list<u8>",
        "put(data: list<u8>, label: option<string>) -> result<hash, string>",
        "drop(h: hash) -> result<bool, string>",
    ]
    assert [function.text for function in metadata.exports] == [
        "init(state: option<list<u8>>, params: tuple<string>) -> result<tuple<option<list<u8>>>, string>",
        "draw(s: shape, c: color, p: flags, i: string) -> tuple<shape, value>",
        "multi() -> (u8, s8)",
        "nothing()",
        "unk(z: value)",
    ]
    shape = metadata.exports[1].params[0][1]
    point = TypeDesc("record", "point", fields=(("x", TypeDesc("s32")), ("y", TypeDesc("s32"))))
    cases = (("circle", TypeDesc("f32")), ("poly", TypeDesc("list", args=(point,))), ("none-at-all", None))
    assert shape == TypeDesc("variant", "shape", cases=cases)


def test_modules_without_hashes_and_with_type_parameters_are_read() -> None:
    """Hashes are missing in the oldest modules; the newest add type parameters and references to them."""
    reference = TypeDesc("ref", "T")
    function = FunctionSignature("i", "f", (("x", reference),), ())
    value = Record(
        "package-metadata",
        (
            ("imports", List(RECORDS, ())),
            ("exports", List(RECORDS, (function_value(function, True),))),
            ("type-params", List(RECORDS, (Record("type-param", (("name", String("T")),)),))),
        ),
    )
    assert parse_metadata(encode(value)) == Metadata((), (function,), {}, {})
    assert function.text == "f(x: T)"


@pytest.mark.parametrize(
    ("desc", "text"),
    [
        (TypeDesc("value"), "value"),
        (TypeDesc("unit"), "()"),
        (TypeDesc("tuple"), "tuple<>"),
        (TypeDesc("result", args=(TypeDesc("list", args=(U8,)), STRING)), "result<list<u8>, string>"),
        (TypeDesc("record", "point", fields=(("x", U8),)), "point"),
        (TypeDesc("variant", cases=(("a", None),)), "variant"),
        (TypeDesc("ref", "T"), "T"),
    ],
)
def test_types_have_a_short_form(desc: TypeDesc, text: str) -> None:
    """A declared type reads as its source has it, named ones by their names."""
    assert str(desc) == text


def exports(*functions: Value) -> bytes:
    """Metadata with only these exports."""
    parts = (("imports", List(RECORDS, ())), ("exports", List(RECORDS, functions)))
    return encode(Record("package-metadata", parts), 3)


def taking(desc: Value) -> bytes:
    """Metadata with one function that takes one parameter."""
    function = Record(
        "function-sig",
        (
            ("interface", String("")),
            ("name", String("f")),
            ("params", List(RECORDS, (Record("param-sig", (("name", String("x")), ("type", desc))),))),
            ("results", List(RECORDS, ())),
        ),
    )
    return exports(function)


def hashed(digest: Value) -> bytes:
    """Metadata with one interface hash."""
    entry = Record("interface-hash", (("name", String("i")), ("hash", digest)))
    empty = List(RECORDS, ())
    parts = (("imports", empty), ("exports", empty), ("import-hashes", List(RECORDS, (entry,))))
    return encode(Record("package-metadata", parts), 3)


REFUSED = {
    "nothing": b"",
    "no CGRF": b"nonsense and more",
    "cut": exports()[:-1],
    "no record": encode(UNIT),
    "no exports": encode(Record("package-metadata", (("imports", List(RECORDS, ())),))),
    "exports that are no list": encode(Record("m", (("imports", UNIT), ("exports", UNIT)))),
    "a function that is no record": exports(String("f")),
    "a function without a name": exports(Record("function-sig", (("interface", String("")),))),
    "a name that is no text": exports(Record("function-sig", (("interface", UNIT),))),
    "a type that is no variant": taking(String("u8")),
    "a type of an unknown tag": taking(Variant("type-desc", "map", 22, (UNIT,))),
    "a list of nothing": taking(Variant("type-desc", "list", 14, ())),
    "a list of two types": taking(Variant("type-desc", "list", 14, (desc_value(U8, True),) * 2)),
    "a result that is no record": taking(Variant("type-desc", "result", 16, (UNIT,))),
    "a variant whose payload is no option": taking(
        Variant(
            "type-desc",
            "variant",
            18,
            (
                Record(
                    "variant-desc",
                    (
                        ("name", String("v")),
                        ("cases", List(RECORDS, (Record("c", (("name", String("c")), ("payload", UNIT))),))),
                    ),
                ),
            ),
        )
    ),
    "a hash that is no hash": hashed(String("hash")),
    "a short hash": hashed(Tuple(())),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused(case: str) -> None:
    """Bytes that are no metadata are a MetadataError that says so in one sentence."""
    with pytest.raises(MetadataError) as caught:
        parse_metadata(REFUSED[case])
    assert caught.value.sentence.startswith("the type metadata ")
    assert caught.value.exit_code == 2


def lists(levels: int) -> TypeDesc:
    """A type of that many levels."""
    desc = U8
    for _ in range(levels - 1):
        desc = TypeDesc("list", args=(desc,))
    return desc


def test_declared_types_have_a_depth() -> None:
    """Types nested to the limit are read; a level more is refused."""
    deepest = parse_metadata(taking(desc_value(lists(MAX_DESC_DEPTH), True))).exports[0].params[0][1]
    assert deepest == lists(MAX_DESC_DEPTH)
    with pytest.raises(MetadataError, match="nested too deep"):
        parse_metadata(taking(desc_value(lists(MAX_DESC_DEPTH + 1), True)))


def test_shared_types_cannot_make_a_huge_declaration() -> None:
    """A few nodes that stand for very many types are refused."""
    nodes: list[bytes] = []

    def add(kind: int, payload: bytes, *children: int) -> int:
        nodes.append(node(kind, payload + pack(f"<I{len(children)}I", len(children), *children)))
        return len(nodes) - 1

    def add_record(*fields: tuple[str, int]) -> int:
        names = text("r") + pack("<I", len(fields)) + b"".join([text(name) for name, _ in fields])
        nodes.append(node(RECORD, names + pack(f"<{len(fields)}I", *[index for _, index in fields])))
        return len(nodes) - 1

    desc = add(VARIANT, text("t") + text("u8") + pack("<I", 1))
    for _ in range(20):
        both = add(LIST, VARIANTS.encoded, desc, desc)
        desc = add(VARIANT, text("t") + text("tuple") + pack("<I", 19), both)
    nodes.append(node(STRING_KIND, text("f")))
    name = len(nodes) - 1
    nothing = add(LIST, RECORDS.encoded)
    results = add(LIST, VARIANTS.encoded, desc)
    function = add_record(("interface", name), ("name", name), ("params", nothing), ("results", results))
    add_record(("imports", nothing), ("exports", add(LIST, RECORDS.encoded, function)))
    with pytest.raises(MetadataError, match="too many"):
        parse_metadata(cgrf(*nodes))


@given(values() | type_descs().map(lambda desc: desc_value(desc, True)))
def test_any_value_in_place_of_a_type(value: Value) -> None:
    """Any value where a type should be gives metadata or a MetadataError."""
    try:
        metadata = parse_metadata(taking(value))
    except MetadataError:
        return
    assert metadata.exports[0].text.startswith("f(x: ")


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    """Arbitrary bytes are no metadata."""
    with pytest.raises(MetadataError):
        parse_metadata(data)
