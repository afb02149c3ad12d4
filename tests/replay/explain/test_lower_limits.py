"""Replays that may use less than the recording did: what then stops is no edit's fault."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.limits import DEFAULT_LIMITS, Limits, limit_settings, lowered, recorded_limits
from chainview.chain.event import Extras
from chainview.chain.failure import INTERRUPTED, OUT_OF_TIME
from chainview.chain.files.entries.header import Header
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_call, encode_error, encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.pack.values import S32, UNIT, String
from chainview.replay.explain.blame import Blame, blame_for
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import ControlOutcome
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.system.errors import ChainviewError
from chainview.workbench.programs import record_actor, replay_chain
from tests.actor.guests import SPIN, Guest
from tests.replay.recorded import compiled, packed

GIB = 1 << 30
PAGES = 64


def growing(folder: Path) -> Path:
    """A package whose `f` needs 4 MiB more, and traps where it does not get them."""
    grow = f"(if (i32.eq (memory.grow (i32.const {PAGES})) (i32.const -1)) (then (unreachable)))"
    guest = Guest().returning("f", S32(1))
    return guest.body("f", grow + guest.bodies["f"]).written(folder, "growing.wat")


@pytest.mark.parametrize(
    ("recorded", "given", "memory"),
    [
        (4 * GIB, None, DEFAULT_LIMITS.memory),
        (1 << 64, None, DEFAULT_LIMITS.memory),
        (1 << 20, None, 1 << 20),
        (4 * GIB, 2 * GIB, 2 * GIB),
        (1 << 20, 2 * GIB, 2 * GIB),
        (True, None, DEFAULT_LIMITS.memory),
        (-5, None, DEFAULT_LIMITS.memory),
        (None, None, DEFAULT_LIMITS.memory),
    ],
)
def test_a_chain_asks_for_less_and_never_for_more(recorded: object, given: int | None, memory: int) -> None:
    """By itself; what a person gives holds, whatever the chain says."""
    assert recorded_limits({"memory": recorded}, 30.0, given).memory == memory


def test_what_is_lowered_is_said_with_the_option(tmp_path: Path) -> None:
    """Memory and time, each in a sentence; nothing for a header that makes no sense, or asks for less."""
    settings = limit_settings(Limits(timeout=300.0, memory=4 * GIB))
    assert lowered(settings, DEFAULT_LIMITS).sentences() == [
        "recorded with 4,096 MiB of memory, replayed with 512 MiB: --max-memory 4096M gives as much",
        "recorded with 300 s for a call, replayed with 30 s: --timeout 300s gives as much",
    ]
    for odd in ({"memory": "x", "timeout": "y"}, {"memory": 1, "timeout": 1}, {"timeout": float("inf")}, {}):
        assert lowered(odd, DEFAULT_LIMITS).sentences() == []


def test_a_guest_that_misses_memory_is_not_blamed(tmp_path: Path) -> None:
    """The failure is told with the option that gives as much; with that it is identical."""
    module, chain = growing(tmp_path), tmp_path / "c.chain"
    record_actor(module, chain, ["f()"])
    explanation = replay_chain(module, chain, memory=1 << 20)
    [cause] = explanation.causes
    assert explanation.blameless
    assert "--max-memory 512M gives as much, so the edit is not blamed where f fails now" in cause.sentence
    assert "the edit is not" in report_text(explanation)
    assert explanation.remarks == (
        "recorded with 512 MiB of memory, replayed with 1 MiB: --max-memory 512M gives as much",
    )
    assert replay_chain(module, chain).passes
    assert replay_chain(module, chain, memory=1 << 70).passes


def test_lower_limits_are_said_of_what_is_identical_too(tmp_path: Path) -> None:
    """A report that is fine tells what it was made with."""
    module, chain = Guest().returning("f", S32(1)).written(tmp_path, "m.wat"), tmp_path / "c.chain"
    record_actor(module, chain, ["f()"], limits=Limits(memory=GIB))
    explanation = replay_chain(module, chain)
    assert explanation.passes
    assert "recorded with 1,024 MiB of memory, replayed with 512 MiB" in " ".join(report_text(explanation).split())


def test_a_module_that_needs_more_from_the_start_is_told_the_option(tmp_path: Path) -> None:
    """It does not start, and the sentence names what to give."""
    module, chain = growing(tmp_path), tmp_path / "c.chain"
    record_actor(module, chain, ["f()"])
    with pytest.raises(ChainviewError, match="--max-memory"):
        replay_chain(module, chain, memory=1 << 10)


def logging_forever(folder: Path) -> Path:
    """A package whose `f` calls its host for ever."""
    guest = Guest().calling("f", "test:x/host", "log", packed(String("again")))
    return guest.body("f", f"(loop $again {guest.bodies['f']} (drop) (br $again)) (unreachable)").written(
        folder, "m.wat"
    )


def endless(events: int, seconds: float) -> Recording:
    """The recording of a call that was interrupted after so many host calls and seconds."""
    chain, table = StateChain(Schema.VALUES), EventTable()
    host_call = encode_host_call("test:x/host", "log", String("again"), UNIT)
    table.append(chain.append("wasm", encode_call(Schema.VALUES, "f", UNIT)))
    for _ in range(events):
        table.append(chain.append("test:x/host/log", host_call))
    message = "Failed to call function 'f' with input: (): WASM execution error: " + INTERRUPTED
    end = chain.append("wasm", encode_error("f", message))
    table.append(end, Extras(duration_ns=int(seconds * 1e9), reason=INTERRUPTED))
    return Recording(table, Schema.VALUES, Header(settings=limit_settings(DEFAULT_LIMITS), module_sha256="ab" * 32))


@pytest.mark.once
def test_an_endless_call_that_is_stopped_earlier_says_what_stopped_it(tmp_path: Path) -> None:
    """The replay's own time-out, with the time to give; neither random nor not reproducible."""
    module, recording = compiled(logging_forever(tmp_path)), endless(20_000, 3.2)
    replay = Replay(recording, module, limits=Limits(timeout=0.05)).run()
    explanation = explain(replay, control_experiment(replay, RecordedModules(module)))
    [cause] = explanation.causes
    assert (cause.code, explanation.blameless) == ("C9", True)
    assert cause.sentence == (
        "f was stopped by the replay's own time-out of 0.05 s; the recorded call took 3.2 s until it was stopped: "
        "--timeout 7s lets it go on"
    )


