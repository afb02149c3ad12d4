"""Events that stand in a chain again and again."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Checked
from chainview.chain.files.theater.repeated import append_again
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.values import UNIT

CALL = "wasm", encode_call(Schema.VALUES, "f", UNIT)
RESULT = "wasm", encode_result(Schema.VALUES, "f", UNIT, UNIT)
HOST = "a:b/c/d", encode_host_call("a:b/c", "d", UNIT, UNIT)
EVENTS = st.builds(
    lambda said, hash_, parent: Event(hash_, parent, *said),
    st.sampled_from([CALL, CALL, RESULT, HOST, HOST, ("x", b""), ("wasm", b"?"), ("wasm", b"")]),
    st.sampled_from([b"", b"a" * 20, b"b" * 20, b"c"]),
    st.sampled_from([None, b"", b"a" * 20, b"b" * 20, b"\xff"]),
)


def told(table: EventTable) -> list[object]:
    """All that a table tells of its events."""
    return [
        (
            table.event(at),
            table.kind(at),
            table.call_of(at),
            table.kind(at).name == "CALL" and table.steps(at),
            table.links_on(at),
            table.checked(at),
            table.extras(at),
            table.raw_payload(at),
        )
        for at in range(len(table))
    ]


@given(st.lists(EVENTS, max_size=4), EVENTS, st.sampled_from(Checked), st.integers(1, 20), st.lists(EVENTS, max_size=3))
def test_an_event_again_and_again_is_added_as_each_by_itself(
    before: list[Event], event: Event, checked: Checked, count: int, behind: list[Event]
) -> None:
    """Whatever stands in front of it and behind it."""
    one, other = EventTable(), EventTable()
    for table in (one, other):
        for each in before:
            table.append(each)
        table.append(event, checked=checked)
        table.append(event, checked=checked)
    append_again(one, event, checked, count)
    for _ in range(count):
        other.append(event, checked=checked)
    for table in (one, other):
        for each in behind:
            table.append(each)
    assert told(one) == told(other)
    assert one.going == other.going
