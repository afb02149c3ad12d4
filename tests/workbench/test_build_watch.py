"""New builds of a running actor."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from chainview.actor.engine.loading import read_module
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.event import MODULE_EVENT, Kind
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import S32, U32, UNIT, Result, String, Tuple, Value, types
from chainview.replay.differences.codes import Code
from chainview.replay.explain.control import recorded_modules
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import append_rule, read_rules, remove_rule, rules_file
from chainview.replay.run.build_notes import BuildState
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.workbench.build import Build
from chainview.workbench.build_watch import BuildWatch
from chainview.workbench.replay_thread import explained
from tests.actor.declared_states import actor as declaring
from tests.actor.declared_states import box, state_type
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.commands.running import SAMPLES
from tests.waiting import eventually

LOG = ("theater:simple/runtime", "log")
PRICING = SAMPLES / "pricing"
CHANGED_LOG = Rule(Code("C1"), "theater:simple/runtime.log")


def ok(*items: S32 | Tuple) -> bytes:
    """What an export of an actor returns, packed."""
    return encode(Result(types.STRING, types.STRING, True, Tuple(items)))


def actor(message: str, extra: str = "") -> str:
    """An actor whose `f` logs a message; `extra` changes the module and not what it does."""
    guest = Guest().ignoring("f", *LOG, encode(String(message)), ok(S32(1), UNIT))
    guest.constant(INIT, ok(S32(1), UNIT))
    guest.extra += extra
    return guest.text


@contextmanager
def watching(
    folder: Path, module: str | Path = "", calls: tuple[str, ...] = ("f()", "f()")
) -> Iterator[tuple[Path, Session, BuildWatch, list[Build]]]:
    """A session that has made some calls, by default `f` twice, with its module watched."""
    path = folder / "a.wasm"
    builds: list[Build] = []
    if isinstance(module, Path):
        shutil.copy(module, path)
    else:
        path.write_text(actor("hello"))
    options = Options(find_target(str(path)), output=folder / "s.chain", calls=calls, stub=isinstance(module, Path))
    session = Session(options)
    session.start()
    assert session.wait_quiet(20)
    watch = BuildWatch(session, read_module(path).sha256, builds.append)
    watch.start()
    time.sleep(0.3)
    try:
        yield path, session, watch, builds
    finally:
        watch.close()
        session.close()


def notes(folder: Path) -> list[dict[str, object]]:
    """The notes in the session's chain file."""
    return [entry.data for entry in read_entries((folder / "s.chain").read_bytes()) if isinstance(entry, Note)]


def test_an_identical_build_is_taken(tmp_path: Path) -> None:
    """A build that replays every event equal goes on with the session, and the chain file notes it."""
    with watching(tmp_path) as (path, session, watch, builds):
        path.write_text(actor("hello", "(func)"))
        eventually(lambda: watch.build.state is BuildState.IDENTICAL)
        assert watch.build.text == "build 2: identical, 8 of 8 events"
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        assert [build.state for build in builds] == [BuildState.CHECKING, BuildState.IDENTICAL]
    assert [note["text"] for note in notes(tmp_path)] == ["build 2: identical, 8 of 8 events"]


def test_the_first_mismatch_is_told_before_its_cause(tmp_path: Path) -> None:
    """Which event differs first is said as soon as it is reached, and nobody waits for the whole explanation."""
    with watching(tmp_path) as (path, _, _, builds):
        path.write_text(actor("goodbye"))
        eventually(lambda: bool(builds) and builds[-1].state is BuildState.DIVERGED)
    told = [build.text for build in builds if build.state is BuildState.CHECKING]
    assert told[-1] == "build 2: differs at event 4; its cause is being looked for"


