"""Payloads that are made as others of their shape were are byte for byte those that would be read and encoded."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Checked, ReadEvent
from chainview.chain.files.theater import blocks, json_lines
from chainview.chain.files.theater.blocks import read_blocks
from chainview.chain.files.theater.json_lines import read_jsonl
from chainview.chain.files.theater.moulds import MOST_MISSES, Moulds, Shape, cast, cast_hash, shape_of_literal
from chainview.chain.files.theater.recovery import event_types_of
from chainview.chain.hashing import event_hash
from chainview.chain.payload import encode_host_call, read_value
from chainview.chain.state_chain import linked
from chainview.pack.cgrf import encode
from chainview.pack.literal import format_literal, parse_literal
from chainview.pack.values import S8, S64, U8, U16, UNIT, Bool, Option, Record, String, Tuple, Value, bytes_value, types
from chainview.pack.values.types import PRIMITIVES
from tests.chain.files.theater.writings import as_block, as_jsonl

LEAVES = st.tuples(
    st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters='"\\'), max_size=8),
    st.integers(-(1 << 63), (1 << 63) - 1),
    st.integers(0, 65535),
    st.integers(-128, 127),
    st.binary(min_size=1, max_size=5),
)

pytestmark = pytest.mark.usefixtures("without_the_core")


def value_of(text: str, wide: int, middle: int, small: int, data: bytes) -> Value:
    """A value of one shape that says this."""
    inner = Record("point", (("x", S64(wide)), ("name", String(text)), ("on", Bool(True))))
    return Tuple((inner, U16(middle), bytes_value(data), String(text), S8(small), bytes_value(b"")))


@given(LEAVES, LEAVES)
def test_a_payload_is_made_as_another_of_its_shape_was(
    first: tuple[str, int, int, int, bytes], other: tuple[str, int, int, int, bytes]
) -> None:
    """With the leaves of another text in their places it is what that text is encoded as."""
    one, two = value_of(*first), value_of(*other)
    shape, shape_of_other = shape_of_literal(format_literal(one)), shape_of_literal(format_literal(two))
    assert shape is not None
    assert shape_of_other is not None
    assert shape.around == shape_of_other.around
    moulds = Moulds()
    moulds.keep(shape, "x", encode(one))
    alike = moulds.of(shape_of_other)
    assert alike is not None
    assert cast(alike.moulds[0], shape_of_other) == encode(two)
    for parent in (None, bytes(range(236, 256))):
        assert cast_hash(alike.moulds[0], shape_of_other, parent, "y") == event_hash(parent, "y", encode(two))


@pytest.mark.parametrize("text", ["300u8", '"\\n"', "99999999999999999999u64", '"a\\"b"', "-s8", "[300u8]"])
def test_what_is_no_leaf_of_its_type_has_no_shape(text: str) -> None:
    """Such a text is read as before, or is told to be none."""
    assert shape_of_literal(f"({text}, 1u8)") is None


def test_no_mould_is_made_where_the_leaves_are_not_those_of_the_payload() -> None:
    """As where the parts of a call were hashed as bytes."""
    moulds, shape = Moulds(), shape_of_literal("(1u8, 2u8)")
    assert shape is not None
    for payload in (encode(Tuple((U8(2), U8(1)))), encode(U8(1)), encode(bytes_value(b"\1\2")), b"", b"CGRF"):
        moulds.keep(shape, "x", payload)
        assert moulds.of(shape) is None


def test_the_mould_that_was_right_last_is_tried_first() -> None:
    """Of texts that leave out types there are several, and no more than so many."""
    moulds, shape = Moulds(), shape_of_literal("none")
    assert shape is not None
    for inner in PRIMITIVES.values():
        moulds.keep(shape, "x", encode(Option(inner, None)))
    alike = moulds.of(shape)
    assert alike is not None
    first, *_, last = alike.moulds
    assert cast(first, shape) == encode(Option(list(PRIMITIVES.values())[-1], None))
    alike.right(last)
    assert alike.moulds[:2] == [last, first]
    assert len(alike.moulds) == len(set(alike.moulds)) < len(PRIMITIVES)


def test_moulds_are_let_go_where_they_are_many() -> None:
    """What is held of them is bounded."""
    moulds = Moulds()
    for number in range(3000):
        moulds.keep(Shape(f"{number}" * 300, ()), "x", encode(UNIT))
    assert sum(moulds.of(Shape(f"{number}" * 300, ())) is not None for number in range(3000)) < 3000


def _events(count: int) -> list[Event]:
    said = (Tuple((S64(number), String("tea"))) for number in range(count))
    return list(linked([("a:b/c/d", encode_host_call("a:b/c", "d", each, UNIT)) for each in said]))


def _read(data: bytes, monkeypatch: pytest.MonkeyPatch) -> tuple[list[ReadEvent], int]:
    """The events of blocks, and how many literals were read for them."""
    parsed: list[str] = []

    def parse(text: str) -> Value:
        parsed.append(text)
        return parse_literal(text)

    monkeypatch.setattr(blocks, "parse_literal", parse)
    return [entry for entry in read_blocks(data) if isinstance(entry, ReadEvent)], len(parsed)


def test_blocks_of_one_shape_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that follow each is proved by its hash, and no literal is read."""
    events = _events(300)
    found, parsed = _read(b"".join(map(as_block, events)), monkeypatch)
    assert [entry.event for entry in found] == events
    assert {entry.checked for entry in found} == {Checked.PROVED}
    assert parsed < 5


