"""Two edits that show in one call are two causes where one of them taken back leaves the other."""

from __future__ import annotations

import itertools
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from chainview.actor.engine import loading
from chainview.actor.engine.binding import baseline_engine
from chainview.actor.engine.loading import LoadedModule
from chainview.pack.values import UNIT, String, Tuple, Value
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.reversal import Reversal
from chainview.replay.run.replay import Replay
from tests.actor.guests import ECHO, Guest
from tests.replay.recorded import compiled, packed, recording_of

HOST = "test:x/host"
LOG = "(drop (call $import0 (local.get $in) (local.get $len) (local.get $out) (local.get $outlen)))"
HELPERS = """
  (func $raise (param $at i32) (param $by i32)
    (i32.store8 (local.get $at) (i32.add (i32.load8_u (local.get $at)) (local.get $by))))
  (func $helper (param $at i32) (call $raise (local.get $at) (i32.const {helper})))
"""
END = "(i32.sub (i32.add (local.get $in) (local.get $len)) (i32.const {back}))"
LAST, BUT_ONE = END.format(back=1), END.format(back=2)
FIRST = "(i32.add (local.get $in) (i32.const 28))"
"""The first letter of a text, behind the bytes that say what it is."""


def guest(folder: Path, name: str, body: str, helper: int, told: str = "") -> Path:
    """A package whose one export does this with a text; `$helper` raises a byte by so many, its source is `told`."""
    made = Guest()
    made.calling("unused", HOST, "log", packed(UNIT))
    del made.bodies["unused"]
    made.extra += HELPERS.format(helper=helper) + (f'(@custom "lines" "{told}")' if told else "")
    return made.body("f", body + ECHO).written(folder, name)


def explained(
    folder: Path,
    then: str,
    now: str,
    *texts: str | Value,
    helpers: tuple[int, int] = (0, 0),
    known: bool = True,
    told: str = "",
) -> Explanation:
    """What is said of a new body and helper, where the recorded module is `known`."""
    base = guest(folder, "base.wat", then, helpers[0], told)
    build = guest(folder, "now.wat", now, helpers[1], told)
    given = [("f", String(text) if isinstance(text, str) else text) for text in texts]
    recording = recording_of(base, *given, answers={(HOST, "log"): [UNIT]})  # type: ignore[arg-type]
    replay = Replay(recording, compiled(build)).run()
    modules = RecordedModules(compiled(base)) if known else "not at hand"
    return explain(replay, control_experiment(replay, modules))


def raised(at: str, by: int) -> str:
    """Code that makes another letter of one of a text."""
    return f"(call $raise {at} (i32.const {by}))"


def places(found: Explanation) -> list[tuple[str, int]]:
    """The causes, each by its code and event."""
    return [(cause.code, cause.event) for cause in found.causes]


def body(log: int, end: int) -> str:
    """A call that logs its text and answers it, changed by so much before each."""
    return f"{raised(LAST, log)}{LOG}{raised(LAST, end)}"


@pytest.mark.parametrize("known", [True, False])
def test_two_edits_in_one_function_are_two_causes(tmp_path: Path, known: bool) -> None:
    """A second edit behind a log that changed is told where both modules are at hand, and else as not tested."""
    found = explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog", known=known)
    assert places(found) == ([("C1", 2), ("C6", 3)] if known else [("C1", 2)])
    assert any("differs earlier in" in doubt for doubt in found.not_tested) is not known


def test_one_edit_behind_a_log_stays_one_cause(tmp_path: Path) -> None:
    """What a log says and what is answered, both of one changed value, is one cause."""
    assert places(explained(tmp_path, body(0, 0), body(5, 0), "1 cat", "2 dog")) == [("C1", 2)]


def test_the_same_change_at_two_places_is_one_edit(tmp_path: Path) -> None:
    """A constant that became another one wherever it is used is one cause."""
    found = explained(tmp_path, body(0, 0), body(4, 4), "1 cat", "2 dog")
    assert places(found) == [("C1", 2)]