@pytest.mark.once
def test_a_build_is_checked_up_to_inside_the_running_call(tmp_path: Path) -> None:
    """While a call runs it is identical so far, and says what it waits for; it is taken once the call has ended."""
    counts = "(i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))"
    loop = f"(loop $again {counts} (br $again)) (i32.const 0)"
    spin = f'(func (export "spin") (param i32 i32 i32 i32) (result i32) {loop})'
    (tmp_path / "spinning.wasm").write_text(actor("hello", spin))
    with watching(tmp_path, tmp_path / "spinning.wasm") as (path, session, watch, _):
        session.call("spin()")
        eventually(lambda: session.status().function == "spin")
        path.write_text(actor("hello", f"{spin} (func)"))
        eventually(lambda: watch.build.text == "build 2: identical so far; waits for the running call to end")
        eventually(session.interrupt)
        eventually(lambda: watch.build.state is BuildState.IDENTICAL)


def test_a_build_that_differs_waits_for_the_person(tmp_path: Path) -> None:
    """The running build goes on until the other one is taken; then its behaviour is what is recorded."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        assert watch.build.text.startswith("build 2: differs at event 4 of 8: ")
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        session.call("f()")
        eventually(lambda: session.status().calls == 5)
    told = sum([str(each).count("hello") for each in notes(tmp_path)])
    assert (tmp_path / "s.chain").read_bytes().count(b"hello") - told == 3
    assert watch.build.text.startswith("build 2: runs, as you chose: differs at event 4 of 11: ")


def test_what_was_taken_is_accepted_from_the_next_build_that_does_it(tmp_path: Path) -> None:
    """Taking a build adds rules beside the chain; a build that differs in nothing else goes on by itself."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        [rule] = read_rules(rules_file(tmp_path / "s.chain"))
        assert (rule.code, rule.function, rule.path) == ("C1", "theater:simple/runtime.log", "input")
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        path.write_text(actor("goodbye", "(func)"))
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
        assert watch.build.text == "build 3: differs only in what was accepted, 1 cause"


def test_what_no_build_makes_as_recorded_is_no_builds_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A build goes on by itself, from the state of the running one, when that does not make the difference either."""
    with watching(tmp_path) as (path, session, watch, _):
        chain, loaded = session.chain, session.loaded
        assert loaded is not None
        chain.append(MODULE_EVENT, encode_call(chain.schema, "f", Tuple(())))
        chain.append("/".join(LOG), encode_host_call(*LOG, String("never said"), UNIT))
        chain.append(MODULE_EVENT, encode_result(chain.schema, "f", S32(1), UNIT))
        session.adopt(loaded, S32(5))
        states: list[Value] = []
        monkeypatch.setattr(session, "adopt", lambda loaded, state: states.append(state))
        path.write_text(actor("hello", "(func)"))
        eventually(lambda: bool(states))
        assert watch.build.text == "build 2: identical, but for event 10, which no build makes as recorded"
        assert states == [S32(5)]
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)


def test_a_difference_that_is_accepted_while_a_build_waits_lets_it_go_on(tmp_path: Path) -> None:
    """Judged again, a build whose differences a rule accepts by now is taken; one that was left out too."""
    with watching(tmp_path) as (path, _, watch, builds):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        watch.keep()
        assert watch.build.text == "build 2: left out, build 1 goes on"
        watch.judge_again()
        eventually(lambda: builds[-1].state is BuildState.DIVERGED)
        append_rule(rules_file(tmp_path / "s.chain"), CHANGED_LOG)
        watch.judge_again()
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
    assert [note["state"] for note in notes(tmp_path)] == ["diverged", "kept out", "diverged", "accepted"]


def test_a_build_that_runs_is_told_when_it_is_accepted_no_longer(tmp_path: Path) -> None:
    """It runs on, from where it was told once; accepted again, by a rule or by a person, it is so again."""
    rules = rules_file(tmp_path / "s.chain")
    append_rule(rules, CHANGED_LOG)
    with watching(tmp_path) as (path, session, watch, builds):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
        remove_rule(rules, 1)
        watch.judge_again()
        eventually(lambda: watch.build.state is BuildState.WITHDRAWN)
        assert watch.build.text.startswith("build 2: still runs, but no rule accepts it any more, differs at 4: ")
        assert watch.build.causes
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        append_rule(rules, CHANGED_LOG)
        watch.judge_again()
        eventually(lambda: watch.build.state is BuildState.ACCEPTED)
        remove_rule(rules, 1)
        watch.judge_again()
        eventually(lambda: watch.build.state is BuildState.WITHDRAWN)
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        assert len(read_rules(rules)) == 1
        rules.write_text("not toml")
        watch.judge_again()
        eventually(lambda: "can't be told" in builds[-1].message)
        session.call("f()")
        eventually(lambda: session.status().calls == 5)
    assert [bool(note["sha256"]) for note in notes(tmp_path)] == [True, *[False] * (len(notes(tmp_path)) - 1)]


def test_a_build_of_the_bytes_of_an_earlier_one_says_so(tmp_path: Path) -> None:
    """Which one it is again stands with its number, whatever becomes of it."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        assert watch.build.name == "build 2"
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        path.write_text(actor("hello"))
        eventually(lambda: watch.build.number == 3 and watch.build.state is BuildState.DIVERGED)
        assert watch.build.text.startswith("build 3 is build 1 again: differs at event ")
        assert watch.build.forms[-1].startswith("build 3 is build 1 again: ")


