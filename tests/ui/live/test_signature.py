"""The signature over a call that is typed."""

from __future__ import annotations

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import Export, exports_of
from chainview.pack.declared.metadata import TypeDesc
from chainview.ui.lines.line import plain
from chainview.ui.live.signature import signature_lines
from tests.actor.running import sample

ORDERS = {each.name: each for each in exports_of(load_module(sample("orders")))}
SHAPE = TypeDesc(
    "variant", "shape", cases=(("dot", None), ("at", TypeDesc("tuple", args=(TypeDesc("u8"), TypeDesc("s8")))))
)
KINDS = TypeDesc("map", args=(TypeDesc("string"), TypeDesc("result", args=(TypeDesc("u8"), SHAPE))))
MAPPED = Export("f", "f", (("kinds", KINDS),), ())


@pytest.mark.parametrize(
    ("call", "lit", "below"),
    [
        ("cancel(", ["id: u32"], []),
        ('cancel(1, "no, ', ["reason: string"], []),
        ("cancel(1, 2, ", [], []),
        ("cancel(1)", [], []),
        ("place-order(", ["order: Order"], ["Order{customer: string, lines: list<Line>, delivery: Delivery}"]),
        ("place-order({customer: ", ["order: Order", "customer: string"], ["Order{"]),
        ("place-order({lines: [{", ["order: Order"], ["Line{sku: string"]),
        ('place-order({lines: [{sku: "a", note: some(', ["order: Order"], []),
        (
            "place-order({delivery: ",
            ["order: Order", "delivery: Delivery"],
            ["Order{", "Delivery: Pickup | Locker(u32)"],
        ),
        ("place-order({delivery: Delivery::Courier({city: ", ["order: Order", "city: string"], ["Address{"]),
        ("place-order({delivery: Nowhere(1, ", ["order: Order"], []),
        ('f(map["a" => ok(1), "b" => err(', ["kinds: map<string, result<u8, shape>>"], ["shape: dot | at("]),
        ('f(map["a" => err(at(1, ', ["kinds: map<string, result<u8, shape>>"], []),
    ],
)
def test_what_is_typed_is_lit(call: str, lit: list[str], below: list[str]) -> None:
    """The argument, and of a record the field; below it what the type is made of."""
    export = MAPPED if call.startswith("f(") else ORDERS[call.partition("(")[0]]
    first, *rest = signature_lines(export, call, len(call))
    assert plain(first) == export.signature
    assert [text for line in (first, *rest) for text, role in line if role == "accent"] == lit
    assert len(rest) == len(below)
    assert all(plain(line).startswith(begin) for line, begin in zip(rest, below, strict=True))


def test_a_cursor_further_left_lights_what_stands_there() -> None:
    """Not the last argument, but that under the cursor."""
    (line,) = signature_lines(ORDERS["cancel"], 'cancel(1, "no")', 8)
    assert [text for text, role in line if role == "accent"] == ["id: u32"]
