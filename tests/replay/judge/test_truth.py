"""What is said of faults that nobody prepared: one cause for one fault, two for two, and no sentence that is not so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.limits import Limits
from chainview.chain.files.entries.header import Header
from chainview.pack.values import (
    F64,
    S64,
    U16,
    U32,
    U64,
    UNIT,
    Record,
    Result,
    String,
    Tuple,
    Value,
    bytes_value,
    list_value,
    types,
)
from chainview.replay.changes.leaves import leaves
from chainview.replay.changes.shape import reshaped
from chainview.replay.differences.codes import Code
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.text_report import WIDTH, report_text
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.guests import TRAP, Guest
from tests.actor.running import INIT
from tests.replay.chains import Made, Step, log, recording
from tests.replay.recorded import compiled, packed, recording_of

HOST = "test:x/host"
LIMITS = Limits(timeout=1.0)


def diffed(then: list[Made], now: list[Made]) -> Explanation:
    """Two hand-made chains compared."""
    return diff_recordings(recording(*then), recording(*now))


def codes(explanation: Explanation) -> list[tuple[str, int, int]]:
    """The causes as code, event and places."""
    return [(each.code, each.event, each.places) for each in explanation.causes]


def replayed(recorded: Recording, path: Path, mode: Mode = Mode.PROBE) -> Explanation:
    """What is said of a build."""
    return explain(Replay(recorded, compiled(path), mode, LIMITS).run())


def asking(guest: Guest, name: str, *asks: tuple[str, Value], end: str = "") -> Guest:
    """Adds an export that makes these host calls, then returns the last answer or does what `end` says."""
    for index, (function, input) in enumerate(asks):
        guest.calling(f"part{index}", HOST, function, packed(input))
    body = "(drop)".join([guest.bodies.pop(f"part{index}") for index in range(len(asks))])
    return guest.body(name, f"{body} (drop) {end}" if end else body)


def kept(**fields: Value) -> Value:
    """What an export returns to leave a state of these fields."""
    return Result(types.STRING, types.STRING, True, Tuple((Record("state", tuple(fields.items())), UNIT)))


def test_a_state_of_another_type_is_one_cause_whatever_export_leaves_it(tmp_path: Path) -> None:
    """All exports share the state, so a new field of it is one edit, told once; another value behind it is a second."""
    then, plain, faulty = Guest(), Guest(), Guest()
    for name in (INIT, "f", "g"):
        then.returning(name, kept(a=U32(1)))
        plain.returning(name, kept(a=U32(1), b=U32(2)))
        faulty.returning(name, kept(a=U32(5 if name == "g" else 1), b=U32(2)))
    recorded = recording_of(then.written(tmp_path, "then.wat"), ("f", UNIT), ("g", UNIT), ("f", UNIT))
    recorded.header = Header(module_sha256="ab" * 32)
    assert codes(replayed(recorded, plain.written(tmp_path, "plain.wat"))) == [("C7a", 2, 1)]
    explanation = replayed(recorded, faulty.written(tmp_path, "faulty.wat"))
    assert codes(explanation) == [("C7a", 2, 1), ("C7", 6, 1)]
    assert explanation.causes[1].path == "state.a"


@pytest.mark.parametrize(
    ("one", "other", "shaped"),
    [
        (U32(7), U64(7), True),
        (U32(7), U64(8), False),
        (Record("a", (("x", U32(1)),)), Tuple((U32(1),)), True),
        (Record("a", (("x", U32(1)),)), Record("a", (("y", U32(1)),)), True),
        (Record("a", (("x", U32(1)),)), Record("a", (("x", U32(2)),)), False),
        (list_value(types.U32, [U32(1)]), list_value(types.U32, []), False),
        (String("7"), U32(7), True),
        (F64.of(1.0), U32(1), True),
        (F64.of(1.5), U32(1), False),
        (list_value(types.U16, []), String(""), False),
        (list_value(types.U16, [U16(7)]), U32(7), True),
    ],
)
def test_a_shape_is_another_only_where_the_same_is_said(one: Value, other: Value, shaped: bool) -> None:
    """Another type that says the same is a shape; another value, and an item more or less, is none."""
    assert bool(reshaped(leaves("input", one, other))) is shaped


def test_a_text_made_from_other_data_is_one_cause() -> None:
    """An edit that puts a length in the place of a text changes each line in another way, and is one edit."""
    lines = [("#6 bob: hello", "#6 bob: 5 letters"), ("#7 anna: good morning", "#7 anna: 12 letters")]
    explanation = diffed([Made(steps=[log(one)]) for one, _ in lines], [Made(steps=[log(other)]) for _, other in lines])
    assert codes(explanation) == [("C1", 2, 2)]


def test_a_word_without_its_blank_is_followed_into_other_texts() -> None:
    """A name that lost the blank behind it is one edit wherever the name stands."""
    explanation = diffed(
        [Made(steps=[Step("put", String("user:Zoe ")), log("Zoe  joined")])],
        [Made(steps=[Step("put", String("user:Zoe")), log("Zoe joined")])],
    )
    assert codes(explanation) == [("C1b", 2, 1)]
    assert "says    only the white space differs" in report_text(explanation)


def test_a_form_that_a_loop_gives_its_lines_is_one_cause_at_each_of_them() -> None:
    """Another blank in each line of one call is a place of the cause, not an effect of the line before."""
    lines = [("tea x2 = 9.00", "tea x2 =  9.00"), ("cake x1 = 3.25", "cake x1 =  3.25")]
    explanation = diffed([Made(steps=[log(one) for one, _ in lines])], [Made(steps=[log(now) for _, now in lines])])
    assert codes(explanation) == [("C1b", 2, 2)]
    assert "with effect" not in report_text(explanation)
    assert explanation.sentence.endswith("; also at event 3")


def test_two_lines_that_are_missing_in_two_exports_are_two_faults() -> None:
    """Lines that begin in the same way were made by one helper; others were not."""
    then = [Made("f", steps=[log("opened"), log("x")]), Made("g", steps=[log("closed"), log("y")])]
    now = [Made("f", steps=[log("x")]), Made("g", steps=[log("y")])]
    assert codes(diffed(then, now)) == [("C4", 2, 1), ("C4", 6, 1)]
    then[1] = Made("g", steps=[log("opened"), log("y")])
    assert codes(diffed(then, now)) == [("C4", 2, 2)]


def test_a_call_that_another_export_makes_now_is_one_fault() -> None:
    """Missing in one export and extra in another: moved, and told where to."""
    flush = Step("put", String("flushed"))
    explanation = diffed(
        [Made("f", steps=[log("a")]), Made("g", steps=[flush, log("b")])],
        [Made("f", steps=[log("a"), flush]), Made("g", steps=[log("b")])],
    )
    assert codes(explanation) == [("C3", 3, 2)]
    assert "no longer called in g" in explanation.sentence


@given(st.permutations([Step("put", String(f"key {number}"), U32(number)) for number in range(7)]))
def test_any_other_order_of_the_same_calls_is_an_order_and_nothing_else(steps: list[Step]) -> None:
    """Host calls in another order are one C2, never changed arguments, also where the answers differ too."""
    then = [Step("put", String(f"key {number}"), U32(number)) for number in range(7)]
    explanation = diffed([Made(steps=then)], [Made(steps=steps)])
    assert [each.code for each in explanation.causes] == ([] if steps == then else ["C2"])
    answered = [Step(each.function, each.input, U32(100 + at)) for at, each in enumerate(steps)]
    assert not {each.code for each in diffed([Made(steps=then)], [Made(steps=answered)]).causes} - {"C2", "D1"}


def test_neighbours_that_swapped_are_told_as_swapped() -> None:
    """A call hoisted over its neighbour, and no longer made where it was, is one fault."""
    then = [Step("get", U32(1)), Step("now"), log("x"), Step("get", U32(2)), Step("now"), log("y")]
    now = [Step("now"), Step("get", U32(1)), log("x"), Step("get", U32(2)), log("y")]
    explanation = diffed([Made(steps=then)], [Made(steps=now)])
    assert codes(explanation) == [("C2", 2, 2)]
    assert "swapped" in explanation.sentence
    one, other = log("one"), Step("put", U32(1))
    plain = diffed([Made(steps=[one, other])], [Made(steps=[other, one])])
    assert "swapped: test:x/host.log and test:x/host.put" in plain.sentence


def gets(*numbers: int) -> list[Step]:
    """Asks for these keys."""
    return [Step("get", String(f"key {number}")) for number in numbers]


def logs(*lines: str) -> list[Step]:
    """Logs these lines."""
    return [log(line) for line in lines]


@pytest.mark.parametrize(
    ("then", "now", "code", "words"),
    [
        ([Step("now")] * 2, [Step("now")] * 3, "C3", "called now, which was not recorded"),
        (gets(*range(6)), gets(*range(8)), "C5", "ran 8 times, recorded 6 times"),
        (gets(*range(90)), gets(*range(95)), "C5", "ran 95 times, recorded 90 times"),
        (gets(*range(90)), gets(*range(88)), "C5", "ran 88 times, recorded 90 times"),
        (gets(*range(6)), gets(0, 1, 2, 2, 3, 4, 5), "C3", "called now, which was not recorded"),
        (gets(0, 1), gets(0, 1, 0, 1), "C3", "are made now, which was not recorded"),
        (logs("opened"), logs("opened", "x", "12 apples", "()[]"), "C3", "3 calls of test:x/"),
        (logs("opened"), logs("opened", "x"), "C3", "test:x/host.log is called now, which was not recorded"),
        (
            [*gets(0, 1, 2), log("half"), *gets(3, 4, 5)],
            [*gets(0, 1, 2), log("half"), *gets(3, 4, 5, 6)],
            "C5",
            "ran 1 time more than recorded",
        ),
    ],
)
def test_a_loop_is_called_one_only_where_it_is(then: list[Step], now: list[Step], code: str, words: str) -> None:
    """Two calls are no loop, a repeated ask is no turn, and of a loop that was interrupted no total is claimed."""
    explanation = diffed([Made(steps=[*then, log("end")])], [Made(steps=[*now, log("end")])])
    assert [each.code for each in explanation.causes] == [code]
    assert words in explanation.sentence


def test_another_answer_of_what_was_asked_otherwise_is_no_other_world() -> None:
    """Where an interface was asked something else before, its other answers are not put down to the world."""
    then = [Made("f", steps=[Step("put", U32(1)), log("x")]), Made("g", steps=[Step("get", U32(1), U32(1))])]
    now = [Made("f", steps=[log("x")]), Made("g", steps=[Step("get", U32(1), U32(0))])]
    explanation = diffed(then, now)
    assert [each.code for each in explanation.causes] == ["C4"]
    assert explanation.not_tested == ("whether 1 answer would differ if the same were asked",)
    # What comes behind such an answer in its call is no cause either.
    then[1] = replace(then[1], steps=[*then[1].steps, log("one")])
    now[1] = replace(now[1], steps=[*now[1].steps, log("two")])
    assert [each.code for each in diffed(then, now).causes] == ["C4"]


def test_another_answer_in_a_call_that_was_given_another_state_is_no_other_world() -> None:
    """The same holds of a call of which the state is another, and is said to be untested."""
    then = [
        Made("f", steps=[Step("put", U32(1)), log("x")], state=S64(1)),
        Made("g", steps=[Step("get", U32(1), U32(1))]),
    ]
    now = [Made("f", steps=[log("x")], state=S64(2)), Made("g", steps=[Step("get", U32(1), U32(0))])]
    explanation = diffed(then, now)
    assert [each.code for each in explanation.causes] == ["C4"]
    assert "whether 1 answer would differ if the same were asked" in explanation.not_tested


def test_a_call_that_goes_on_where_it_failed_is_told_by_what_it_asks(tmp_path: Path) -> None:
    """An error that is ignored now: the ask behind it is the cause, not that the recording could not answer it."""
    then = asking(Guest(), "f", ("log", String("a")), end=TRAP).written(tmp_path, "then.wat")
    now = asking(Guest(), "f", ("log", String("a")), ("put", U32(1))).written(tmp_path, "now.wat")
    explanation = replayed(recording_of(then, ("f", UNIT), ("f", UNIT)), now)
    assert [each.code for each in explanation.causes] == ["C10"]
    more = asking(Guest(), "f", ("log", String("a")), ("log", String("b"))).written(tmp_path, "more.wat")
    explanation = replayed(recording_of(then, ("f", UNIT), ("f", UNIT)), more)
    assert codes(explanation) == [("C3", 3, 2)]
    assert "the recorded call had failed by then" in explanation.sentence


def test_hidden_state_is_found_behind_another_cause(tmp_path: Path) -> None:
    """The experiment is made for each cause, not for the first one alone."""

    def build(name: str, text: str, trap: str) -> Path:
        guest = Guest().returning(INIT, kept(a=U32(1))).returning("next", kept(a=U32(1)))
        guest.ignoring("f", HOST, "log", packed(String(text)), packed(kept(a=U32(1))))
        guest.bodies["next"] = trap + guest.bodies["next"]
        return guest.written(tmp_path, name)

    trap = f"(if (i32.load8_u (i32.const 70000)) (then {TRAP})) (i32.store8 (i32.const 70000) (i32.const 1))"
    recorded = recording_of(build("then.wat", "a", ""), ("f", UNIT), ("next", UNIT), ("next", UNIT))
    explanation = replayed(recorded, build("now.wat", "b", trap))
    assert [each.code for each in explanation.causes] == ["C1", "B1a"]


def test_a_strict_replay_claims_nothing_of_what_it_did_not_reach(tmp_path: Path) -> None:
    """Stopped at the first other call, it does not say which calls are missing."""
    asks = [("get", U32(1)), ("put", U32(1)), ("get", U32(2)), ("put", U32(2))]
    then = asking(Guest(), "f", *asks).written(tmp_path, "then.wat")
    now = asking(Guest(), "f", asks[0], asks[2], asks[1], asks[3]).written(tmp_path, "now.wat")
    explanation = replayed(recording_of(then, ("f", UNIT)), now, Mode.STRICT)
    assert codes(explanation) == [("C2", 3, 1)]
    assert "in the place of" in explanation.sentence


def test_by_the_rule_of_the_reference_the_answers_of_others_are_no_fault(tmp_path: Path) -> None:
    """One ask too many takes a later call's answer; that call is not said to be at fault, nor the world."""
    then = asking(Guest(), "f", ("now", UNIT)).written(tmp_path, "then.wat")
    now = asking(Guest(), "f", ("now", UNIT), ("now", UNIT)).written(tmp_path, "now.wat")
    answers: dict[tuple[str, str], list[Value]] = {(HOST, "now"): [U32(number) for number in range(1, 5)]}
    recorded = recording_of(then, *[("f", UNIT)] * 4, answers=answers)
    explanation = replayed(recorded, now, Mode.REFERENCE)
    assert [each.code for each in explanation.causes] == ["C3"]


