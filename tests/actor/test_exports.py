"""Calls as a person types them."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused, Export, check_state, exports_of, find_export, parse_call
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.provided import default_answers, refuse_imports
from chainview.actor.module import Import, Module, ModuleError, ModuleFile
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import S32, List, Record, String, Tuple, Variant
from tests.actor.running import sample

COUNTER = exports_of(load_module(sample("counter")))
ORDERS = exports_of(load_module(sample("orders")))
INCREMENT = "sample:counter/counter.increment"


@pytest.mark.parametrize(
    "text", ["increment(5s32)", "increment(5)", " increment ( 5s32 ) ", f"{INCREMENT}(5s32)", "increment(5s32,)"]
)
def test_a_call_is_found_by_any_unambiguous_name(text: str) -> None:
    """The interface may be left out, and blanks do not matter."""
    request = parse_call(text, COUNTER)
    assert (request.symbol, request.params) == (INCREMENT, Tuple((S32(5),)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("increment(5u32)", "by does not fit: expected s32, got u32: increment(by: s32) -> s32"),
        ("increment()", "increment takes 1 argument, not 0: increment(by: s32) -> s32"),
        ("get-count(1s32)", "get-count takes 0 arguments, not 1"),
        ("increment", "needs brackets: increment(by: s32) -> s32"),
        ("increment(5.5)", "5.5 is no s32, which is a whole number from -2147483648 to 2147483647"),
        ("increment(2147483648)", "outside the range of s32, from -2147483648 to 2147483647"),
        ("increment(five)", "expected s32, got five"),
        ("incremnt(5s32)", "did you mean increment?"),
        ("nothing()", "there are get-count, increment, reset, init"),
        ("(5s32)", "the module exports no function without a name"),
        ("increment(5s32) x", "more text after the value"),
        ('init([1s32, "x"])', "init takes 0 arguments"),
    ],
)
def test_a_call_that_does_not_fit_is_refused_with_the_signature(text: str, says: str) -> None:
    """What is wrong is said together with what would fit."""
    with pytest.raises(CallRefused) as refused:
        parse_call(text, COUNTER)
    assert says in refused.value.sentence


def test_arguments_take_the_declared_types_for_what_a_literal_can_not_say() -> None:
    """The tag of a typed variant comes from its case name and the declared type."""
    lines = 'lines: [Line{sku: "tea", quantity: 2u32, price: 450u64, note: none<string>}]'
    for case, tag in (("Pickup", 0), ("Locker(7u32)", 1)):
        text = f'place-order(Order{{customer: "Ada", {lines}, delivery: Delivery::{case}}})'
        order = parse_call(text, ORDERS).params.items[0]
        assert isinstance(order, Record)
        delivery = order.get("delivery")
        assert isinstance(delivery, Variant)
        assert delivery.tag == tag


def test_an_ambiguous_name_needs_its_interface() -> None:
    """Two exports of the same short name are told apart by their symbols only."""
    exports = (Export("a:x/y.f", "a:x/y.f", (), ()), Export("b:x/y.f", "b:x/y.f", (), ()))
    with pytest.raises(CallRefused, match=r"f is ambiguous: a:x/y\.f, b:x/y\.f"):
        parse_call("f()", exports)
    assert parse_call("b:x/y.f()", exports).symbol == "b:x/y.f"


def test_a_declared_tuple_travels_flat() -> None:
    """A single tuple parameter takes its items one by one, or the tuple itself."""
    pair = TypeDesc("tuple", args=(TypeDesc("string"), TypeDesc("s32")))
    exports = (Export("f", "f", (("params", pair),), ()),)
    items = (String("a"), S32(1))
    assert parse_call('f("a", 1s32)', exports).params == Tuple(items)
    assert parse_call('f(("a", 1s32))', exports).params == Tuple((Tuple(items),))


def test_undeclared_exports_take_anything() -> None:
    """Without metadata the arguments go through as they are."""
    exports = (Export("f", "f", None, ()),)
    assert parse_call('f(1s32, "x")', exports).params == Tuple((S32(1), String("x")))


def test_an_initial_state_is_checked_against_init() -> None:
    """A state that init does not take is refused with what it takes."""
    exports = (Export("theater:simple/actor.init", "init", (), (), ("state", TypeDesc("string"))),)
    check_state(String("ok"), exports)
    with pytest.raises(CallRefused, match="does not fit init"):
        check_state(S32(1), exports)


def test_a_recursive_type_takes_its_tags_from_its_own_name() -> None:
    """Inside a declared `value` a variant of a declared name gets the tag of its case, at any level."""
    tree = TypeDesc(
        "variant",
        "tree",
        cases=(("leaf", TypeDesc("s32")), ("node", TypeDesc("list", args=(TypeDesc("value"),)))),
    )
    exports = (Export("f", "f", (("tree", tree),), (), named={"tree": tree}),)
    (typed,) = parse_call("f(tree::node([tree::node([tree::leaf(1s32)]), tree::leaf(2s32)]))", exports).params.items
    assert isinstance(typed, Variant)
    (branches,) = typed.payload
    assert isinstance(branches, List)
    assert [branch.tag for branch in branches.items if isinstance(branch, Variant)] == [1, 0]


@pytest.mark.parametrize("argument", ['[1s32, "x"]', "(" * 998 + "1u8" + ")" * 998])
def test_arguments_that_can_not_be_written_are_refused_before_anything_runs(argument: str) -> None:
    """A list of mixed kinds, and what is nested too deep for a payload, is refused with the reason."""
    with pytest.raises(CallRefused, match="can't be passed on"):
        parse_call(f"f({argument})", (Export("f", "f", None, ()),))


def test_very_many_exports_and_imports_are_told_at_once() -> None:
    """What an export or an import costs does not grow with how many there are, and sentences name some of them."""
    count = 20_000
    symbols = tuple([f"test:many/x.f{number}" for number in range(count)])
    exported = tuple([FunctionSignature("test:many/x", f"f{number}", (), ()) for number in range(count)])
    imports = tuple([Import("test:many/y", f"g{number}", True, "") for number in range(count)])
    imported = tuple([FunctionSignature("test:many/y", f"g{number}", (), ()) for number in range(count)])
    module = Module(
        ModuleFile(Path("many.wasm"), "many.wasm", b"", ""),
        symbols,
        imports,
        Metadata(imported, exported, {}, {}),
        version=2,
        asynchronous=False,
        knows_arrays=True,
        self_contained=True,
    )
    exports = exports_of(module)
    assert [exports[0].name, exports[-1].signature] == ["f0", "f19999()"]
    with pytest.raises(CallRefused, match=r"there are f0, f1, .* f19 and 19,980 more"):
        find_export("f", exports)
    assert len(default_answers(module)) == count
    refuse_imports(module, Leave(), stub=True)
    with pytest.raises(ModuleError, match=r"test:many/y\.g19 and 19,980 more, which chainview does not provide"):
        refuse_imports(module, Leave(), stub=False)
