"""Failures in the words of every release: a replay compares why a call failed, not how it is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.payload import CallError, encode_error, read_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U32, UNIT, Tuple
from chainview.replay.explain.explain import explain
from chainview.replay.run.recording import Recording
from tests.actor.guests import DIVIDE_BY_ZERO, TRAP, Guest
from tests.replay.recorded import recording_from, recording_of, replay_of

CALL = "Failed to call function 'f'"
INPUT = f"{CALL} with input: ()"
CALLS = (("f", UNIT), ("g", Tuple((U32(1),))), ("f", UNIT))


def failing(folder: Path, body: str = DIVIDE_BY_ZERO, name: str = "guest.wat") -> Path:
    """A package whose `f` does this, and whose `g` answers."""
    return Guest().body("f", body).returning("g", U32(2)).written(folder, name)


def reworded(recording: Recording, message: str, schema: Schema) -> Recording:
    """The recording with this message in each of its failures."""
    chain = StateChain(schema, keep=True)
    for index in range(len(recording)):
        event = recording.table.event(index)
        payload = read_payload(event.payload)
        failed = isinstance(payload, CallError)
        chain.append(event.event_type, encode_error("f", message) if failed else event.payload)
    return recording_from(chain.events, schema)


@pytest.mark.parametrize(
    ("message", "schema", "told"),
    [
        (CALL, Schema.BYTES, False),
        (INPUT, Schema.BYTES, True),
        (INPUT, Schema.VALUES, True),
        (f"{INPUT}: WASM execution error: wasm trap: integer divide by zero", Schema.VALUES, True),
        (f"{INPUT}: WASM execution error: wasm trap: integer divide by zero", Schema.BYTES, True),
    ],
)
def test_an_unchanged_module_is_identical_in_the_words_of_any_release(
    tmp_path: Path, message: str, schema: Schema, told: bool
) -> None:
    """The failure counts as the recorded one, its bytes are taken, and the words are told as another encoding."""
    path = failing(tmp_path)
    recording = reworded(recording_of(path, *CALLS, schema=schema), message, schema)
    replay = replay_of(recording, path)
    assert replay.first_mismatch is None
    assert replay.chain.head == recording.table.hash(len(recording) - 1)
    assert replay.chain.reworded == (2 if told else 0)
    explanation = explain(replay)
    assert explanation.passes
    words = "identical: 6 events, with 2 failures in the words of another release (A2)"
    assert explanation.sentence == (words if told else "identical: 6 events")


def test_a_trap_of_another_build_is_the_same_at_other_addresses(tmp_path: Path) -> None:
    """A build whose code moved traps for the same reason, which is no difference of wording either."""
    recording = recording_of(failing(tmp_path), *CALLS)
    moved = Guest().body("a", "(i32.const 0)").body("f", DIVIDE_BY_ZERO).returning("g", U32(2))
    replay = replay_of(recording, moved.written(tmp_path, "moved.wat"))
    assert replay.first_mismatch is None
    assert not replay.chain.reworded
    assert explain(replay).sentence == "identical: 6 events"


def test_another_reason_is_a_difference_where_both_are_told(tmp_path: Path) -> None:
    """A trap of another kind in the same function is told with both reasons."""
    recording = recording_of(failing(tmp_path), *CALLS)
    other = explain(replay_of(recording, failing(tmp_path, "(unreachable) (i32.const 0)", "other.wat")))
    assert [cause.code for cause in other.causes] == ["C8"]
    trapped = reworded(recording, f"{INPUT}: WASM execution error: wasm trap: integer divide by zero", Schema.VALUES)
    other = explain(replay_of(trapped, failing(tmp_path, TRAP, "trap.wat")))
    (cause,) = other.causes
    assert (cause.code, cause.event) == ("C8", 2)
    assert cause.recorded == "wasm trap: integer divide by zero"
    assert cause.now == "wasm trap: wasm `unreachable` instruction executed"


def test_a_call_that_fails_no_more_is_a_difference_whatever_was_told(tmp_path: Path) -> None:
    """A recording that tells no reason still tells that the call failed."""
    recording = reworded(recording_of(failing(tmp_path), *CALLS), INPUT, Schema.VALUES)
    explained = explain(replay_of(recording, Guest().returning("f", UNIT).returning("g", U32(2)).written(tmp_path)))
    assert explained.causes[0].code == "C8"
    assert "the release that recorded it did not tell why" in explained.causes[0].sentence


@pytest.mark.parametrize("behind", [True, False])
def test_words_do_not_show_beside_a_real_difference(tmp_path: Path, behind: bool) -> None:
    """Where something else differs, before or behind, failures in other words count as the same."""
    calls = CALLS if behind else CALLS[1:]
    recording = reworded(recording_of(failing(tmp_path), *calls), INPUT, Schema.VALUES)
    changed = Guest().body("f", DIVIDE_BY_ZERO).returning("g", U32(3)).written(tmp_path, "changed.wat")
    explained = explain(replay_of(recording, changed))
    assert [cause.code for cause in explained.causes] == ["C6"]