def test_rules_that_accept_only_some_differences_do_not_let_a_build_go_on(tmp_path: Path) -> None:
    """The whole chain is judged before a build goes on: a later difference that no rule accepts keeps it waiting."""
    append_rule(rules_file(tmp_path / "s.chain"), CHANGED_LOG)
    with watching(tmp_path) as (path, _, watch, _):
        other = Guest().ignoring("f", *LOG, encode(String("goodbye")), ok(S32(2), UNIT))
        path.write_text(other.constant(INIT, ok(S32(1), UNIT)).text)
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        assert watch.build.text.startswith("build 2: differs at event 5 of 8: ")


def test_rules_that_can_not_be_read_are_said_so(tmp_path: Path) -> None:
    """A build is not judged by rules that are no rules; the running one goes on."""
    with watching(tmp_path) as (path, _, watch, _):
        rules_file(tmp_path / "s.chain").write_text("accept everything")
        path.write_text(actor("goodbye"))
        eventually(lambda: watch.build.state is BuildState.BROKEN)
        assert "s.chain.accept.toml" in watch.build.message


@pytest.mark.once
def test_a_session_goes_on_from_the_state_that_the_replay_reached(tmp_path: Path) -> None:
    """A taken build that keeps another state has it from the beginning, as if it had run all the time, and says so.

    The chain then still replays: with the builds that made it as a whole, and with each of them to where it was made.
    """
    lines = (PRICING / "workloads" / "short.calls").read_text().splitlines()
    calls = tuple(line for line in lines if line and not line.startswith("#"))
    with watching(tmp_path, PRICING / "pricing.wasm", calls) as (path, session, watch, _):
        shutil.copy(PRICING / "faults" / "state-only.wasm", path)
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        made = session.status().calls
        session.call("totals()")
        eventually(lambda: session.status().calls == made + 1)
        base, fault = session.loaded, watch.newest
    assert base is not None
    assert fault is not None
    with open_chain(tmp_path / "s.chain") as opened:
        assert verify(opened).sound
        recording = Recording.of(opened)
        [build] = recording.builds
        assert build.sha256 == fault.file.sha256
        assert "ADA" in str(build.state)
        last = len(recording.starts) - 1
        assert recording.state_before(last) == build.state
        modules = recorded_modules(recording, [base, fault])
        assert not isinstance(modules, str)
        whole = Replay(recording, modules.first, later=modules.later).run()
        assert whole.first_mismatch is None
        differing = Replay(recording, fault).run()
        explanation, control = explained(differing, [])
        assert (explanation.verdict, control.outcome) == ("diverged", "passed")
        assert [cause.code for cause in explanation.causes] == ["C7"]