def test_an_edit_in_a_helper_and_one_in_its_caller_are_two_causes(tmp_path: Path) -> None:
    """What a changed helper does to a log hides nothing that its caller answers otherwise by itself."""
    helped = f"(call $helper {LAST}){LOG}"
    then, now = helped + raised(LAST, 0), helped + raised(LAST, 2)
    assert places(explained(tmp_path, then, now, "1 cat", "2 dog", helpers=(0, 1))) == [("C1", 2), ("C6", 3)]


def test_a_value_that_only_happens_to_follow_is_a_cause_of_its_own(tmp_path: Path) -> None:
    """Two numbers that become others by the same step do so by two functions: neither follows from the other."""
    helped = f"{LOG}(call $helper {LAST})"
    then, now = raised(BUT_ONE, 0) + helped, raised(BUT_ONE, 1) + helped
    found = explained(tmp_path, then, now, "a 11", "b 33", helpers=(3, 4))
    assert places(found) == [("C1", 2), ("C6", 3)]


def test_two_edits_of_one_text_are_two_causes_at_one_place(tmp_path: Path) -> None:
    """Each is told with what it makes of the text, the second one without what the first one does."""
    then, now = raised(BUT_ONE, 0) + raised(FIRST, 0) + LOG, raised(BUT_ONE, 1) + raised(FIRST, 2) + LOG
    found = explained(tmp_path, then, now, "1 cat 7 ", "2 dog 4 ")
    assert places(found) == [("C1", 2), ("C1", 2)]
    assert {cause.now for cause in found.causes} == {'"3 cat 8 "', found.causes[1].now}
    assert found.causes[1].now in ('"3 cat 7 "', '"1 cat 8 "')
    assert found.causes[1].sentence.endswith("by another change, which shows once the first one is undone")
    assert all(cause.places == 1 or cause is found.causes[0] for cause in found.causes)


@pytest.mark.parametrize(
    ("then", "now"),
    [
        (raised(BUT_ONE, 1) + raised(FIRST, 2), raised(BUT_ONE, 2) + raised(FIRST, 1)),
        (raised(BUT_ONE, 1) + raised(FIRST, 2), raised(FIRST, 1) + raised(BUT_ONE, 2)),
    ],
)
def test_what_changed_places_within_one_text_is_one_cause(tmp_path: Path, then: str, now: str) -> None:
    """Two values that were swapped make two others of one text, by a single change of the code."""
    found = explained(tmp_path, then + LOG, now + LOG, "1 cat 7 ", "2 dog 4 ")
    assert len(found.causes) == 1


def test_what_changed_places_and_another_edit_of_the_same_text_are_two_causes(tmp_path: Path) -> None:
    """Values that were swapped are taken back together, and what is left is the other edit."""
    helped = f"(call $helper (i32.add {FIRST} (i32.const 2))){LOG}"
    then = raised(BUT_ONE, 1) + raised(FIRST, 2) + helped
    now = raised(BUT_ONE, 2) + raised(FIRST, 1) + helped
    found = explained(tmp_path, then, now, "1 cat 7 ", "2 dog 4 ", helpers=(0, 1))
    assert places(found) == [("C1", 2), ("C1", 2)]


def test_a_number_of_a_log_follows_from_no_known_cause_of_another_function(tmp_path: Path) -> None:
    """A cause that calls show at their end makes no log another one that a second function writes."""
    short = "(i32.lt_u (local.get $len) (i32.const 36))"
    then = f"(if {short} (then) (else (call $raise {BUT_ONE} (i32.const 0)) {LOG})) (call $helper {FIRST})"
    found = explained(tmp_path, then, then.replace("0))", "1))"), "4 ", "6 ", "5 and more 5 ", helpers=(3, 4))
    assert [(cause.code, cause.event) for cause in found.causes] == [("C6", 2), ("C1", 6)]


CAT, DOG = ("(i32.add (local.get $in) (i32.const 32))", "(i32.add (local.get $in) (i32.const 51))")
"""The last words of two texts."""


