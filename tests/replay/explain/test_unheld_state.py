"""Chains that do not hold the state they began with: that is said before anything is blamed."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.files.entries.header import Header
from chainview.chain.schema import Schema
from chainview.chain.table import table_of
from chainview.pack.values import S32, UNIT, String, Tuple
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.guests import ECHO, Guest
from tests.actor.running import INIT, running
from tests.chain.samples import ok
from tests.replay.recorded import compiled


def server(folder: Path, name: str, answer: int = 1) -> Path:
    """An actor whose init leaves what it is given, and whose `f` answers a number."""
    guest = Guest().body(INIT, ECHO).returning("f", ok(Tuple((String("seed"), S32(answer)))))
    return guest.written(folder, name)


def recorded(path: Path, header: Header | None) -> Recording:
    """What it records when it is given a text, with a header that may know less."""
    with running(path) as run:
        run.actor.initialize(ok(Tuple((String("seed"), UNIT))))
        run.actor.call("f", UNIT)
        run.actor.call("f", UNIT)
        return Recording(table_of(run.chain.events), Schema.VALUES, header)


def explained(recording: Recording, path: Path, mode: Mode = Mode.PROBE, control: Path | None = None) -> Explanation:
    """What is said of a replay without a state."""
    replay = Replay(recording, compiled(path), mode).run()
    if control is None:
        return explain(replay)
    return explain(replay, control_experiment(replay, RecordedModules(compiled(control))))


@pytest.mark.parametrize("header", [None, Header(writer="chainview 1")])
@pytest.mark.parametrize("mode", Mode)
def test_an_init_without_its_state_is_not_blamed(tmp_path: Path, header: Header | None, mode: Mode) -> None:
    """Its difference is what the chain does not hold, with the option to give; the other calls are as recorded."""
    path = server(tmp_path, "server.wat")
    recording = recorded(path, header)
    explanation = explained(recording, path, mode)
    [cause] = explanation.causes
    assert (cause.code, cause.call, explanation.blameless) == ("B1b", 1, True)
    assert "give it with --state, or name the actor's manifest" in " ".join(report_text(explanation).split())
    assert "the edit is not to blame" in report_text(explanation)


def test_what_an_edit_changes_elsewhere_is_still_told(tmp_path: Path) -> None:
    """Calls go on from their recorded state, so that another answer is a cause of its own."""
    recording = recorded(server(tmp_path, "then.wat"), None)
    explanation = explained(recording, server(tmp_path, "now.wat", answer=2))
    assert [cause.code for cause in explanation.causes] == ["B1b", "C6"]
    assert not explanation.blameless


def test_the_recorded_module_says_the_same_of_itself(tmp_path: Path) -> None:
    """With the module that made it at hand it is no other cause."""
    path = server(tmp_path, "then.wat")
    explanation = explained(recorded(path, None), path, control=path)
    assert [cause.code for cause in explanation.causes] == ["B1b"]
    assert explanation.causes[0].sentence.startswith("the chain does not hold the state that init was given")


def test_with_its_state_it_is_identical(tmp_path: Path) -> None:
    """Once it is given, nothing is left."""
    path = server(tmp_path, "then.wat")
    replay = Replay(recorded(path, None), compiled(path), initial_state=ok(Tuple((String("seed"), UNIT)))).run()
    assert replay.first_mismatch is None


def test_a_chain_that_names_its_module_began_without_a_state(tmp_path: Path) -> None:
    """A header of our own that holds none says that there was none: the init of the build is to blame."""
    path = server(tmp_path, "then.wat")
    explanation = explained(recorded(path, Header(module_sha256="ab" * 32)), path)
    assert "B1b" not in [cause.code for cause in explanation.causes]


def test_an_init_that_is_as_recorded_without_its_state_is_the_edits(tmp_path: Path) -> None:
    """Where the recorded module makes its recording without the state, nothing hangs on that: the edit is to blame."""
    then, now = (
        Guest().returning(INIT, ok(Tuple((String(text), UNIT)))).returning("f", ok(Tuple((String(text), S32(1)))))
        for text in ("one", "two")
    )
    paths = then.written(tmp_path, "then.wat"), now.written(tmp_path, "now.wat")
    explanation = explained(recorded(paths[0], None), paths[1], control=paths[0])
    assert [(cause.code, cause.call) for cause in explanation.causes][:1] == [("C7", 1)]


def test_a_recorded_module_that_differs_behind_init_leaves_init_to_the_edit(tmp_path: Path) -> None:
    """Where it makes init as recorded, and only later calls otherwise, nothing of init hangs on the state."""
    then, again, now = [
        Guest()
        .returning(INIT, ok(Tuple((String(text), UNIT))))
        .returning("f", ok(Tuple((String(text), S32(answer)))))
        .written(tmp_path, f"{text}{answer}.wat")
        for text, answer in (("one", 1), ("one", 2), ("two", 1))
    ]
    explanation = explained(recorded(then, None), now, control=again)
    assert [(cause.code, cause.call) for cause in explanation.causes][:1] == [("C7", 1)]