def test_what_is_only_taken_as_following_is_not_accepted_with_its_cause() -> None:
    """A changed line that is accepted does not hide another state that it does not explain."""
    then = [Made(steps=[log("hello")], state=S64(1))]
    now = [Made(steps=[log("goodbye")], state=S64(2))]
    rules = [Rule(Code("C1"), f"{HOST}.log")]
    assert codes(diffed(then, now)) == [("C1", 2, 1)]
    explanation = diff_recordings(recording(*then), recording(*now), rules)
    assert (explanation.verdict, codes(explanation)) == ("diverged", [("C7", 3, 1)])
    carried = [Made(steps=[log("hello 1")], state=S64(1))], [Made(steps=[log("hello 2")], state=S64(2))]
    assert diff_recordings(recording(*carried[0]), recording(*carried[1]), rules).verdict == "accepted"


@pytest.mark.parametrize(("now", "count"), [(("b", 1), 0), (("b", 2), 1)])
def test_what_is_only_taken_as_following_is_said_to_be_untested(now: tuple[str, int], count: int) -> None:
    """Another end behind a changed line may be an edit of its own: that it was not told apart is said."""
    then = [Made(steps=[log("a")], response=U32(1))]
    explanation = diffed(then, [Made(steps=[log(now[0])], response=U32(now[1]))])
    told = "whether event 3 is a cause of its own or follows from what differs earlier in the same call of the actor"
    assert explanation.not_tested == (told,) * count