def answered(folder: Path, then: str, now: str, *pairs: tuple[str, str]) -> Explanation:
    """What is said of a call that answers two texts."""
    return explained(folder, then, now, *[Tuple((String(one), String(other))) for one, other in pairs])


def test_two_edits_that_show_in_one_answer_are_two_causes(tmp_path: Path) -> None:
    """Each of them is told with what it makes another one."""
    then, now = raised(CAT, 0) + raised(DOG, 0), raised(CAT, 1) + raised(DOG, 2)
    found = answered(tmp_path, then, now, ("one cat", "two dog"), ("one bee", "two ant"))
    assert [(cause.event, cause.path, cause.places) for cause in found.causes] == [
        (2, "response.0", 2),
        (2, "response.1", 2),
    ]


def test_what_another_edit_makes_of_a_known_answer_is_a_cause_of_its_own(tmp_path: Path) -> None:
    """A cause that calls show from the first on does not take in what a second edit does in a later one."""
    is_ant = f"(i32.eq (i32.load8_u {DOG}) (i32.const 97))"
    then, now = [f"{raised(CAT, one)} (if {is_ant} (then {raised(DOG, two)}))" for one, two in ((0, 0), (1, 2))]
    found = answered(tmp_path, then, now, ("one cat", "two dog"), ("one bee", "two ant"))
    assert [(cause.event, cause.path) for cause in found.causes] == [(2, "response.0"), (4, "response.1")]


def test_one_edit_of_two_answered_values_is_one_cause(tmp_path: Path) -> None:
    """The same change of both is one."""
    then, now = raised(CAT, 0) + raised(DOG, 0), raised(CAT, 1) + raised(DOG, 1)
    found = answered(tmp_path, then, now, ("one cat", "two dog"), ("one bee", "two ant"))
    assert [(cause.event, cause.places) for cause in found.causes] == [(2, 2)]


def test_one_bound_at_two_places_is_one_edit(tmp_path: Path) -> None:
    """A bound that the compiler compares in two ways is one, though each place shows by itself."""
    text = """(if (i32.ge_u (i32.load8_u {last}) (i32.const {0})) (then {up})) {log}
        (if (i32.gt_u (i32.load8_u {first}) (i32.const {1})) (then {upper}))"""
    parts = {"last": BUT_ONE, "first": FIRST, "up": raised(BUT_ONE, 1), "upper": raised(FIRST, 1), "log": LOG}
    then, now = text.format(52, 51, **parts), text.format(54, 53, **parts)
    assert places(explained(tmp_path, then, now, "4 x 4 ", "5 x 5 ")) == [("C1", 2)]


def test_two_edits_of_one_text_that_is_answered_stay_one_cause(tmp_path: Path) -> None:
    """Of one value that two edits change alike nothing tells how many they were."""
    then, now = raised(LAST, 0) + raised(LAST, 0), raised(LAST, 1) + raised(LAST, 2)
    assert places(explained(tmp_path, then, now, "1 cat", "2 dog")) == [("C6", 2)]


def test_a_single_change_is_one_cause_however_it_shows(tmp_path: Path) -> None:
    """Where one number is all that changed in the code, what calls log and what others answer comes of it."""
    short = "(i32.lt_u (local.get $len) (i32.const 36))"
    then = f"(if {short} (then (call $helper {FIRST})) (else (call $helper {BUT_ONE}) {LOG}))"
    found = explained(tmp_path, then, then, "a cat", "and more x ", "a dog", helpers=(0, 1))
    assert [(cause.code, cause.event, cause.places) for cause in found.causes] == [("C6", 2, 3)]


