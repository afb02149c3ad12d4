"""What holds for any two chains that are compared: where the first mismatch is told, and what may follow from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT
from chainview.chain.files.completeness import ends_in_call
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.payload import shutdown_payload
from chainview.chain.schema import Schema
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, Option, String, Tuple, Value, bytes_value, types
from chainview.replay.align.history import NONE, Side
from chainview.replay.explain.diff import diff_recordings, first_mismatch
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from chainview.replay.run.ask import UNANSWERABLE
from chainview.replay.run.build_notes import BuildState, build_note
from chainview.replay.run.recording import Recording
from tests.replay.align.test_align import MADE
from tests.replay.chains import Made, Step, count, from_parts, log, params

pytestmark = pytest.mark.once

INIT = "theater:simple/actor.init"
NOTHING = Option(types.list_of(types.U8), None)


def started(
    calls: Sequence[Made],
    state: Value | None = None,
    *,
    module: str = "aa",
    actor: str = "counter",
    closed: bool = False,
    schema: Schema = Schema.VALUES,
    events: int | None = None,
    builds: Sequence[Note] = (),
    times: Mapping[int, int] = MappingProxyType({}),
) -> Recording:
    """A recording with a header that tells how the actor was started, cut after some events.

    Of some events there are none, or several in a row.
    """
    whole = [part for call in calls for part in call.parts(schema)]
    parts = [part for number, part in enumerate(whole) for _ in range(times.get(number, 1))]
    if closed:
        parts.append((SHUTDOWN_EVENT, shutdown_payload(schema)))
    packed = b"" if state is None else encode(state)
    header = Header(schema=schema, actor_name=actor, module_sha256=module, initial_state=packed)
    return Recording(from_parts(parts[:events], schema).table, schema, header, builds)


def codes(explanation: Explanation) -> list[tuple[str, int]]:
    """Code and event of each cause."""
    return [(each.code, each.event) for each in explanation.causes]


def check_laws(then: Recording, now: Recording, explanation: Explanation) -> None:
    """The first cause stands where the chains part, and whatever follows from a cause stands behind it.

    Where one ends inside a call there is nothing that the rest of the other one differs from.
    """
    first = first_mismatch(then.table, now.table)
    if first is None or any(len(each) == first and ends_in_call(each.table) for each in (then, now)):
        assert explanation.verdict == "identical"
        return
    assert explanation.same == first
    assert explanation.first_mismatch is not None
    assert explanation.first_mismatch.event == first + 1
    assert explanation.first_mismatch == explanation.causes[0]
    assert explanation.first_mismatch.rows[0] == first
    assert all(explanation.label(row) is Label.SAME for row in range(first))
    assert all(each.event > first for each in explanation.causes)
    if explanation.first_mismatch.code == "A3" and first not in explanation.rows.differing:
        # Chains of two actors may begin with the same in other bytes.
        assert explanation.label(first) is Label.LINK
    elif explanation.first_mismatch.code != "A2":
        assert explanation.label(first) is Label.CAUSE
        one, other = explanation.rows.recorded[first], explanation.rows.now[first]
        assert NONE in (one, other) or Side(then).content(one) != Side(now).content(other)


FAILED = st.sampled_from([None, None, None, "Function returned error: no", f"{UNANSWERABLE} test:x/host.a"])
FUNCTIONS = st.sampled_from(["f", "g", INIT])
ANY_MADE = st.builds(lambda made, name, error: replace(made, function=name, error=error), MADE, FUNCTIONS, FAILED)
ANY_CALLS = st.lists(ANY_MADE, max_size=6)
BUILDS = st.lists(
    st.builds(
        lambda after, given: replace(build_note(2, "bb", BuildState.TAKEN, "", given), after=after),
        st.integers(0, 12),
        st.sampled_from([None, count(0), count(1)]),
    ),
    max_size=1,
)
CHAINS = st.builds(
    started,
    ANY_CALLS,
    st.sampled_from([None, UNIT, NOTHING, count(0), count(1)]),
    module=st.sampled_from(["aa", "bb", ""]),
    actor=st.sampled_from(["counter", "pulse"]),
    closed=st.booleans(),
    schema=st.sampled_from([Schema.VALUES, Schema.VALUES, Schema.BYTES]),
    events=st.none() | st.integers(0, 12),
    builds=BUILDS,
    times=st.just({}) | st.dictionaries(st.integers(0, 12), st.sampled_from([0, 2]), max_size=2),
)


@settings(max_examples=400)
@given(CHAINS, CHAINS)
def test_nothing_follows_from_a_cause_behind_it(then: Recording, now: Recording) -> None:
    """Any two chains, of whatever actors, schemas and initial states: the first cause is told where they part."""
    check_laws(then, now, diff_recordings(then, now))


def test_what_a_caller_gives_comes_of_no_state() -> None:
    """A parameter that became a number of the new state is a cause, not a consequence of the state's other type."""
    one, other = (Made("f", params(given), [], count(0), Tuple(()), None) for given in (0, 1))
    then = started([one], Tuple(()))
    now = started([other, replace(one, function="g")], count(1), module="bb")
    assert codes(diff_recordings(then, now)) == [("C1", 1), ("C11", 3)]


