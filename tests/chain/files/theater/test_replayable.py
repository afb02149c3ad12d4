"""What Theater's own replay takes of a chain, and what it stops at."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT, Event, Kind
from chainview.chain.files.entries.header import Header
from chainview.chain.files.theater.replayable import replayable
from chainview.chain.payload import encode_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import U32, UNIT, Option, String, Value, types
from chainview.system.errors import ChainviewError
from tests.chain import samples

FAILS = 46
"""The event with which the tenth call of five begins, which fails at event 50."""


def table_of(events: Iterable[Event]) -> EventTable:
    """A table of events."""
    table = EventTable()
    for event in events:
        table.append(event)
    return table


def chain(count: int, *, closed: bool = False, schema: Schema = Schema.VALUES) -> EventTable:
    """A chain of calls of five events."""
    return table_of(samples.events(count, schema, closed=closed))


def taken(table: EventTable, *builds: int, schema: Schema = Schema.VALUES) -> tuple[int, str]:
    """How many events are taken, and what is said of the others."""
    found = replayable(table, schema, Header(), builds)
    return found.count, "; ".join(found.remarks)


def test_a_chain_of_calls_that_succeed_is_taken_whole() -> None:
    """Nothing is left out, and nothing has to be said."""
    assert taken(chain(25)) == (25, "")


def test_the_shutdown_is_left_out() -> None:
    """Theater's replay would call an export of that name."""
    said = "event 26 is left out: Theater's replay would make a call of the shutdown at event 26"
    assert taken(chain(26, closed=True)) == (25, said)


def test_a_call_that_fails_ends_what_is_taken() -> None:
    """The failing call is left out with all that follows, and both of its events are named."""
    table = chain(300, closed=True)
    failed = table.kinds.find(Kind.ERROR)
    call = table.call_of(failed)
    assert call is not None
    said = f"events {call + 1} to 300 are left out: the call fails at event {failed + 1}, where Theater's replay stops"
    assert taken(table) == (call, said)


def test_what_did_not_end_and_what_another_build_did_is_left_out() -> None:
    """A call that is open at the end, and what was recorded of another module."""
    assert taken(chain(23)) == (20, "events 21 to 23 are left out: the call did not end")
    said = "events 11 to 25 are left out: another build of the module goes on from there"
    assert taken(chain(25), 10, 15) == (10, said)


@given(st.integers(1, 60), st.booleans(), st.lists(st.integers(1, 70), max_size=2).map(sorted))
def test_what_is_taken_is_a_beginning_of_whole_calls(count: int, closed: bool, builds: list[int]) -> None:
    """It ends with the end of a call, and holds neither a failure nor a shutdown."""
    table = chain(count, closed=closed)
    try:
        found = replayable(table, Schema.VALUES, None, [build // 5 * 5 for build in builds])
    except ChainviewError:
        return
    kinds = table.kinds[: found.count]
    assert kinds.endswith(bytes((Kind.RESULT,)))
    assert Kind.ERROR not in kinds
    assert Kind.SHUTDOWN not in kinds


INIT_CALL = (MODULE_EVENT, encode_call(Schema.VALUES, samples.INIT, UNIT))


@pytest.mark.parametrize(
    ("table", "schema", "header", "says"),
    [
        (table_of(()), Schema.VALUES, None, "has no event"),
        (chain(5), Schema.LIFECYCLE, None, "keeps the state inside"),
        (chain(5), Schema.JSON, None, "payloads are JSON"),
        (table_of(samples.events(25)[5:]), Schema.VALUES, None, "does not begin with its first event"),
        (
            table_of(linked([(MODULE_EVENT, encode_call(Schema.VALUES, samples.INIT, UNIT, 3))])),
            Schema.VALUES,
            None,
            "CGRF 3",
        ),
        (
            table_of(linked([(MODULE_EVENT, encode_call(Schema.VALUES, "f", UNIT))])),
            Schema.VALUES,
            Header(module_sha256="00"),
            "a package",
        ),
        (table_of(linked([INIT_CALL])), Schema.VALUES, None, "nothing for Theater's replay: event 1 is left out"),
    ],
)
def test_a_chain_of_which_nothing_is_taken_is_refused(
    table: EventTable, schema: Schema, header: Header | None, says: str
) -> None:
    """The sentence says what the chain is."""
    with pytest.raises(ChainviewError, match=says):
        replayable(table, schema, header, ())


def test_the_payloads_of_the_oldest_releases_are_said_to_be_theirs() -> None:
    """Each generation of Theater replays its own payloads alone."""
    assert "up to 0.3.9" in taken(chain(25, schema=Schema.BYTES), schema=Schema.BYTES)[1]


NOTHING = Option(types.list_of(types.U8), None)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        (None, "does not hold the initial state"),
        (Header(initial_state=encode(String('a "b"'))), 'initial_state = "a \\"b\\""'),
        (Header(initial_state=encode(U32(5))), "no manifest can give the initial state 5u32"),
        (Header(initial_state=encode(NOTHING)), ""),
        (Header(initial_state=encode(UNIT)), ""),
        (Header(settings={"nan-canonicalization": True}), "--canonical-nan"),
        (Header(settings={"nan-canonicalization": False}), ""),
    ],
)
def test_what_the_replay_needs_is_said(header: Header | None, says: str) -> None:
    """The state that its manifest must give, and settings that Theater does not have."""
    remarks = replayable(chain(25), Schema.VALUES, header, ()).remarks
    assert (len(remarks) == 1 and says in remarks[0]) if says else not remarks


def result(state: Value) -> tuple[str, bytes]:
    """The end of a call."""
    return MODULE_EVENT, encode_result(Schema.VALUES, samples.INIT, state, UNIT)


def test_an_event_that_comes_of_no_call_ends_what_is_taken() -> None:
    """What a runtime records by itself is not made again by the calls."""
    table = table_of(linked([INIT_CALL, result(UNIT), ("note", encode(UNIT)), INIT_CALL, result(UNIT)]))
    assert taken(table) == (2, "events 3 to 5 are left out: event 3 comes of no call")
