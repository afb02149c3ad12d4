"""What a guest says that no event, no clock or no text can hold costs its call a message, never the session."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor import actor, returned
from chainview.actor.engine import instance
from chainview.actor.exports import CallRefused, check_state, exports_of
from chainview.actor.hosts.registry.runtime import NAME as RUNTIME
from chainview.actor.limits import Limits
from chainview.chain import failure
from chainview.chain.payload import HostCall
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import UNIT, Result, String, Tuple, Value, types
from tests.actor.guests import INIT, TRAP, UNIT_TYPE, Guest
from tests.actor.running import running
from tests.replay.recorded import compiled, recording_of, replay_of

OK = Result(UNIT_TYPE, types.STRING, True, UNIT)
LOG = (RUNTIME, "log")


def nested(levels: int) -> Value:
    """A value nested that deep."""
    value: Value = UNIT
    for _ in range(levels - 1):
        value = Tuple((value,))
    return value


def deep(folder: Path) -> Path:
    """An actor whose values are nested to the limit, and one level less than its events can hold."""
    guest = Guest().returning(INIT, OK).returning("fine", OK).returning("state", nested(1000))
    guest.calling("log", *LOG, encode(nested(999)))
    return guest.ignoring("fits", *LOG, encode(nested(998)), encode(OK)).written(folder)


def test_a_value_that_no_event_holds_fails_its_call(tmp_path: Path) -> None:
    """A value nested to the limit does not fit once a payload wraps it; the actor goes on, and so do replays."""
    calls = ("fits", UNIT), ("log", UNIT), ("state", UNIT), ("fine", UNIT)
    path = deep(tmp_path)
    recording = recording_of(path, *calls, answers={LOG: [UNIT]})
    assert isinstance(recording.host_call(3), HostCall)
    replay = replay_of(recording, path)
    assert replay.first_mismatch is None
    assert replay.finished
    assert [outcome.reason for outcome in replay.outcomes] == [
        "",
        "",
        f"the input of {RUNTIME}.log can't be decoded: the CGRF value is nested deeper than 998 levels",
        "the result can't be recorded: the value is nested deeper than 1000 levels",
        "",
    ]


@pytest.mark.parametrize(("said", "told"), [(b"no \xff\xc3", "no \ufffd\ufffd"), (b"a" * 50, "a" * 9 + "…")])
def test_an_error_of_an_export_is_told_whatever_its_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: bytes, told: str
) -> None:
    """One that is no UTF-8 is told with replacements, and of a very long one the beginning."""
    for module in (instance, failure):
        monkeypatch.setattr(module, "LONGEST_TOLD", 9)
    with running(Guest().constant("f", said, status=1).written(tmp_path)) as run:
        failed = run.actor.call("f", UNIT)
        assert failed.error == f"Failed to call function 'f' with input: (): WASM execution error: {failed.reason}"
        assert failed.reason == f"function 'f' returned error: {told}"


@pytest.mark.parametrize(("error", "told"), [(String("a" * 50), "a" * 9), (Tuple((String("a"),) * 9), "Tuple([St")])
def test_an_error_of_an_actor_is_told_as_far_as_an_event_holds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: Value, told: str
) -> None:
    """An err that is as large as a value may be is cut."""
    for module in (returned, failure):
        monkeypatch.setattr(module, "LONGEST_TOLD", 9)
    refused = Result(UNIT_TYPE, UNIT_TYPE, False, error)
    with running(Guest().returning(INIT, OK).returning("f", refused).written(tmp_path)) as run:
        assert run.actor.call("f", UNIT).error == f"Function returned error: {told}…"


def test_a_large_state_is_repeated_in_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The message of a trap repeats the input as text, which may take six times the bytes of the state."""
    monkeypatch.setattr(actor, "LONGEST_TOLD", 20)
    guest = Guest().returning(INIT, Result(UNIT_TYPE, types.STRING, True, Tuple((String("x" * 90),))))
    with running(guest.body("f", TRAP).written(tmp_path)) as run:
        assert run.actor.initialize(None).ok
        failed = run.actor.call("f", UNIT)
        assert failed.error is not None
        assert failed.error.startswith(f"Failed to call function 'f' with input: (\"{'x' * 18}…: WASM execution error")
        assert failed.reason == "wasm trap: wasm `unreachable` instruction executed"


def test_a_message_is_cut_to_what_a_node_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of the text count, and no letter is cut in two."""
    monkeypatch.setattr(failure, "_LONGEST_MESSAGE", 10)
    assert failure.recordable("aäöü") == "aäöü"
    assert failure.recordable("aäöüäöü") == "aäöü…"


def test_a_configuration_that_no_event_holds_is_refused(tmp_path: Path) -> None:
    """It is given by a person, and told before anything runs."""
    exports = exports_of(compiled(deep(tmp_path)), Schema.LIFECYCLE)
    check_state(nested(995), exports)
    with pytest.raises(CallRefused, match="configuration can't be passed on: the value is nested deeper"):
        check_state(nested(999), exports)


def test_too_little_memory_fails_the_call(tmp_path: Path) -> None:
    """Where the system has no room for what a call hands over, its next calls may still be made."""

    def exhausted(input: Value) -> Value:
        raise MemoryError

    with running(deep(tmp_path), handlers={LOG: exhausted}, limits=Limits(timeout=20)) as run:
        assert run.actor.call("fits", UNIT).reason == "there is not enough memory for what it hands over"
        assert run.actor.call("fine", UNIT).ok
