"""What a replay on a thread is made of."""

from __future__ import annotations

import pytest

from chainview.chain.payload import MODULE_EVENT, encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import S32, UNIT, String, Tuple
from chainview.workbench.replay_thread import whole_calls

CALL = (MODULE_EVENT, encode_call(Schema.VALUES, "f", Tuple(())))
LOG = ("test:x/host/log", encode_host_call("test:x/host", "log", String("x"), UNIT))
RESULT = (MODULE_EVENT, encode_result(Schema.VALUES, "f", S32(1), UNIT))


@pytest.mark.parametrize(
    ("parts", "whole"),
    [
        ([], 0),
        ([CALL], 0),
        ([CALL, LOG], 0),
        ([CALL, LOG, RESULT], 3),
        ([CALL, RESULT, CALL], 2),
        ([CALL, RESULT, CALL, LOG], 2),
        ([CALL, RESULT, CALL, RESULT], 4),
    ],
)
def test_a_call_that_is_not_over_is_left_out(parts: list[tuple[str, bytes]], whole: int) -> None:
    """Of a chain that still grows the whole calls are replayed: its last one only once it is over, be it the first."""
    table = EventTable()
    for event in linked(parts):
        table.append(event)
    kept = whole_calls(table)
    assert [kept.event(index) for index in range(len(kept))] == [table.event(index) for index in range(whole)]