def test_what_is_only_taken_as_following_shows_once_at_all_its_places() -> None:
    """Two differences alike, behind one that was accepted, are one cause at two places."""
    then = [Made(steps=[log("hello"), Step("put", U32(1)), Step("put", U32(2))])]
    now = [Made(steps=[log("goodbye"), Step("put", U32(5)), Step("put", U32(9))])]
    explanation = diff_recordings(recording(*then), recording(*now), [Rule(Code("C1"), f"{HOST}.log")])
    assert codes(explanation) == [("C1", 3, 2)]


def test_an_end_behind_another_edit_is_no_further_place_of_a_known_cause() -> None:
    """It may follow from the edit in its own call, so it is neither counted nor accepted with the one before."""
    then = [Made(response=U32(1)), Made(steps=[log("a")], response=U32(1))]
    now = [Made(response=U32(2)), Made(steps=[log("b")], response=U32(3))]
    explanation = diffed(then, now)
    assert codes(explanation) == [("C6", 2, 1), ("C1", 4, 1)]
    assert explanation.not_tested == (
        "whether event 5 is a cause of its own or follows from what differs earlier in the same call of the actor",
    )


def test_what_is_only_taken_as_following_stays_apart_by_its_signs() -> None:
    """Two differences with nothing in common, behind one that was accepted, are two causes."""
    then = [Made(steps=[log("hello"), Step("put", U32(1)), Step("send", String("x"))])]
    now = [Made(steps=[log("goodbye"), Step("put", U32(5)), Step("send", String("y"))])]
    explanation = diff_recordings(recording(*then), recording(*now), [Rule(Code("C1"), f"{HOST}.log")])
    assert codes(explanation) == [("C1", 3, 1), ("C1", 4, 1)]


