"""Type and interface hashes against those the reference computes."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.declared.metadata import FunctionSignature, TypeDesc, parse_metadata
from chainview.pack.declared.type_hashes import function_hash, interface_hash, subset_hash, type_hash
from tests.pack.strategies import identifiers, type_descs
from tests.pack.vectors import vectors

BOOL, U64, STRING = TypeDesc("bool"), TypeDesc("u64"), TypeDesc("string")
BYTES = TypeDesc("list", args=(TypeDesc("u8"),))
OUTCOME = TypeDesc("result", args=(BOOL, STRING))


def function(name: str, params: tuple[TypeDesc, ...], *results: TypeDesc) -> FunctionSignature:
    """A declared function with parameters named by number."""
    return FunctionSignature("i", name, tuple((f"p{index}", desc) for index, desc in enumerate(params)), results)


RUNTIME = (
    function("log", (STRING,)),
    function("get-chain", (), BYTES),
    function("self", (), STRING),
    function("shutdown", (TypeDesc("option", args=(BYTES,)),), OUTCOME),
)
TIMER = (
    function("set-interval", (STRING, U64), TypeDesc("result", args=(STRING, STRING))),
    function("clear-interval", (STRING,), OUTCOME),
    function("now", (), U64),
)


@pytest.mark.parametrize(
    ("params", "results", "digest"),
    [
        ((), (), "3e08783bf128a680dcb6145c6fc4893a09c807e9d00a0d9e2318142fd759fd74"),
        ((STRING,), (), "11d6e97bfac84633759c6cb171d6370255a4ce78d5438ca0e2eacf4e9a5b15d4"),
        ((), (BYTES,), "ed9746aea669d9724f6be8d626bbae7fbbfeca9fd3c121f41295e29501c04616"),
    ],
)
def test_functions(params: tuple[TypeDesc, ...], results: tuple[TypeDesc, ...], digest: str) -> None:
    """Functions have the reference's hashes."""
    assert function_hash(function("f", params, *results)).hex() == digest


@pytest.mark.parametrize(
    ("name", "functions", "digest"),
    [
        (
            "theater:simple/runtime",
            RUNTIME,
            "fff2ee342d7de890b40cae564193f0184e2449f0a5a9764b6a3bad6a43bcf2bb",
        ),
        ("theater:simple/timer", TIMER, "376e169568000435cb382b39f9ab2e65f4000d8f4d15e8420659cb6403d436ae"),
        (
            "math",
            (function("double", (TypeDesc("s64"),), TypeDesc("s64")),),
            "045d329df239a4083f01ad53ef75b1b271563fa76147e7a0e3013a75352ff364",
        ),
    ],
)
def test_interfaces(name: str, functions: tuple[FunctionSignature, ...], digest: str) -> None:
    """Interfaces have the reference's hashes, in whatever order their functions are given."""
    assert interface_hash(name, functions).hex() == digest
    assert interface_hash(name, functions[::-1]).hex() == digest


def test_a_partial_import_has_the_hash_of_its_functions() -> None:
    """A module that imports some functions declares the hash over just those."""
    digest = "f1b6a351d68dc8f9f90e8a2031a6f7717775fed9fe193daf403c2bb2f0934c46"
    assert subset_hash("theater:simple/runtime", RUNTIME, {"log", "get-chain", "shutdown"}).hex() == digest


def test_every_interface_of_the_reference_has_its_hash() -> None:
    """The hash over the functions in a module's metadata is the one the metadata itself has."""
    for vector in vectors("metadata"):
        metadata = parse_metadata(bytes.fromhex(vector["hex"]))
        for functions, hashes in (
            (metadata.imports, metadata.import_hashes),
            (metadata.exports, metadata.export_hashes),
        ):
            for name, digest in hashes.items():
                assert interface_hash(name, [each for each in functions if each.interface == name]) == digest


@given(type_descs())
def test_a_type_hashes_by_structure(desc: TypeDesc) -> None:
    """Names of records and variants and the order of their members don't count."""
    assert len(type_hash(desc)) == 32
    other = TypeDesc(desc.kind, desc.name + "x", desc.args, desc.fields[::-1], desc.cases[::-1])
    assert type_hash(other) == type_hash(desc)


@given(identifiers(), type_descs(), type_descs(), st.sampled_from(["list", "option", "tuple"]))
def test_different_types_hash_differently(name: str, one: TypeDesc, other: TypeDesc, kind: str) -> None:
    """Members' names, their types and whether a case has a payload count."""
    record = TypeDesc("record", "r", fields=((name, one),))
    assert type_hash(record) != type_hash(TypeDesc("record", "r", fields=((name + "x", one),)))
    variant = TypeDesc("variant", "v", cases=((name, None),))
    assert type_hash(variant) != type_hash(TypeDesc("variant", "v", cases=((name, record),)))
    same = type_hash(one) == type_hash(other)
    assert (type_hash(TypeDesc(kind, args=(one,))) == type_hash(TypeDesc(kind, args=(other,)))) == same


def test_constants_and_references() -> None:
    """Anything hashes as a constant, the unit as the empty tuple, a reference by its name."""
    assert type_hash(TypeDesc("value")) == b"\xff\xff" + bytes(30)
    assert type_hash(TypeDesc("unit")) == type_hash(TypeDesc("tuple"))
    assert type_hash(TypeDesc("ref", "a")) != type_hash(TypeDesc("ref", "b"))
    nothing = TypeDesc("variant", "v", cases=(("c", TypeDesc("unit")),))
    assert type_hash(nothing) == type_hash(TypeDesc("variant", "v", cases=(("c", None),)))


def test_maps_and_sets_have_the_hashes_of_the_reference() -> None:
    """A map no longer hashes as a list of pairs, nor a set as a list."""
    text, number = TypeDesc("string"), TypeDesc("u32")
    assert type_hash(TypeDesc("map", args=(text, number))).hex() == (
        "542a12798ed59633b94fe5e13ef409d30fc94b3d805035a23cb8133ba428e5eb"
    )
    assert type_hash(TypeDesc("set", args=(number,))).hex() == (
        "3afcc311a98a5b97752a5a598fccc6a2cdf98084db09a9f1ec002e88792e5b43"
    )