@settings(max_examples=200)
@given(ANY_CALLS, ANY_CALLS, st.sampled_from(["aa", "bb"]), st.integers(0, 20))
def test_chains_that_begin_alike_part_where_the_first_cause_is(
    before: list[Made], behind: list[Made], module: str, events: int
) -> None:
    """The same for chains with calls in common, given other initial states, of which one is cut anywhere."""
    then = started([*before, *behind], count(0))
    now = started([*before, *behind[1:]], count(1), module=module, events=events)
    check_laws(then, now, diff_recordings(then, now))
    check_laws(now, then, diff_recordings(now, then))


def desk(schema: Schema, *, number: int = 1, given: Value | None = None) -> Recording:
    """An actor that is given nothing, as the releases of a schema write it, and asks for a number."""
    default, bare = (UNIT, Tuple((NOTHING,))) if schema is Schema.BYTES else (NOTHING, UNIT)
    calls = [
        Made(INIT, bare, (log("opens"),), count(0)),
        Made("draw", params(3), (Step("random", UNIT, U64(number)), log(f"drew {number}")), count(number), U64(number)),
        Made("fail", params(0), (), error="Function returned error: no"),
        Made("draw", params(4), (Step("random", UNIT, U64(7)),), count(7), U64(7)),
    ]
    return started(calls, default if given is None else given, closed=True, schema=schema)


SCHEMAS = pytest.mark.parametrize(
    ("one", "other"), [(Schema.VALUES, Schema.BYTES), (Schema.BYTES, Schema.VALUES)], ids=["to bytes", "to values"]
)


@SCHEMAS
def test_two_schemas_are_told_once(one: Schema, other: Schema) -> None:
    """The same calls in two schemas differ in their encoding, told at the first event, shutdown and init included."""
    explanation = diff_recordings(desk(one), desk(other))
    assert codes(explanation) == [("A2", 1)]
    assert explanation.consequences.link == explanation.consequences.total == explanation.recorded_events
    assert not explanation.rows.differing
    assert not explanation.not_tested


@SCHEMAS
def test_two_actors_whose_schemas_differ_part_at_the_first_event(one: Schema, other: Schema) -> None:
    """Chains that do not belong together are told so once, also where they begin with the same in other bytes."""
    init = Made(INIT, params(0), (), count(0))
    then = started([init, Made("f", params(0), (), count(0))], schema=one)
    now = started([init, Made("g", params(0), (), count(0))], schema=other, module="bb", actor="pulse")
    explanation = diff_recordings(then, now)
    assert codes(explanation) == [("A3", 1)]
    check_laws(then, now, explanation)


@SCHEMAS
def test_what_differs_across_schemas_is_told_by_its_value(one: Schema, other: Schema) -> None:
    """Beside the encoding only another answer of the host is told, and what is made of it follows."""
    explanation = diff_recordings(desk(one), desk(other, number=2))
    assert codes(explanation) == [("A2", 1), ("D1", 5)]
    assert (explanation.causes[1].recorded, explanation.causes[1].now) == ("1u64", "2u64")
    assert explanation.reconverges_at == 8


@SCHEMAS
def test_params_that_differ_across_schemas_are_told(one: Schema, other: Schema) -> None:
    """Other params are told beside the encoding, also where they are those of the very first event."""
    then, now = (started([Made("f", params(n))], schema=schema) for n, schema in ((1, one), (2, other)))
    explanation = diff_recordings(then, now)
    assert codes(explanation) == [("A2", 1), ("C1", 1)]
    assert (explanation.causes[1].path, explanation.causes[1].recorded, explanation.causes[1].now) == (
        "params.0",
        "1u32",
        "2u32",
    )


def test_an_init_that_is_given_something_is_not_one_that_is_given_nothing() -> None:
    """Only the ways of two schemas to write nothing are the same; within one schema they are other params."""
    bare = started([Made(INIT, UNIT)], schema=Schema.BYTES)
    explanation = diff_recordings(bare, started([Made(INIT, Tuple((NOTHING,)))], schema=Schema.BYTES))
    assert codes(explanation) == [("C1", 1)]
    some = Tuple((Option(types.list_of(types.U8), bytes_value(b"a")),))
    assert codes(diff_recordings(started([Made(INIT, UNIT)]), started([Made(INIT, some)], schema=Schema.BYTES))) == [
        ("A2", 1),
        ("C1", 1),
    ]


def counter(first: int, *, module: str = "aa") -> Recording:
    """A counter that is given its first number as the initial state."""
    calls = [
        Made(INIT, UNIT, (log(f"from {first}"),), count(first)),
        Made("add", params(1), (Step("random", UNIT, U64(1)),), count(first + 1)),
    ]
    return started(calls, String(str(first)), module=module)