def test_a_new_endless_loop_is_still_the_builds_fault(tmp_path: Path) -> None:
    """Where the recorded call was over long before, the time-out is what tells."""
    then, chain = Guest().returning("f", S32(1)).written(tmp_path, "then.wat"), tmp_path / "c.chain"
    record_actor(then, chain, ["f()"])
    explanation = replay_chain(Guest().body("f", SPIN).written(tmp_path, "now.wat"), chain, timeout=0.3)
    assert ([cause.code for cause in explanation.causes], explanation.blameless) == (["C9"], False)


def test_a_build_that_needs_more_than_the_recorded_module_is_to_blame(tmp_path: Path) -> None:
    """Where the recorded module makes its recording with as little, the edit is what needs more."""
    then, chain = Guest().returning("f", S32(1)).written(tmp_path, "then.wat"), tmp_path / "c.chain"
    record_actor(then, chain, ["f()"])
    explanation = replay_chain(growing(tmp_path), chain, memory=1 << 20, recorded_module=then)
    assert ([cause.code for cause in explanation.causes], explanation.blameless) == (["C8"], False)


def endless_calls(count: int) -> Recording:
    """The recording of a package whose `f` was stopped by the time-out each time, then of one call that returned."""
    chain, table = StateChain(Schema.VALUES), EventTable()
    reason = f"{OUT_OF_TIME}0.02 s without a result"
    message = "Failed to call function 'f' with input: (): WASM execution error: " + reason
    for _ in range(count):
        table.append(chain.append("wasm", encode_call(Schema.VALUES, "f", UNIT)))
        table.append(chain.append("wasm", encode_error("f", message)), Extras(reason=reason))
    return Recording(table, Schema.VALUES, Header(settings=limit_settings(DEFAULT_LIMITS), module_sha256="ab" * 32))