@pytest.mark.parametrize(
    ("said", "answers", "causes"),
    [
        (("raw 27", "raw 0x1b"), (U32(1), U32(2)), [("C1", 2, 1), ("C6", 3, 1)]),
        (("earns 12", "earns 120"), (String("done"), String("DONE")), [("C1", 2, 1), ("C6", 3, 1)]),
        (("ada is in", "ADA is in"), (String("ada"), String("ADA")), [("C1", 2, 1)]),
        (("earns 12", "earns 120"), (U32(12), U32(120)), [("C1", 2, 1)]),
    ],
)
def test_another_form_and_another_value_are_two_edits(
    said: tuple[str, str], answers: tuple[Value, Value], causes: list[tuple[str, int, int]]
) -> None:
    """Neither follows from the other in its call; what is the same change in both still does."""
    then, now = [[Made(steps=[log(said[side])], response=answers[side])] for side in (0, 1)]
    assert codes(diffed(then, now)) == causes


def test_nothing_follows_from_what_means_nothing() -> None:
    """Behind a cosmetic change another state is a cause of its own."""
    then, now = [Made(steps=[log("a  b")], state=S64(1))], [Made(steps=[log("a b")], state=S64(2))]
    assert codes(diffed(then, now)) == [("C1b", 2, 1), ("C7", 3, 1)]


