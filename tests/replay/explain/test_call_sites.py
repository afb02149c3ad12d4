"""One line of the code that asks for something else is one cause, whatever it asks for each time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.pack.values import UNIT, String, Value
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.text_report import report_text
from chainview.replay.run.replay import Replay
from tests.actor.guests import Guest
from tests.replay.chains import Made, log, recording
from tests.replay.recorded import compiled, packed, recording_of

HOST = "test:x/host"
TELL = "(drop (call $import0 (local.get $in) (local.get $len) (local.get $out) (local.get $outlen)))"
ANSWER = "(i32.store (local.get $outlen) (i32.const 0))"
LAST = "(i32.add (local.get $in) (i32.sub (local.get $len) (i32.const 1)))"
BLUR = f"(i32.store8 {LAST} (i32.xor (i32.load8_u {LAST}) (i32.const 1)))"
RAISE = f"(i32.store8 {LAST} (i32.add (i32.load8_u {LAST}) (i32.const 3)))"
"""Both make another letter of the last one that was given."""
LINES = ("1 cat", "2 dog", "3 bee", "4 ant")


def telling(folder: Path, name: str, bodies: dict[str, str]) -> Path:
    """A package whose exports do this with the text they are given, and return the last answer."""
    guest = Guest()
    guest.calling("unused", HOST, "log", packed(UNIT))
    del guest.bodies["unused"]
    for export, body in bodies.items():
        guest.body(export, body)
    return guest.written(folder, name)


def explained(folder: Path, bodies: dict[str, str], now: dict[str, str], *calls: tuple[str, str]) -> Explanation:
    """What is said of the bodies of now, where those recorded were called with these texts."""
    base, build = telling(folder, "base.wat", bodies), telling(folder, "now.wat", now)
    given: list[tuple[str, Value]] = [(export, String(text)) for export, text in calls]
    recording = recording_of(base, *given, answers={(HOST, "log"): [UNIT]})  # type: ignore[arg-type]
    replay = Replay(recording, compiled(build)).run()
    return explain(replay, control_experiment(replay, RecordedModules(compiled(base))))


LOG = "(call $import0 (local.get $in) (local.get $len) (local.get $out) (local.get $outlen))"


def test_one_call_site_is_one_cause_at_all_its_places_with_both_stacks(tmp_path: Path) -> None:
    """A line that logs another word each time is one cause, and both modules' stacks are at hand."""
    found = explained(tmp_path, {"f": LOG}, {"f": BLUR + LOG}, *[("f", text) for text in LINES])
    assert [(cause.code, cause.event, cause.places) for cause in found.causes] == [("C1", 2, 4)]
    assert found.causes[0].recorded_stack
    assert found.causes[0].now_stack
    assert "places  2, 5, 8, 11" in report_text(found)
    told = json.loads(json.dumps(report_object(found)))["causes"][0]
    assert (told["places"], told["count"]) == ([2, 5, 8, 11], 4)
    assert told["stacks"] == {"recorded": ["0"], "now": ["0"]}


@pytest.mark.parametrize(("other", "expected"), [(RAISE, [(2, 2), (8, 2)]), (BLUR, [(2, 4)])])
def test_two_call_sites_are_two_causes(tmp_path: Path, other: str, expected: list[tuple[int, int]]) -> None:
    """Two changes at two lines of one export, of which each is reached alone, are two; one change of both is one."""
    short = "(i32.lt_u (local.get $len) (i32.const 100))"
    then = f"(if (result i32) {short} (then {LOG}) (else {LOG}))"
    now = f"(if (result i32) {short} (then {BLUR}{LOG}) (else {other}{LOG}))"
    texts = ["1 cat", "2 dog", "3 bee" + " much" * 20, "4 ant" + " more" * 20]
    found = explained(tmp_path, {"f": then}, {"f": now}, *[("f", text) for text in texts])
    assert [(cause.event, cause.places) for cause in found.causes] == expected


@pytest.mark.parametrize("known", [False, True])
def test_a_call_site_counts_without_the_recorded_module_too(tmp_path: Path, known: bool) -> None:
    """The new build's own stack decides, so that no control is needed to see one cause."""
    base = telling(tmp_path, "base.wat", {"f": LOG})
    build = telling(tmp_path, "now.wat", {"f": BLUR + LOG})
    given: list[tuple[str, Value]] = [("f", String(text)) for text in LINES]
    recording = recording_of(base, *given, answers={(HOST, "log"): [UNIT]})  # type: ignore[arg-type]
    replay = Replay(recording, compiled(build)).run()
    modules = RecordedModules(compiled(base)) if known else "not at hand"
    found = explain(replay, control_experiment(replay, modules))
    assert [cause.places for cause in found.causes] == [4]
    assert bool(found.causes[0].recorded_stack) == known


def test_texts_that_look_alike_are_literals_for_programs() -> None:
    """What tells two forms of one text apart stands in the sentence, and `recorded` and `now` stay literals."""
    then, now = recording(Made(steps=[log("gr\u00f6\u00dfe")])), recording(Made(steps=[log("gro\u0308\u00dfe")]))
    (cause,) = json.loads(json.dumps(report_object(diff_recordings(then, now))))["causes"]
    assert (cause["recorded"], cause["now"]) == ('"gr\u00f6\u00dfe"', '"gro\u0308\u00dfe"')
    assert "U+00F6" in cause["sentence"]