def test_another_initial_state_is_told_as_what_it_is() -> None:
    """One module given two states: the state is the cause, where the chains part, and nothing else is."""
    explanation = diff_recordings(counter(0), counter(7))
    assert codes(explanation) == [("C1", 2)]
    cause = explanation.causes[0]
    assert (cause.path, cause.recorded, cause.now, cause.call) == ("state", '"0"', '"7"', 1)
    assert cause.sentence == f'{INIT} was given another state: state recorded "0", now "7"'
    assert (explanation.consequences.state + explanation.consequences.value, explanation.consequences.link) == (2, 2)
    assert explanation.not_tested == (
        "whether 2 calls of the actor differ only because they began with another state than recorded: events 1, 4",
    )


def test_an_answer_of_the_host_does_not_come_of_the_state() -> None:
    """Beside another initial state, another answer to the same question is a cause of its own, before it or behind."""

    def drawing(first: int, answer: int) -> Recording:
        steps = (Step("random", UNIT, U64(answer)), log(f"from {first}"))
        return started([Made(INIT, UNIT, steps, count(first)), Made("f")], count(first))

    explanation = diff_recordings(drawing(0, 40), drawing(7, 90))
    assert [(each.code, each.event, each.path) for each in explanation.causes] == [
        ("D1", 2, "output"),
        ("C1", 3, "state.count"),
    ]
    then, now = (
        started([Made(INIT, UNIT, (), count(n)), Made("f", UNIT, (Step("r", UNIT, U64(a)),))], count(n))
        for n, a in ((0, 40), (7, 90))
    )
    assert codes(diff_recordings(then, now)) == [("C1", 2), ("D1", 4)]


def test_an_initial_state_that_makes_no_difference_is_no_cause() -> None:
    """What differs only after the states are equal again comes from its call."""
    calls = [Made(INIT, UNIT, (log("starts"),), count(0)), Made("f", params(1), (log("a"),))]
    changed = [calls[0], Made("f", params(1), (log("b"),))]
    explanation = diff_recordings(started(calls, count(1)), started(changed, count(2)))
    assert [(each.code, each.path) for each in explanation.causes] == [("C1", "input")]


def test_of_two_modules_the_state_is_not_blamed() -> None:
    """Where the modules differ too, what differs first is told, for it may be the module's doing."""
    explanation = diff_recordings(counter(0), counter(7, module="bb"))
    assert [(each.code, each.event, each.path) for each in explanation.causes[:1]] == [("C1", 2, "input")]


def test_chains_of_two_actors_are_told_as_that() -> None:
    """Another name, another module and no call in common but init: another actor, and nothing else."""
    one = started([Made(INIT, UNIT, (log("a"),)), Made("add")])
    other = started([Made(INIT, UNIT, (Step("every"),)), Made("tick")], module="bb", actor="pulse")
    explanation = diff_recordings(one, other)
    assert codes(explanation) == [("A3", 2)]
    assert explanation.sentence == "the chains are of two actors, counter and pulse, and have no call in common"
    assert explanation.verdict == "diverged"


@pytest.mark.parametrize(
    ("module", "actor", "call"), [("aa", "pulse", "g"), ("bb", "counter", "g"), ("bb", "pulse", "f")]
)
def test_a_new_build_or_other_calls_are_no_other_actor(module: str, actor: str, call: str) -> None:
    """As long as the name, the module or a call is the same, the differences are told."""
    explanation = diff_recordings(started([Made("f")]), started([Made(call), Made("h")], module=module, actor=actor))
    assert "A3" not in [code for code, _ in codes(explanation)]


def test_a_call_that_began_alike_is_the_same_call() -> None:
    """A call whose beginning is the same on both sides is not put apart for a later one that looks alike."""
    one = [Made("f", params(1), (log("a"), log("b"))), Made("g"), Made("f", params(1), (log("z"),))]
    other = [Made("f", params(1), (log("a"), log("c"))), Made("h"), Made("f", params(1), (log("z"),))]
    explanation = diff_recordings(started(one), started(other))
    assert (explanation.rows.recorded[2], explanation.rows.now[2]) == (2, 2)
    assert codes(explanation)[0] == ("C1", 3)


def test_a_failure_that_nothing_comes_before_follows_from_nothing() -> None:
    """A stored failure for want of an answer is a cause where it is all that differs."""
    fine, failed = (Made("f", params(1), (log("a"),), error=error) for error in (None, f"{UNANSWERABLE} x/y.z"))
    explanation = diff_recordings(started([fine, Made("g")]), started([failed, Made("g", params(2))]))
    assert codes(explanation)[0] == ("C8", 3)


def test_calls_that_differ_in_bytes_alone_are_another_encoding() -> None:
    """Behind a real difference too, params of the same values in other bytes are told as that, and once."""

    def chain(first: int, space: str) -> Recording:
        begun = '{{"category":"Wasm",{}"WasmCall":{{"function_name":"f","params":[{}]}}}}'
        ended = '{"category":"Wasm","WasmResult":{"function_name":"f","result":[[49],[50]]}}'
        texts = [begun.format("", first), ended, begun.format(space, 51), ended, begun.format(space, 52), ended]
        return from_parts([(MODULE_EVENT, text.encode()) for text in texts], Schema.JSON)

    explanation = diff_recordings(chain(49, ""), chain(50, " "))
    assert [(each.code, each.event, each.places) for each in explanation.causes] == [("C1", 1, 1), ("A2", 3, 2)]