def test_the_bound_of_what_is_tried_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where more edits may stand behind a cause than are taken back, the report says so."""
    monkeypatch.setattr("chainview.replay.explain.reversal.MOST_BUILDS", 0)
    found = explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog")
    assert places(found) == [("C1", 2)]
    assert (
        "whether there are more causes: the changes in the build are too many to try each by itself" in found.not_tested
    )


def test_lines_that_a_module_brings_along_leave_no_less_to_try(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much a module tells of its source, as many builds of its code are tried."""
    monkeypatch.setattr("chainview.replay.explain.reversal._MOST_COMPILED", 1 << 16)
    found = explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog", told="x" * (1 << 16))
    assert places(found) == [("C1", 2), ("C6", 3)]


def test_time_that_others_take_changes_no_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long a busy machine takes for a call, a second edit is told."""
    moments = itertools.count(step=1000)
    clock = SimpleNamespace(monotonic=lambda: next(moments), thread_time=time.thread_time)
    monkeypatch.setattr("chainview.replay.explain.isolation.time", clock)
    assert places(explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog")) == [("C1", 2), ("C6", 3)]


def test_a_call_in_addition_hides_no_other_edit(tmp_path: Path) -> None:
    """What a call would answer that asks more than was recorded is found where it does not ask that."""
    then, now = LOG + raised(LAST, 0), LOG * 2 + raised(LAST, 3)
    assert places(explained(tmp_path, then, now, "1 cat", "2 dog")) == [("C3", 3), ("C6", 3)]


def test_a_call_that_moved_and_another_edit_are_two_causes(tmp_path: Path) -> None:
    """A log that is made later, before something else is answered, is one cause wherever the other one stands."""
    other = f"(if (i32.eq (i32.load8_u {FIRST}) (i32.const 50)) (then {LOG}))"
    moved = f"(if (i32.eq (i32.load8_u {FIRST}) (i32.const 51)) (then {LOG}))"
    found = explained(tmp_path, other + raised(LAST, 0), moved + raised(LAST, 2), "2 cat", "3 dog", "4 ant")
    assert places(found) == [("C4", 2), ("C6", 3)]


class Failing:
    """Makes every call end with this code, and keeps the engines of the modules that made them."""

    def __init__(self, code: Code | None) -> None:
        self.code = code
        self.engines: list[object] = []

    def made_by(self, number: int, loaded: LoadedModule) -> list[Difference] | None:
        self.engines.append(loaded.engine)
        return None if self.code is None else [Difference(self.code, (0,), 0, 0, "f", "f", "")]


@pytest.mark.parametrize("code", [None, *Code])
def test_what_may_hang_on_the_compiler_is_asked_of_the_engine_that_replays(tmp_path: Path, code: Code | None) -> None:
    """Of a build that the fastest compiler made traps, limits and the bits of a NaN are confirmed, and no more is."""
    then, now = [compiled(guest(tmp_path, f"{each}.wat", body(each, 2 * each), 0)) for each in (0, 1)]
    failing = Failing(code)
    found = Reversal(failing, then, now).without(0, 0)
    assert [each.code for each in found or []] == ([] if code is None else [code])
    fast = baseline_engine()
    may_hang = code in (None, Code.FAILURE, Code.LIMIT, Code.OTHER_ENGINE)
    assert failing.engines == [*([] if fast is None else [fast]), *([now.engine] if fast is None or may_hang else [])]
    assert Reversal(Failing(code), then, now, soon=False).without(0, 0) == found


def test_the_fastest_compiler_changes_nothing_that_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two edits in one function are the same two causes where it is not at hand."""
    with_it = explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog")
    monkeypatch.setattr(loading, "baseline_engine", lambda: None)
    assert report_object(explained(tmp_path, body(0, 0), body(1, 3), "1 cat", "2 dog")) == report_object(with_it)


def test_the_only_change_is_taken_back_by_the_recorded_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without what alone differs in the code a build is the recorded one: it makes the call, and none is compiled."""
    then, now = [compiled(guest(tmp_path, f"{each}.wat", body(0, each), 0)) for each in (0, 1)]
    failing = Failing(Code.FAILURE)
    monkeypatch.setattr("chainview.replay.explain.reversal.with_other_code", pytest.fail)
    Reversal(failing, then, now).without(0, 0)
    assert failing.engines == [then.engine]
