"""What is only put otherwise: other words for the same, told by the constants of both modules, or another order."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.pack.literal import parse_literal
from chainview.pack.values import U32, UNIT, Result, String, Tuple, Value, types
from chainview.replay.changes.leaves import leaves
from chainview.replay.changes.substitution import Substitution
from chainview.replay.changes.wording import Wording, is_apart, is_other_form, is_reordered
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.replay.recorded import compiled, packed, recording_of, replay_of

THEN, NOW = b"\0batch done: \0 ok, \0door \0open\0shut\0", b"\0batch: \0 ok, \0door \0open\0shut\0"
HOST = "test:x/host"


@pytest.mark.parametrize(
    ("recorded", "now", "modules", "changed"),
    [
        ("batch done: 2 ok, 1 off", "batch: 2 ok, 1 off", (THEN, NOW), True),
        ("door open", "door shut", (THEN, NOW), False),
        ("batch done: 2 ok, ", "batch done: 3 ok, ", (THEN, NOW), False),
        ("hello ada", "hello bob", (THEN, NOW), False),
        ("batch done: 2", "batch: 2", (b"", b""), False),
        ("batch done: 2", "batch: 2", (THEN, THEN), False),
        ("batch: 2 ok", "batch over: 2 ok", (NOW, NOW + b"batch over: \0"), True),
        ("batch: 2 ok", "batch over: 2 ok", (NOW + b"batch over: \0", NOW + b"batch over: \0"), False),
        ("batch over: 2 ok", "batch: 2 ok", (NOW + b"batch over: \0", NOW), False),
    ],
)
def test_words_are_an_edit_where_each_module_holds_its_own(
    recorded: str, now: str, modules: tuple[bytes, bytes], changed: bool
) -> None:
    """Words that both modules hold were chosen, numbers computed; of modules not at hand nothing is said."""
    assert Wording(*modules).changed(leaves("input", String(recorded), String(now))) is changed


@pytest.mark.parametrize(
    ("recorded", "now", "reordered"),
    [
        ("a is now b", "b is now a", True),
        ("3 of 6", "6 of 3", True),
        ("a is now b", "a is now c", False),
        ("a", "b", False),
    ],
)
def test_the_same_words_in_another_order_are_told(recorded: str, now: str, reordered: bool) -> None:
    """Only the order counts, and there must be a text that differs."""
    assert is_reordered(leaves("input", String(recorded), String(now))) is reordered
    assert not is_reordered(())


@pytest.mark.parametrize(
    ("recorded", "now", "form"),
    [
        ("job 1 done", "JOB 1 DONE", True),
        ("raw 27", "raw 0x1b", True),
        ("raw 1B", "raw 27", True),
        ("raw 27", "raw 28", False),
        ("raw 27", "RAW 28", False),
        ("raw 27", "raw 0x1c", False),
        ("a 1", "b 1", False),
    ],
)
def test_another_form_of_the_same_makes_nothing_else(recorded: str, now: str, form: bool) -> None:
    """Letter case and the base of numbers are forms: neither comes of another value, nor does another value of them."""
    found, value = leaves("input", String(recorded), String(now)), leaves("response", U32(1), U32(2))
    assert is_other_form(found, value) is form
    assert is_other_form(value, found) is form
    assert not is_other_form(found, found)


def actor(folder: Path, name: str, text: str, answer: Value, state: int = 1) -> Path:
    """An actor whose `f` logs a text, leaves a state and answers."""

    def left(state: int, response: Value) -> bytes:
        return packed(Result(types.STRING, types.STRING, True, Tuple((U32(state), response))))

    guest = Guest().constant(INIT, left(1, UNIT))
    return guest.ignoring("f", HOST, "log", packed(String(text)), left(state, answer)).written(folder, name)


def test_other_words_in_an_answer_are_apart_from_what_else_a_call_leaves(tmp_path: Path) -> None:
    """A state that is known to be another one does not account for an answer in other words."""

    def left(text: str, state: int) -> bytes:
        return packed(Result(types.STRING, types.STRING, True, Tuple((U32(state), String(text)))))

    paths = []
    for name, text, state in (("then.wat", "shop open", 2), ("now.wat", "shop ready", 3)):
        guest = Guest().constant(INIT, left("", 1)).constant("f", left("f", state)).constant("g", left(text, state))
        paths.append(guest.written(tmp_path, name))
    then, now = paths
    replay = replay_of(recording_of(then, ("f", UNIT), ("g", UNIT)), now)
    explanation = explain(replay, control_experiment(replay, RecordedModules(compiled(then))))
    assert [(each.code, each.event) for each in explanation.causes] == [("C7", 4), ("C6", 6)]


@pytest.mark.parametrize(
    ("text", "answer", "found"),
    [
        ("batch of 2", U32(7), [("C1", 4)]),
        ("batch of 2", U32(8), [("C1", 4), ("C6", 5)]),
        ("2 for batch", U32(8), [("C1", 4), ("C6", 5)]),
        ("batch for 3", U32(8), [("C1", 4)]),
    ],
)
def test_another_answer_does_not_come_of_other_words(
    tmp_path: Path, text: str, answer: Value, found: list[tuple[str, int]]
) -> None:
    """Beside a log that is only put otherwise another answer is a cause; beside another number it may follow."""
    then, now = actor(tmp_path, "then.wat", "batch for 2", U32(7)), actor(tmp_path, "now.wat", text, answer)
    replay = replay_of(recording_of(then, ("f", UNIT), answers={(HOST, "log"): [UNIT]}), now)
    explanation = explain(replay, control_experiment(replay, RecordedModules(compiled(then))))
    assert [(each.code, each.event) for each in explanation.causes] == found


@pytest.mark.parametrize(
    ("tags", "tags_now", "apart"),
    [
        ('["new", "red"]', '["red", "new"]', False),
        ('["new", "old"]', '["old", "new"]', True),
        ('[r{w: "new"}, r{w: "red"}]', '[r{w: "red"}, r{w: "new"}]', False),
        ('["new", "red"]', '["red", "old"]', True),
        ('[r{w: "new", n: 2u32}, r{w: "red", n: 3u32}]', '[r{w: "red", n: 3u32}, r{w: "new", n: 2u32}]', False),
        ('["new", "red", "old"]', '["red", "new", "old"]', False),
        ("[1u32, 5u32]", "[5u32, 1u32]", True),
    ],
)
def test_a_list_in_the_order_of_what_was_said_comes_of_it(tags: str, tags_now: str, apart: bool) -> None:
    """Where a text says words in another order, a list of these words in another order is no edit of its own."""
    said = leaves("input", String("job 1 [new,red]"), String("job 1 [red,new]"))
    assert is_apart(said, leaves("state", parse_literal(tags), parse_literal(tags_now)), Substitution()) is apart
