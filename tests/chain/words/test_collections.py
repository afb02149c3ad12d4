"""Maps and sets in words: as lines, in brief, and found by what stands in them."""

from __future__ import annotations

from chainview.chain.event import MODULE_EVENT, Event
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.query.filter import Selection, parse_filter
from chainview.chain.query.search import Finder
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words.brief import short
from chainview.chain.words.report import value_lines
from chainview.chain.words.spans import Span
from chainview.chain.words.summary import summary
from chainview.pack.literal import parse_literal
from chainview.pack.values import Tuple

STOCK = parse_literal('map<string, u32>["green tea" => 1u32, "a\\nb" => 2u32]')
POINTS = parse_literal('map<tuple<u8, u8>, string>[(1u8, 2u8) => "here"]')
NAMES = parse_literal('set<string>["x", "y"]')


def _text(spans: list[Span]) -> str:
    return "".join([text for text, _ in spans])


def test_maps_and_sets_have_a_line_for_each_entry() -> None:
    """An entry goes by its key; one whose key holds values has a line for the key and one for the value."""
    assert list(value_lines("v", STOCK)) == ["v: map of 2", '  "green tea": 1u32', '  "a\\nb": 2u32']
    assert list(value_lines("v", POINTS)) == [
        "v: map of 1",
        "  0.key: tuple of 2",
        "    0: 1u8",
        "    1: 2u8",
        '  0.value: "here"',
    ]
    assert list(value_lines("v", NAMES)) == ["v: set of 2", '  0: "x"', '  1: "y"']
    assert list(value_lines("v", parse_literal("map<u8, u8>[]"))) == ["v: map<u8, u8>[]"]


def test_maps_and_sets_stand_on_one_line() -> None:
    """In brief both stand in braces, keys before their values, and what has no room is left out."""
    assert _text(short(STOCK, 60)) == '{"green tea": 1, "a\\nb": 2}'
    assert _text(short(POINTS, 60)) == '{(1, 2): "here"}'
    assert _text(short(NAMES, 60)) == '{"x", "y"}'
    assert _text(short(NAMES, 3)) == '{"x", …}'


def _table() -> EventTable:
    table = EventTable()
    empty, turned = parse_literal("map<string, u32>[]"), parse_literal('map<string, u32>["b" => 1u32, "a" => 2u32]')
    before = parse_literal('map<string, u32>["a" => 2u32, "b" => 1u32]')
    for event in linked(
        [
            (MODULE_EVENT, encode_call(Schema.VALUES, "f", Tuple((STOCK,)), 3)),
            ("test:x/host/ask", encode_host_call("test:x/host", "ask", STOCK, NAMES, 3)),
            (MODULE_EVENT, encode_result(Schema.VALUES, "f", before, empty, 3)),
            (MODULE_EVENT, encode_call(Schema.VALUES, "f", Tuple((NAMES,)), 3)),
            (MODULE_EVENT, encode_result(Schema.VALUES, "f", turned, None, 3)),
        ]
    ):
        assert isinstance(event, Event)
        table.append(event)
    return table


def test_the_line_of_an_event_says_that_only_the_order_changed() -> None:
    """A state whose map stands in another order has not changed in what it holds, and the line says so."""
    table = _table()
    assert _text(summary(table, 4)) == "ok   state in another order"
    assert _text(summary(table, 1)) == '→ host.ask {"green tea": 1, "a\\nb": 2} = {"x", "y"}'


def test_keys_values_and_members_are_found() -> None:
    """Searches and filters look into keys, values and members as into all else."""
    table = _table()
    assert Finder(table, "green").seek(-1).run() == 0
    assert [index for index in range(5) if Finder(table, "green").matches(index)] == [0, 1]
    assert [index for index in range(5) if Finder(table, "^y$").matches(index)] == [1, 3]
    assert [index for index in range(5) if Finder(table, "2u32").matches(index)] == [0, 1, 2, 4]
    selection = Selection(table, parse_filter("green kind:host"))
    while not selection.step():
        pass
    assert list(selection.matches) == [1]
