"""Explaining replays of actors whose state is inside the module."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.values import S32, Tuple
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.actor.guests import GET_STATE, INIT, Guest, inner_counter
from tests.actor.running import running
from tests.replay.recorded import compiled


def n(number: int) -> Tuple:
    """The params of a call with a number."""
    return Tuple((S32(number),))


def recorded(guest: Guest, folder: Path, *calls: tuple[str, Tuple], ask_state: bool = True) -> Recording:
    """What an actor records, with the states that it shows."""
    path = guest.written(folder, "recorded.wat")
    with running(path, schema=Schema.LIFECYCLE, ask_state=ask_state) as run:
        run.actor.initialize(None)
        for function, params in calls:
            run.actor.call(function, params)
        run.actor.shut_down()
        table = EventTable()
        for item in run.seen.take(10_000):
            if not isinstance(item, Note):
                table.append(*item)
        return Recording(table, Schema.LIFECYCLE, Header(Schema.LIFECYCLE, module_sha256=run.loaded.file.sha256))


def explained(recording: Recording, guest: Guest, folder: Path) -> tuple[Explanation, Replay]:
    """What is said of a replay by another build."""
    replay = Replay(recording, compiled(guest.written(folder, "now.wat")))
    replay.run()
    return explain(replay), replay


CALLS = [("increment", n(2)), ("increment", n(0)), ("refuse", n(5)), ("increment", n(1))]


def test_states_that_are_shown_alike_are_identical(tmp_path: Path) -> None:
    """The same module shows the same states, and nothing differs."""
    recording = recorded(inner_counter(), tmp_path, *CALLS)
    explanation, replay = explained(recording, inner_counter(), tmp_path)
    assert explanation.verdict is Verdict.IDENTICAL
    assert [replay.now.extras(index).state for index in range(len(replay.now))] == [
        recording.table.extras(index).state for index in range(len(recording))
    ]


def hidden_by_one() -> Guest:
    """The counter with a state of one more, which none of its answers tells."""
    guest = inner_counter()
    shown = guest.bodies[GET_STATE]
    at = shown.partition("(i32.store (local.get $out) (i32.const ")[2].partition(")")[0]
    guest.bodies[GET_STATE] = f"""
    (i32.store (i32.const 40000) (i32.load (i32.const {at})))
    (memory.copy (i32.const 40000) (i32.const {at}) (i32.const 28))
    (i32.store (i32.const 40024) (i32.add (i32.const 1) (i32.load (i32.const 40024))))
    (i32.store (local.get $out) (i32.const 40000))
    (i32.store (local.get $outlen) (i32.const 28))
    (i32.const 0)"""
    return guest


def test_another_state_alone_is_told_with_its_place(tmp_path: Path) -> None:
    """A build that makes the same chain and leaves another state differs where the state does, under its code."""
    recording = recorded(inner_counter(), tmp_path, *CALLS)
    explanation, replay = explained(recording, hidden_by_one(), tmp_path)
    assert replay.chain.head == recording.table.hash(len(recording) - 1)
    assert explanation.verdict is Verdict.DIVERGED
    first = explanation.causes[0]
    assert (first.code, first.event, first.function, first.path) == (Code.OTHER_STATE, 2, INIT, "state")
    assert (first.recorded, first.now) == ("0s32", "1s32")
    assert len(explanation.causes) == 1
    assert explanation.consequences.state > 0


def test_a_call_that_changes_the_state_otherwise_is_the_cause(tmp_path: Path) -> None:
    """What later calls do with the other state only follows, and no call is made alone to prove it: that is told."""
    recording = recorded(inner_counter(), tmp_path, *CALLS)
    explanation, _ = explained(recording, inner_counter(step=1), tmp_path)
    (cause,) = explanation.causes
    assert (cause.code, cause.event) == (Code.OTHER_RESPONSE, 6)
    assert [leaf.path for leaf in cause.leaves] == ["response", "state"]
    assert any("its state is inside the module" in doubt for doubt in explanation.not_tested)


def test_a_refusal_that_leaves_another_state_differs_in_the_state(tmp_path: Path) -> None:
    """A call that fails alike on both sides and leaves something else behind is no other error."""
    calls = [("refuse", n(5)), ("increment", n(1))]
    recording = recorded(inner_counter(), tmp_path, *calls)
    explanation, _ = explained(recording, inner_counter(step=1), tmp_path)
    assert explanation.causes[0].code is Code.OTHER_STATE
    assert explanation.causes[0].function == "refuse"


def test_a_chain_without_states_is_filled_in_by_its_replay(tmp_path: Path) -> None:
    """Where nobody asked, the replay does, and nothing is said to differ because of it."""
    recording = recorded(inner_counter(), tmp_path, *CALLS, ask_state=False)
    explanation, replay = explained(recording, inner_counter(), tmp_path)
    assert explanation.verdict is Verdict.IDENTICAL
    assert not recording.table.shown
    assert replay.now.shown


def test_going_on_after_an_unanswered_call_leaves_it_out_and_tells_the_price(tmp_path: Path) -> None:
    """The calls after it are made as if it had not been, follow from it, and what that leaves untested is told."""
    asking = inner_counter()
    asking.bodies["increment"] = asking.bodies["ask"]
    other = inner_counter()
    recording = recorded(other, tmp_path, ("refuse", n(3)), ("increment", n(2)), ("refuse", n(1)), ("refuse", n(1)))
    explanation, replay = explained(recording, asking, tmp_path)
    assert [ask.function for ask in replay.asks] == ["ask"]
    assert [cause.code for cause in explanation.causes] == [Code.UNANSWERABLE]
    assert any(doubt.startswith("what later calls do after #6") for doubt in explanation.not_tested)


def test_without_a_state_that_is_shown_later_differences_are_not_blamed(tmp_path: Path) -> None:
    """A module that shows no state may be in another one after a difference, so what differs later may follow."""
    calls = [("increment", n(2)), ("increment", n(3)), ("increment", n(4))]
    recording = recorded(inner_counter(get_state=False), tmp_path, *calls)
    explanation, _ = explained(recording, inner_counter(get_state=False, step=1), tmp_path)
    assert len(explanation.causes) == 1
    assert any("not both modules show it" in doubt for doubt in explanation.not_tested)
    assert any("began with another state than recorded" in doubt for doubt in explanation.not_tested)