NAMES = st.text(st.sampled_from("ab:/.{ -\u00e9"), max_size=4) | st.sampled_from(["shutdown", "wasm", "interface: "])
AROUND = (
    'chain-event-payload::wasm(wasm-event-data::wasm-call(wasm-call{function-name: "%s", params: %s}))',
    'chain-event-payload::wasm(wasm-event-data::wasm-error(wasm-error{function_name: "%s", message: %s}))',
    'chain-event-payload::host-function(call{interface: "%s", function: "b", input: %s, output: ()})',
    'chain-event-payload::host-function(call{interface: "a", function: "%s", input: %s, output: ()})',
    'chain-event-payload::host-function(call{function: "%s", interface: "a", input: %s, output: ()})',
    'chain-event-payload::host-function(call{input: x{interface: "q", function: "%s"}, interface: %s, function: "b"})',
    'chain-event-payload::host-function(call{interface: "two", function: "b", interface: "%s", input: %s})',
    'chain-event-payload::host-function(call{function-name: "%s", interface: %s, function: "b"})',
    'x{interface: "%s", function: "b", other: %s}',
)
SAID = ('"%s"', "()", '(1u8, x{interface: "%s", function: "f"})', '[x{function: "%s"}]')


@given(st.lists(st.tuples(st.sampled_from(AROUND), NAMES, st.sampled_from(SAID), NAMES), max_size=8))
def test_names_change_nothing_in_what_is_made_of_a_text(texts: list[tuple[str, str, str, str]]) -> None:
    """By the moulds of texts that name others a text has the payload and the type that it has by itself."""
    moulds = Moulds()
    for around, name, said, inner in texts:
        text = around % (name, said % inner if "%" in said else said)
        value = parse_literal(text)
        shape, payload = shape_of_literal(text), encode(value)
        assert shape is not None
        event_type = next(event_types_of(value, read_value(value)))
        alike = moulds.of(shape)
        if alike is not None:
            assert [(shape.type_by(mould), cast(mould, shape)) for mould in alike.moulds] == [(event_type, payload)]
        moulds.keep(shape, event_type, payload)


def test_blocks_of_which_each_names_another_function_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """As their names are leaves too, of which the type of a host call is made."""
    said = [(f"a{number}:b", f"c{number}") for number in range(300)]
    events = list(linked([("/".join(names), encode_host_call(*names, UNIT, UNIT)) for names in said]))
    found, parsed = _read(b"".join(map(as_block, events)), monkeypatch)
    assert [entry.event for entry in found] == events
    assert {entry.checked for entry in found} == {Checked.PROVED}
    assert parsed < 5


def test_blocks_that_leave_out_types_which_take_turns_are_read_once_for_each(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is proved by its hash, although their texts are of one shape."""
    inners = (types.U64, types.STRING, types.BOOL)
    said = (Tuple((S64(number), Option(inners[number % 3], None))) for number in range(300))
    events = list(linked([("a:b/c/d", encode_host_call("a:b/c", "d", each, UNIT)) for each in said]))
    data = re.sub(rb"none<\w+>", b"none", b"".join(map(as_block, events)))
    found, parsed = _read(data, monkeypatch)
    assert [entry.event for entry in found] == events
    assert {entry.checked for entry in found} == {Checked.PROVED}
    assert parsed < 100


def test_blocks_whose_hashes_nothing_gives_are_tried_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told with the payload that they would have, and one that is right among them is found."""
    events = _events(600)
    wrong = [Event(bytes(20), event.parent, event.event_type, event.payload) for event in events]
    wrong[400] = events[400]
    found, parsed = _read(b"".join(map(as_block, wrong)), monkeypatch)
    assert [entry.event for entry in found] == wrong
    assert [at for at, entry in enumerate(found) if entry.checked is not Checked.LINK] == [400]
    assert parsed < 4 * MOST_MISSES + 600 // 4


def test_a_text_of_a_shape_that_can_not_be_read_is_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are."""
    blocks_of = [b"---\nhash: %b\nparent: root\nsomewhat(%du8)\n" % (b"ab" * 20, number % 200) for number in range(500)]
    found, parsed = _read(b"".join(blocks_of), monkeypatch)
    assert len(found) == 500
    assert parsed == 1


def test_lines_of_one_shape_are_read_as_values_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of JSON lines, too, each that follows is proved by its hash; one that is not what was hashed is read as ever."""
    events, encoded = _events(200), []

    def counted(value: Value, version: int) -> bytes:
        encoded.append(value)
        return encode(value, version)

    monkeypatch.setattr(json_lines, "encode", counted)
    events[150] = Event(bytes(20), events[149].hash, events[150].event_type, events[150].payload)
    found = [entry for entry in read_jsonl("".join(map(as_jsonl, events)).encode()) if isinstance(entry, ReadEvent)]
    assert [entry.event for entry in found] == events
    assert [at for at, entry in enumerate(found) if entry.checked is not Checked.PROVED] == [150]
    assert len(encoded) < 6
