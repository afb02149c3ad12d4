"""An actor that a program calls itself: the same chain as a session's, in memory and in a file."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from chainview.actor.engine.wat import assembled
from chainview.actor.exports import CallRefused
from chainview.actor.hosts.registry.supervisor import SUPERVISOR
from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
from chainview.actor.limits import Limits
from chainview.actor.session.direct import load_actor
from chainview.chain.event import SHUTDOWN_EVENT
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import StateChain
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT, String, Tuple, Value, bytes_value, none, some, types
from chainview.system.errors import ChainviewError
from chainview.workbench.programs import record_actor
from tests.actor.guests import Guest
from tests.actor.running import INIT, sample


def test_the_chain_is_that_of_a_session(tmp_path: Path) -> None:
    """Called directly or by a session, the same calls give the same events, in memory as in the file."""
    calls = ["increment(5s32)", "get-count()", "reset()"]
    record_actor(sample("counter"), tmp_path / "session.chain", calls)
    with load_actor(sample("counter"), output=tmp_path / "direct.chain") as actor:
        for call in calls:
            assert actor.call(call).ok
    with open_chain(tmp_path / "session.chain") as session, open_chain(tmp_path / "direct.chain") as direct:
        assert list(session) == list(direct) == list(actor.chain.events)
        assert verify(direct).sound
        assert direct.end is not None


def test_what_reaches_outside_needs_leave(tmp_path: Path) -> None:
    """`allow` gives it to a session's actor and to one that is called directly, with a limit or without."""
    guest = Guest().calling("new", "theater:simple/store", "new", encode(UNIT)).written(tmp_path)
    with pytest.raises(ChainviewError, match="--allow store allows it"):
        load_actor(guest)
    with load_actor(guest, allow=f"store:{tmp_path}/kept") as actor:
        assert actor.call("new()").ok
    (outcome,) = record_actor(guest, tmp_path / "c.chain", "new()", allow=["store"])
    assert outcome.ok


@pytest.mark.once
def test_answers_are_given_by_lines_by_a_file_and_by_a_chain(tmp_path: Path) -> None:
    """In the place of what is not provided, the program's before the chain's; what does not fit is refused."""
    guest = Guest().returning(INIT, UNIT).calling("f", "test:x/host", "ask", encode(S32(1)))
    path = guest.written(tmp_path)
    (tmp_path / "answers").write_text("ask = 7s32\n")
    for given in (["", "ask = 7s32"], tmp_path / "answers", str(tmp_path / "answers")):
        with load_actor(path, answers=given) as actor:
            assert actor.call("f()").ok
            assert actor.state == S32(7)
            assert not actor.call("f()").ok
    _, first = record_actor(path, tmp_path / "a.chain", "f()", answers=["host.ask(1s32) = 8s32"])
    assert first.ok
    with load_actor(path, answers=["ask = 7s32"], answers_from=tmp_path / "a.chain") as actor:
        actor.call("f()")
        assert actor.call("f()").ok
        assert actor.state == S32(8)
    with pytest.raises(ChainviewError, match=r"answers:1: FUNCTION = LITERAL"):
        load_actor(path, answers=["nonsense"])


def test_an_actor_that_a_program_calls_spawns_nothing(tmp_path: Path) -> None:
    """The actor is answered so, in words that say why."""
    (tmp_path / "child.toml").write_text('name = "c"\nversion = "1"\npackage = "guest.wat"\n')
    asked = Tuple((String(str(tmp_path / "child.toml")), none(types.BOOL), some(bytes_value(assembled(b"(module)")))))
    guest = Guest().returning(INIT, UNIT).calling("f", SUPERVISOR.name, "spawn", encode(asked))
    with load_actor(guest.written(tmp_path), allow="supervisor") as actor:
        assert "an actor that a program calls itself spawns nothing" in actor.call("f()").reason


def test_a_failed_call_leaves_the_state_and_the_actor_goes_on() -> None:
    """A trap is an outcome with its stack; the next call finds the old state."""
    with load_actor(sample("faulty")) as actor:
        before = actor.state
        failed = actor.call("trap()")
        assert not failed.ok
        assert failed.stack
        assert actor.state == before
        assert actor.chain.verify() is None


def test_what_does_not_fit_is_refused_and_records_nothing() -> None:
    """A call of another type, or of nothing that is exported, adds no event."""
    with load_actor(sample("counter")) as actor:
        events = actor.chain.count
        for call in ("increment(true)", "increment()", "nothing()"):
            with pytest.raises(CallRefused):
                actor.call(call)
        assert actor.chain.count == events


def test_an_actor_that_is_closed_takes_no_call() -> None:
    """Closing records the shutdown once, however often it is asked for, and a later call is refused."""
    actor = load_actor(sample("counter"))
    actor.close()
    actor.close()
    assert [event.event_type for event in actor.chain.events].count(SHUTDOWN_EVENT) == 1
    assert actor.ended
    with pytest.raises(CallRefused, match="has ended"):
        actor.call("get-count()")


def test_an_interceptor_of_ones_own_answers() -> None:
    """`intercept` makes the interceptor: what it answers the guest gets, and no host function is called."""
    asked: list[str] = []

    class Answering(RecordingInterceptor):
        def before_import(self, interface: str, function: str, input: Value) -> Value | None:
            super().before_import(interface, function, input)
            asked.append(function)
            return UNIT

    with load_actor(sample("counter"), intercept=Answering) as actor:
        assert actor.call("increment(3s32)").response == S32(3)
    assert asked == ["log", "log"]
    assert actor.chain.verify() is None


def test_an_interceptor_that_does_not_record_leaves_host_calls_out() -> None:
    """Exports are recorded around the call; host calls by the interceptor alone."""

    def silent(chain: StateChain) -> CallInterceptor:
        return CallInterceptor()

    with load_actor(sample("counter"), intercept=silent) as actor:
        actor.call("get-count()")
    assert {event.event_type for event in actor.chain.events} == {"wasm", SHUTDOWN_EVENT}


def test_an_endless_call_ends_in_time_and_from_another_thread() -> None:
    """The limits hold here too, and `interrupt` ends a running call from any thread."""
    with load_actor(sample("faulty"), limits=Limits(timeout=0.2)) as actor:
        assert not actor.call("endless-loop()").ok
    with load_actor(sample("faulty")) as actor:
        ended = threading.Event()

        def interrupt() -> None:
            while not ended.wait(0.05):
                actor.interrupt()

        thread = threading.Thread(target=interrupt)
        thread.start()
        try:
            assert not actor.call("endless-loop()").ok
        finally:
            ended.set()
            thread.join()


def test_a_file_that_is_there_is_kept(tmp_path: Path) -> None:
    """An existing chain is replaced only with `force`."""
    output = tmp_path / "c.chain"
    output.write_bytes(b"mine")
    with pytest.raises(ChainviewError, match="exists already"):
        load_actor(sample("counter"), output=output)
    assert output.read_bytes() == b"mine"
    load_actor(sample("counter"), output=output, force=True).close()
    with open_chain(output) as opened:
        assert verify(opened).sound