def test_a_build_whose_state_has_another_type_carries_it_on(tmp_path: Path) -> None:
    """It says that it can go on from no recorded state; taken, it goes on from the one that its own replay left."""
    unit, narrow, wide = TypeDesc("tuple"), {"a": TypeDesc("u32")}, {"a": TypeDesc("u32"), "b": TypeDesc("u32")}
    one, two = box(a=U32(1)), box(a=U32(1), b=U32(0))
    then = declaring(state_type(**narrow), {INIT: (one, UNIT), "x.f": (one, UNIT)}, unit).written(tmp_path, "then.wat")
    now = declaring(state_type(**wide), {INIT: (two, UNIT), "x.f": (two, UNIT)}, unit)
    with watching(tmp_path, then) as (path, session, watch, _):
        path.write_text(now.text)
        eventually(lambda: watch.build.state is BuildState.DIVERGED)
        assert watch.build.other_state
        assert "Box has a new field b: u32" in watch.build.text
        watch.take()
        eventually(lambda: watch.build.state is BuildState.TAKEN)
        eventually(lambda: session.state == two)
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
    with open_chain(tmp_path / "s.chain") as opened:
        assert Kind.ERROR not in opened.load().table.kinds


def test_a_broken_build_keeps_the_running_one(tmp_path: Path) -> None:
    """A build that does not load, or needs what nobody provides, is told with the reason and changes nothing."""
    with watching(tmp_path) as (path, session, watch, _):
        path.write_text("(module")
        eventually(lambda: watch.build.state is BuildState.BROKEN)
        assert watch.build.text.startswith("build 2: can't be used, build 1 goes on: ")
        path.write_text(Guest().calling("f", "math", "double", b"").text)
        eventually(lambda: watch.build.number == 3 and watch.build.state is BuildState.BROKEN)
        assert "math.double" in watch.build.message
        session.call("f()")
        eventually(lambda: session.status().calls == 4)


@pytest.mark.once
def test_the_check_of_a_build_is_stopped(tmp_path: Path) -> None:
    """One whose call loops is left out at once, the chain says why, and the next build is checked as ever."""
    with watching(tmp_path) as (path, session, watch, builds):
        assert not watch.stop()
        path.write_text(_looping())
        eventually(lambda: watch.build.state is BuildState.CHECKING)
        eventually(lambda: not watch.stop() and watch.build.state is BuildState.STOPPED)
        assert watch.build.text == "build 2: its check was stopped by the user, build 1 goes on"
        assert not watch.stop()
        path.write_text(actor("hello", "(func)"))
        eventually(lambda: watch.build.state is BuildState.IDENTICAL)
        session.call("f()")
        eventually(lambda: session.status().calls == 4)
        assert builds[-1].number == 3
    assert [note["state"] for note in notes(tmp_path)] == ["stopped", "identical"]


def _looping() -> str:
    """The actor with an `f` that never ends."""
    guest = Guest()
    guest.constant(INIT, ok(S32(1), UNIT))
    counts = "(i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))"
    loop = f"(loop $again {counts} (br $again)) (i32.const 0)"
    guest.extra += f'(func (export "f") (param i32 i32 i32 i32) (result i32) {loop})'
    return guest.text


def test_the_newest_of_rapid_builds_wins(tmp_path: Path) -> None:
    """After a burst of saves the verdict is about the last one."""
    with watching(tmp_path) as (path, _, watch, _):
        for number in range(8):
            path.write_text(actor("hello", f"(func (result i32) (i32.const {number}))"))
            time.sleep(0.03)
        last = read_module(path).sha256
        eventually(lambda: watch.build.sha256 == last and watch.build.state is BuildState.IDENTICAL)


def test_closing_ends_the_watch(tmp_path: Path) -> None:
    """Once it is closed, no thread looks at the module any more."""
    before = set(threading.enumerate())
    with watching(tmp_path) as (_, _, watch, _):
        [looking] = [each for each in set(threading.enumerate()) - before if each.name == "module watch"]
        watch.close()
        eventually(lambda: not looking.is_alive())