def test_a_replay_gives_up_after_calls_that_its_time_out_stopped(tmp_path: Path) -> None:
    """As many as take a minute: what was replayed is told as identical so far, the rest as not tested."""
    module = compiled(Guest().body("f", SPIN).written(tmp_path, "m.wat"))
    replay = Replay(endless_calls(4), module, limits=Limits(timeout=0.02))
    assert replay.most_out_of_time == 3000
    replay.most_out_of_time = 2
    explanation = explain(replay.run())
    assert (replay.gave_up, replay.calls_made, explanation.passes, explanation.blameless) == (True, 2, False, True)
    assert explanation.sentence == (
        "identical up to event 4 of 8; not tested: what comes after event 4: 2 calls were stopped by the time-out of "
        "0.02 s, so the last 2 of 4 were not made"
    )
    assert (len(explanation.rows), len(explanation.labels)) == (8, 8)
    assert report_text(explanation).startswith("identical up to event 4 of 8, where the replay gave up\n")
    again = Replay(endless_calls(4), module, limits=Limits(timeout=0.02))
    again.most_out_of_time = 4
    assert explain(again.run()).passes


def test_a_build_that_loops_for_ever_in_each_call_is_found_before_all_are_made(tmp_path: Path) -> None:
    """It is blamed for the first one, and what was not made is told."""
    then, chain = Guest().returning("f", S32(1)).written(tmp_path, "then.wat"), tmp_path / "c.chain"
    record_actor(then, chain, ["f()"] * 5)
    module = compiled(Guest().body("f", SPIN).written(tmp_path, "now.wat"))
    with open_chain(chain) as opened:
        replay = Replay(Recording.of(opened.load()), module, limits=Limits(timeout=0.5))
        replay.most_out_of_time = 2
        explanation = explain(replay.run())
    assert ([cause.code for cause in explanation.causes], explanation.blameless) == (["C9"], False)
    assert explanation.not_tested[0].startswith("what comes after event 4: 2 calls were stopped by the time-out")


def lasting(folder: Path, name: str, endless: str = "") -> Path:
    """A package whose `f` works for a while, whose `g` and `h` return at once, and one of whose exports never ends."""
    guest = Guest().returning("f", S32(1)).returning("g", S32(1)).returning("h", S32(1))
    count = "(local.set $turns (i64.sub (local.get $turns) (i64.const 1)))"
    count += "(br_if $again (i64.ne (local.get $turns) (i64.const 0)))"
    turns = "(local $turns i64) (local.set $turns (i64.const 2000000000))"
    guest.bodies["f"] = f"{turns} (loop $again {count}) {guest.bodies['f']}"
    if endless:
        guest.bodies[endless] = SPIN
    return guest.written(folder, f"{name}.wat")


@pytest.mark.once
def test_a_recorded_module_that_lacks_time_differs_nowhere(tmp_path: Path) -> None:
    """It was stopped by the replay's own time-out, which is said with the time to give; the endless edit is blamed."""
    then, chain = lasting(tmp_path, "then"), tmp_path / "c.chain"
    record_actor(then, chain, ["g()", "f()"])
    explanation = replay_chain(lasting(tmp_path, "now", "g"), chain, timeout=0.1, recorded_module=then)
    first = explanation.causes[0]
    assert (explanation.control, first.function) == (ControlOutcome.STOPPED, "g")
    assert blame_for(explanation, first) is Blame.BLAMED
    assert first.sentence.endswith("the recorded call took no time: it may never end, else give more --timeout")
    assert "lets its call at event 3 end, which was stopped" in " ".join(explanation.not_tested)


@pytest.mark.once
def test_calls_that_are_stopped_in_other_functions_are_no_one_cause(tmp_path: Path) -> None:
    """What stopped them is the same, and says nothing about why they did not end: each is told and blamed alone."""
    then, chain = lasting(tmp_path, "then"), tmp_path / "c.chain"
    record_actor(then, chain, ["f()", "g()", "h()"])
    explanation = replay_chain(lasting(tmp_path, "now", "h"), chain, timeout=0.1)
    assert [(cause.function, blame_for(explanation, cause)) for cause in explanation.causes] == [
        ("f", Blame.NOT_BLAMED),
        ("h", Blame.BLAMED),
    ]