def test_params_are_the_worlds_and_never_cosmetic() -> None:
    """A call that was given other white space was given something else."""
    then, now = (Made("f", Tuple((String(text),))) for text in ("a  b", "a b"))
    assert codes(diffed([then], [now])) == [("C1", 1, 1)]


NUMBERS = st.lists(st.integers(0, 9), min_size=2, max_size=6)


@given(NUMBERS.flatmap(lambda items: st.tuples(st.just(items), st.permutations(items))))
def test_the_same_items_in_another_order_are_one_leaf(lists: tuple[list[int], list[int]]) -> None:
    """A list that was sorted anew is one difference, wherever it stands, of numbers as of records."""
    one, other = lists
    for made in (U32, lambda number: Record("item", (("number", U32(number)),))):
        values = [list_value(types.U32, [made(number) for number in numbers]) for numbers in (one, other)]
        held = [Record("r", (("items", value), ("x", U32(1)))) for value in values]
        found = leaves("input", *held)
        assert [leaf.path for leaf in found] == ([] if one == other else ["input.items"])
        assert all(leaf.is_reordered for leaf in found)


def test_bytes_are_text_on_both_sides_or_on_none() -> None:
    """A byte string that is no text any more does not look like one of another type."""
    (leaf,) = leaves("input", bytes_value(b"text"), bytes_value(b"\xfftext"))
    assert type(leaf.recorded) is type(leaf.now)


def test_a_report_says_what_the_values_do_not_show() -> None:
    """The kind of a cosmetic change, another order, and that more leaves than listed may differ."""
    then = list_value(types.STRING, [String(f"line {number}") for number in range(300)])
    now = list_value(types.STRING, [String(f"row {number}") for number in range(300)])
    assert "and at least 198 more" in report_text(
        diffed([Made(steps=[Step("send", then)])], [Made(steps=[Step("send", now)])])
    )
    turned = list_value(types.STRING, [String(f"line {number}") for number in reversed(range(300))])
    explanation = diffed([Made(steps=[Step("send", then)])], [Made(steps=[Step("send", turned)])])
    assert "input has the same items in another order" in report_text(explanation)
    accents = diffed([Made(steps=[log("Zo\u00e9")])], [Made(steps=[log("Zoe\u0301")])])
    assert "only the Unicode form differs" in report_text(accents)
    assert all(len(line) <= WIDTH for line in report_text(explanation).splitlines())
