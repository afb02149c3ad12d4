"""Two events compared with the states that a module showed behind them."""

from __future__ import annotations

import pytest

from chainview.chain.payload import encode_result
from chainview.chain.schema import Schema
from chainview.chain.states import ToldState
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, Value
from chainview.ui.replay.pair_details import PairFacts, compare_pair

RESULT = encode_result(Schema.LIFECYCLE, "f", UNIT, S32(1), 3)


def shown(state: Value | None) -> ToldState | None:
    """A state that was shown."""
    return None if state is None else ToldState(2, encode(state, 3), beside=True)


@pytest.mark.parametrize(
    ("recorded", "now", "name", "places"),
    [
        (S32(1), S32(2), "state", 1),
        (S32(1), S32(1), "state", 0),
        (None, S32(2), "state now, none recorded", 0),
        (S32(1), None, "state recorded, none shown now", 0),
    ],
)
def test_states_behind_a_result_are_compared(recorded: Value | None, now: Value | None, name: str, places: int) -> None:
    """Where both are known what differs in them is told; the one of a side that has none is that of the other alone."""
    reading = compare_pair(PairFacts(RESULT, RESULT, (shown(recorded), shown(now))))
    assert reading.parts is not None
    state = reading.parts[-1]
    assert (state.name, state.recorded, len(state.differs)) == (name, recorded, places)
    assert state.now == (now or recorded)


def test_where_nothing_was_shown_there_is_no_state() -> None:
    """A result without a state has its parts alone."""
    reading = compare_pair(PairFacts(RESULT, RESULT))
    assert reading.parts is not None
    assert "state" not in [part.name for part in reading.parts]
