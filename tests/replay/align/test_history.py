"""What one history says of its items."""

from __future__ import annotations

import pytest

from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, UNIT, Option, String, Value, types
from chainview.replay.align.history import Side, asked
from chainview.replay.run.ask import Ask
from tests.replay.chains import HOST, Made, Step, count, log, params, recording

NOTHING = Option(types.list_of(types.U8), None)


def test_every_item_is_told_in_a_few_words() -> None:
    """A call and a host call with what they were given, an end with what it came to."""
    calls = (
        Made("f", params(1), (log("a"), Step("now")), response=U32(7)),
        Made("g", error="Function returned error: no"),
    )
    side = Side(recording(*calls, closed=True))
    assert [side.literal(item) for item in range(len(side))] == [
        "f(1u32)",
        f'{HOST}.log("a")',
        f"{HOST}.now()",
        "returned 7u32",
        "g()",
        "failed: Function returned error: no",
        "shutdown()",
    ]


def test_items_have_one_name_where_they_differ_in_values_alone() -> None:
    """Calls are named by their function, host calls by theirs, and every end is one, however it came out."""
    calls = (Made("f", params(1), (log("a"),)), Made("f", params(2), (log("b"),), error="no"), Made("g"))
    side = Side(recording(*calls))
    assert [side.name(item) for item in range(len(side))] == [
        *("call f", f"{HOST}/log", "end"),
        *("call f", f"{HOST}/log", "end"),
        *("call g", "end"),
    ]


@pytest.mark.parametrize(("letters", "is_cut"), [(49, False), (50, True), (200, True)])
def test_what_is_told_has_sixty_letters_at_most(letters: int, is_cut: bool) -> None:
    """A text of exactly sixty letters is told whole, a longer one is cut to as many."""
    side = Side(recording(Made(response=String("x" * letters))))
    told = side.literal(1)
    assert (len(told), told.endswith("…")) == (60, is_cut)


def test_unanswered_asks_say_the_same_where_they_ask_the_same() -> None:
    """Another input, and another function, is another content."""
    asks = [Ask(HOST, name, U32(number), 0, 1) for name, number in (("get", 1), ("get", 1), ("get", 2), ("put", 1))]
    side = Side(recording(Made()), asks)
    same, again, *others = [side.content(asked(place)) for place in range(len(asks))]
    assert same == again
    assert same not in others


@pytest.mark.parametrize(
    ("schema", "state", "told"),
    [
        (Schema.BYTES, UNIT, NOTHING),
        (Schema.BYTES, count(1), count(1)),
        (Schema.VALUES, UNIT, UNIT),
        (Schema.VALUES, NOTHING, NOTHING),
    ],
)
def test_to_be_given_nothing_is_the_same_in_every_schema(schema: Schema, state: Value, told: Value) -> None:
    """The first state of a chain of bytes, where it is the default, is that of the later ones; no other is changed."""
    made = recording(Made(), schema=schema)
    made.header = Header(schema=schema, initial_state=encode(state))
    assert Side(made, across=True).state_after(0) == told
    assert Side(made).state_after(0) == state
