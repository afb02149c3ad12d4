"""Payloads that are read before they are asked for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.bulk.ahead import PayloadsAhead
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable


@given(st.lists(st.integers(0, 30) | st.none(), max_size=60), st.integers(1, 20))
def test_each_is_that_of_its_event(asked: list[int | None], keep: int) -> None:
    """In a row or not, also while the table grows and lets go of its oldest events."""
    table = EventTable()
    events = linked([("a/b", b"%d" % number) for number in range(200)])
    ahead = PayloadsAhead(table)
    for index in asked:
        if index is None:
            for _ in range(3):
                table.append(next(events))
            table.append_damage(b"torn", 0, "event")
            table.drop_oldest(keep)
        elif index < len(table):
            assert [ahead.of(at) for at in range(index, min(index + 3, len(table)))] == [
                table.payload(at) for at in range(index, min(index + 3, len(table)))
            ]
