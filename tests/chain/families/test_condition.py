"""What a recorded chain tells of its actor."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.event import SHUTDOWN_EVENT, Event
from chainview.chain.families.condition import ChainState, Condition, condition_of
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.payload import encode_call, encode_error, shutdown_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.values import UNIT
from tests.chain import samples

CALL = ("wasm", encode_call(Schema.VALUES, "a:b/c.d", UNIT))
FAILED = ("wasm", encode_error("a:b/c.d", "Function returned error: no room"))
END = (SHUTDOWN_EVENT, shutdown_payload(Schema.VALUES))


def condition(folder: Path, events: list[Event]) -> Condition:
    """That of a chain of these events."""
    path = folder / "c.chain"
    path.write_bytes(samples.native(events))
    with open_chain(path) as opened:
        return condition_of(opened.load().table, verify(opened))


@pytest.mark.parametrize("ended", [False, True])
def test_a_failed_last_call_is_told_with_its_reason(tmp_path: Path, *, ended: bool) -> None:
    """Also where the actor was ended behind it, as a supervisor's child is that failed."""
    found = condition(tmp_path, list(linked([CALL, FAILED, *([END] if ended else [])])))
    assert found.state is (ChainState.ENDED if ended else ChainState.FAILED)
    assert found.reason == (
        "its last call failed: Function returned error: no room" if ended else "Function returned error: no room"
    )


def test_an_end_behind_calls_that_came_back_needs_no_reason(tmp_path: Path) -> None:
    """Nothing is said of it."""
    assert condition(tmp_path, list(linked([END]))).reason == ""
