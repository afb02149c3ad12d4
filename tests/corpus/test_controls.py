"""The control experiment on recordings that their own module does not make again: no build is blamed for those."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from chainview.chain.files.entries.entry import End
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header
from chainview.replay.align.history import NONE
from chainview.replay.explain.control import Control as Outcome
from chainview.replay.explain.control import RecordedModules, control_experiment, recorded_modules
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from chainview.replay.run.replay import Replay
from tests.commands.running import chainview, sample
from tests.corpus.controls import CALLS, KINDS, LIMITS, Control, controls, pricing
from tests.corpus.faults import FOLDER, recording
from tests.corpus.recorder import Recorder
from tests.replay.recorded import compiled

pytestmark = pytest.mark.once

GUILTY = ("early", "late")


@dataclass(frozen=True, slots=True)
class Judged:
    """What is said of a build on a recording, and how the recorded modules fared."""

    case: Control
    kind: str
    explanation: Explanation
    control: Outcome | None

    @property
    def found(self) -> list[tuple[int, str]]:
        """The event and the code of each cause."""
        return [(each.event, each.code) for each in self.explanation.causes]

    @property
    def place(self) -> bool:
        """Whether the first mismatch is the right event, or there is none where none is due."""
        first = self.explanation.first_mismatch
        return [first.event if first else 0] == [place for place, _ in self.case.causes(self.kind)[:1] or [(0, ())]]

    @property
    def classes(self) -> bool:
        """Whether every cause that must be found is there and named rightly."""
        return all(any((place, code) in self.found for code in codes) for place, codes in self.case.causes(self.kind))

    @property
    def count(self) -> bool:
        """Whether nothing else is told as a cause."""
        return len(self.found) == len(self.case.causes(self.kind))

    @property
    def labelled(self) -> bool:
        """Whether every row after the first mismatch is a cause or a consequence, and the counts add up."""
        labels = [Label(label) for label in self.explanation.labels]
        after = labels[next((row for row, label in enumerate(labels) if label is not Label.SAME), len(labels)) :]
        follow = sum(label is not Label.CAUSE for label in after)
        rows = self.explanation.rows
        gaps = [row for row in range(len(rows)) if NONE in (rows.recorded[row], rows.now[row])]
        marked = all(labels[row] in (Label.CAUSE, Label.VALUE, Label.STATE) for row in gaps)
        return Label.SAME not in after and follow == self.explanation.consequences.total and marked

    @property
    def blameless(self) -> bool:
        """Whether the edit is blamed for nothing but what it did: each cause C is one that must be found."""
        due = {(place, code) for place, codes in self.case.causes(self.kind) for code in codes}
        return all(code[0] != "C" or (place, code) in due for place, code in self.found)

    @property
    def caught(self) -> bool:
        """Whether what a guilty build did is told at all."""
        return all(
            (place, code) in self.found
            for place, codes in self.case.causes(self.kind)
            for code in codes
            if code == "C1"
        )


def judged(case: Control, kind: str) -> Judged:
    """What the product says of a build of that kind on a recording."""
    build = case.build(kind)
    replay = Replay(case.recording, build, limits=case.limits).run()
    if replay.first_mismatch is None:
        return Judged(case, kind, explain(replay), None)
    modules = recorded_modules(case.recording, [*case.made_by, build], limits=case.limits)
    control = control_experiment(replay, modules)
    return Judged(case, kind, explain(replay, control), control)


@cache
def outcomes() -> tuple[Judged, ...]:
    """Every kind of build on every recording."""
    return tuple([judged(case, kind) for case in controls() for kind in KINDS])


def table() -> str:
    """The columns for people, a line a build on a recording."""
    lines = [f"{'recording':<22}{'now':<10}{'must be found':<16}{'found':<16}place class one label blameless caught"]
    for each in outcomes():
        due = " ".join([f"{codes[0]}@{place}" for place, codes in each.case.causes(each.kind)]) or "identical"
        found = " ".join([f"{code}@{place}" for place, code in each.found]) or each.explanation.verdict
        right = (each.place, each.classes, each.count, each.labelled, each.blameless, each.caught)
        marks = "  ".join([f"{'ok' if mark else 'NO':<4}" for mark in right])
        lines.append(f"{each.case.name:<22}{each.kind:<10}{due:<16}{found:<16}{marks}".rstrip())
    return "\n".join(lines)


def wrong(kinds: tuple[str, ...], *names: str) -> list[str]:
    """The builds of these kinds for which one of the named columns is not right."""
    return [
        f"{each.case.name}, {each.kind}: must be found {each.case.causes(each.kind)}, found {each.found}"
        for each in outcomes()
        if each.kind in kinds and not all(getattr(each, name) for name in names)
    ]


def test_no_build_is_blamed_for_what_the_recording_itself_is_to_blame_for() -> None:
    """False blame is 0: what the recorded modules do not make again either is never put on the edit."""
    print("\n" + table())
    assert wrong(KINDS, "blameless") == []


def test_an_innocent_build_is_told_where_and_why_the_recording_can_not_be_made_again() -> None:
    """The recorded module and one that does the same find the same place, the same class, and nothing else."""
    assert wrong(KINDS[:2], "place", "classes", "count") == []


def test_a_guilty_build_is_not_acquitted_by_a_recording_that_can_not_be_made_again() -> None:
    """What the edit does differently is told beside what is not its fault, each in its place."""
    assert wrong(GUILTY, "place", "classes", "count", "caught") == []


def test_whatever_differs_is_labelled() -> None:
    """Every row after the first mismatch has a label that fits it."""
    assert wrong(KINDS, "labelled") == []


def test_the_control_is_what_the_recording_allows() -> None:
    """It passes where the modules that made a recording make it again, and says the same of each build."""
    found = [(each, each.control.outcome) for each in outcomes() if each.control is not None]
    wrong = [(each.case.name, each.kind) for each, said in found if (said == "passed") != each.case.reproducible]
    assert wrong == []


def test_none_of_these_recordings_is_random() -> None:
    """A closed replay leaves nothing to chance: the two tries part from a recording at one place."""
    tried = [each.control.places for each in outcomes() if each.control and each.control.outcome == "diverged"]
    assert tried
    assert [places for places in tried if len(places) != 2 or len(set(places)) != 1] == []


@pytest.mark.parametrize(("fault", "event", "code"), [("", 0, ""), ("other-result", 40, "C6")])
def test_a_build_may_make_more_of_a_recording_than_its_own_module(fault: str, event: int, code: str) -> None:
    """A build without the hidden state makes what its predecessor does not; a fault in it stands where it is."""
    case = next(each for each in controls() if each.name == "hidden, restarted")
    replay = Replay(case.recording, pricing(fault), limits=LIMITS).run()
    if not fault:
        assert replay.first_mismatch is None
        return
    explanation = explain(replay, control_experiment(replay, RecordedModules(case.made_by[0])))
    assert (explanation.causes[0].event, explanation.causes[0].code) == (event, code)


@pytest.mark.parametrize(("made_by", "now"), [("pricing", "counter"), ("counter", "pricing"), ("counter", "pulse")])
def test_a_recording_of_another_actor_is_told_as_that(made_by: str, now: str) -> None:
    """A wrong pairing is A3, the only cause, with the control passed: the build is not said to behave differently."""
    calls = {"pricing": CALLS, "counter": ["increment(5s32)"]}
    module = pricing() if made_by == "pricing" else compiled(Path(sample(made_by)))
    run = Recorder(module, LIMITS)
    run.call(*calls[made_by])
    replay = Replay(
        run.recording(), pricing() if now == "pricing" else compiled(Path(sample(now))), limits=LIMITS
    ).run()
    explanation = explain(replay, control_experiment(replay, RecordedModules(module)))
    assert [each.code for each in explanation.causes] == ["A3"]
    assert explanation.control == "passed"


@pytest.mark.parametrize("build", ["pricing.wasm", "faults/refactored.wasm", "faults/changed-argument.wasm"])
@pytest.mark.parametrize("damage", ["flipped", "reordered"])
def test_a_damaged_recording_is_told_whatever_build_is_replayed(tmp_path: Path, damage: str, build: str) -> None:
    """A recording whose hashes do not hold is replayed as far as they do: A1 tells the damaged event."""
    source = recording("short")
    events = [source.table.event(index) for index in range(len(source))]
    if damage == "flipped":
        events[9] = replace(events[9], payload=events[9].payload[:-1] + bytes([events[9].payload[-1] ^ 1]))
    else:
        events[9], events[10] = events[10], events[9]
    assert source.header is not None
    end = pack_end(End(len(events), events[-1].hash))
    data = b"".join([pack_header(source.header), *map(pack_event, events), end])
    (tmp_path / "damaged.chain").write_bytes(data)
    done = chainview(tmp_path, "replay", str(FOLDER / build), "damaged.chain", "--text")
    assert done.code == 1
    assert done.out.startswith(f"identical up to event 9 of {len(events)}, where the recording is damaged")
    assert "A1 damaged recording" in done.out
    assert "event 10" in done.out
