"""What a replay answers host calls with."""

from __future__ import annotations

import pytest

from chainview.chain.payload import Payload, read_payload
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, String, Tuple, Value
from chainview.replay.run import serving
from chainview.replay.run.serving import ReplayRecordingInterceptor, _Unused
from tests.replay.chains import Made, log, recording


def test_a_value_of_shared_parts_is_asked_with_at_the_cost_of_its_parts() -> None:
    """What is asked with is looked for among the records as a value: its bytes may be more than a reader takes."""
    value: Value = String("part")
    for _ in range(30):
        value = Tuple((value, value))
    recorded = recording(Made(steps=[log("a")]))
    assert _Unused(recorded, range(len(recorded.table))).take("test:x/host", "other", value) == (None, False)


def test_a_large_record_is_not_decoded_where_it_is_what_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was asked as recorded is answered without decoding a record, and all else as ever."""
    decoded = list[bytes]()

    def noted(payload: bytes) -> Payload:
        decoded.append(payload)
        return read_payload(payload)

    monkeypatch.setattr(serving, "_LARGE", 1)
    monkeypatch.setattr(serving, "read_payload", noted)
    recorded = recording(Made(steps=[log("a"), log("b")]))
    events = [recorded.table.event(index) for index in range(len(recorded.table))]
    server = ReplayRecordingInterceptor(events, StateChain())
    assert server.before_import("test:x/host", "log", String("a")) == UNIT
    assert decoded == []
    assert server.before_import("test:x/host", "log", String("other")) == UNIT
    assert len(decoded) == 1
