"""Spawning children, and being told what becomes of them."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.family import ActorError, Ended, SpawnStage, Way
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.registry.supervisor import ERROR, EVENT, EXIT, STOP, SUPERVISOR
from chainview.actor.session.mailbox import Inquiry
from chainview.pack.values import (
    S32,
    U64,
    UNIT,
    List,
    Option,
    Result,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    none,
    some,
    types,
)
from tests.actor.guests import Guest, declaring
from tests.actor.hosts.relatives import Relative, Relatives
from tests.actor.hosts.test_registry import err, ok
from tests.waiting import eventually

BYTES = types.list_of(types.U8)
NO_STATE, NO_MODULE = none(types.BOOL), none(BYTES)
NOBODY = "550e8400-e29b-41d4-a716-446655440000"
NO_CHILD = f"{NOBODY} is not a child of this supervisor"
RESUMED = "Invalid resume arguments: expected (string, option<list<u8>>)"
ASKING_FOR_A_CHILD = (
    "restart-child",
    "stop-child",
    "get-child-state",
    "subscribe-to-child",
    "unsubscribe-from-child",
)
MANIFEST = 'name = "child"\nversion = "1"\npackage = "child.wasm"\n'


class Parent:
    """A supervisor with all four handlers, in a folder where a child's manifest and module lie."""

    def __init__(self, folder: Path) -> None:
        guest = Guest()
        for handler in (ERROR, EVENT, EXIT, STOP):
            guest.returning(handler, UNIT)
        self.family = Relatives()
        self.actor = self.family.grown()
        self.actor.host.module = load_module(guest.written(folder))
        self.functions: dict[str, Handler] = dict(SUPERVISOR.provide(self.actor.host))
        (folder / "child.toml").write_text(MANIFEST)
        (folder / "child.wasm").write_bytes(b"\0asm")

    def spawned(self) -> Relative:
        """A child that was spawned."""
        answer = self.functions["spawn"](Tuple((String("child.toml"), NO_STATE, NO_MODULE)))
        assert isinstance(answer, Result)
        assert isinstance(answer.value, String)
        child = self.family.living(answer.value.value)
        assert child is not None
        return child

    def tell(self, end: Ended) -> None:
        """A child ends."""
        assert self.family.told is not None
        self.family.told(end)


@pytest.fixture
def parent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Parent:
    """A supervisor, started in the folder of its children."""
    monkeypatch.chdir(tmp_path)
    return Parent(tmp_path)


def test_a_child_gets_the_state_that_is_given_or_that_of_its_manifest(parent: Parent, tmp_path: Path) -> None:
    """Even an option without a value is a state that was given; without any it is what a release hands over."""
    given = (NO_STATE, some(S32(5)), Option(types.option_of(BYTES), none(BYTES)))
    for state in given:
        parent.functions["spawn"](Tuple((String("child.toml"), state, NO_MODULE)))
    (tmp_path / "child.toml").write_text(MANIFEST + 'initial_state = "seed"\n')
    parent.functions["spawn"](Tuple((String("child.toml"), NO_STATE, NO_MODULE)))
    assert [each.state for each in parent.family.asked] == [none(BYTES), S32(5), none(BYTES), String("seed")]
    assert {each.module for each in parent.family.asked} == {b"\0asm"}
    assert {each.target.name for each in parent.family.asked} == {"child"}


def test_a_module_that_is_handed_over_stands_for_that_of_the_manifest(parent: Parent) -> None:
    """Its bytes are taken as they are."""
    module = some(bytes_value(b"other"))
    parent.functions["spawn"](Tuple((String("child.toml"), NO_STATE, module)))
    assert parent.family.asked[0].module == b"other"


@pytest.mark.parametrize("named", ["child.toml", MANIFEST])
def test_a_child_that_is_resumed_begins_without_its_init(parent: Parent, named: str) -> None:
    """By what names its manifest, or by the manifest's text, with no state at all."""
    answer = parent.functions["resume"](Tuple((String(named), NO_MODULE)))
    (asked,) = parent.family.asked
    assert (asked.module, asked.state, asked.with_init) == (b"\0asm", none(BYTES), False)
    assert asked.target.name == "child"
    assert isinstance(answer, Result)
    assert parent.functions["list-children"](UNIT) == ok(List(types.STRING, (answer.value,)))


def test_children_are_listed_until_they_end(parent: Parent) -> None:
    """In the order in which they were spawned, and only those that live."""
    ids = [parent.spawned().actor_id for _ in range(3)]
    listed = parent.functions["list-children"](UNIT)
    assert listed == ok(List(types.STRING, tuple(map(String, ids))))
    parent.tell(Ended(ids[1], Way.STOPPED))
    assert parent.functions["list-children"](UNIT) == ok(List(types.STRING, (String(ids[0]), String(ids[2]))))


@pytest.mark.parametrize(
    ("way", "function", "told"),
    [
        (Ended("c", Way.COMPLETED, data=b"bye"), EXIT, (some(bytes_value(b"bye")),)),
        (Ended("c", Way.COMPLETED), EXIT, (none(BYTES),)),
        (Ended("c", Way.STOPPED), STOP, ()),
        (
            Ended("c", Way.FAILED, ActorError("internal", "it broke")),
            ERROR,
            (Tuple((Variant("wit-error-type", "internal", 5, ()), some(bytes_value(b"it broke")))),),
        ),
        (
            Ended("c", Way.FAILED, ActorError("unexpected-error", "odd")),
            ERROR,
            (Tuple((Variant("wit-error-type", "internal", 5, ()), some(bytes_value(b"odd")))),),
        ),
        (
            Ended("c", Way.FAILED, ActorError("channel-closed", "gone")),
            ERROR,
            (Tuple((Variant("wit-error-type", "channel-closed", 1, ()), some(bytes_value(b"gone")))),),
        ),
    ],
)
def test_a_supervisor_is_told_how_a_child_ended(
    parent: Parent, way: Ended, function: str, told: tuple[Value, ...]
) -> None:
    """By the handler for that, with the child's id and what the reference hands over."""
    parent.spawned()
    parent.tell(way)
    call = parent.actor.next_call()
    assert (call.function, call.params) == (function, Tuple((String("c"), *told)))


def test_a_supervisor_without_handlers_is_told_nothing(parent: Parent, tmp_path: Path) -> None:
    """Theater looks for the export among those that are declared before it calls."""
    for guest in (Guest().returning("f", UNIT), Guest().returning(STOP, UNIT).metadata(declaring())):
        parent.actor.host.module = load_module(guest.written(tmp_path))
        parent.spawned()
        parent.tell(Ended("c", Way.STOPPED))
        assert not len(parent.actor.host.mailbox)


def test_events_of_a_child_come_while_it_is_subscribed_to(parent: Parent) -> None:
    """Each with the child's id, its type and its bytes, once however often one subscribed, one after the other."""
    child = parent.spawned()
    id = String(child.actor_id)
    child.chain.append("wasm", b"before")
    for _ in range(2):
        assert parent.functions["subscribe-to-child"](id) == ok(UNIT)
    child.chain.append("wasm", b"first")
    child.chain.append("a:b/c", b"second")
    for kind, data in (("wasm", b"first"), ("a:b/c", b"second")):
        call = parent.actor.next_call()
        assert (call.function, call.params) == (EVENT, Tuple((id, String(kind), bytes_value(data))))
        call.answer(UNIT)
    assert parent.functions["unsubscribe-from-child"](Tuple((id,))) == ok(UNIT)
    assert parent.functions["unsubscribe-from-child"](id) == ok(UNIT)
    child.chain.append("wasm", b"after")
    assert not len(parent.actor.host.mailbox)


def test_a_child_is_stopped_and_asked_for_its_state(parent: Parent) -> None:
    """Stopping waits until it has ended; of one that has ended long ago it is no error."""
    child = parent.spawned()
    answers = list[Value]()
    asking = threading.Thread(
        target=lambda: answers.append(parent.functions["get-child-state"](String(child.actor_id))), daemon=True
    )
    asking.start()
    inquiries = list[Inquiry | None]()

    def asked() -> bool:
        inquiries.append(child.host.mailbox.take_inquiry())
        return inquiries[-1] is not None

    eventually(asked)
    assert inquiries[-1] is not None
    inquiries[-1].state.set_result(S32(7))
    asking.join(60)
    assert answers == [ok(S32(7))]
    child.over.set_result(Ended(child.actor_id, Way.STOPPED))
    assert parent.functions["stop-child"](String(child.actor_id)) == ok(UNIT)
    assert child.stopped
    assert parent.functions["stop-child"](String(NOBODY)) == ok(UNIT)


@pytest.mark.parametrize(
    ("way", "answer"),
    [
        (Ended("c", Way.COMPLETED, data=b"done"), ok(some(bytes_value(b"done")))),
        (Ended("c", Way.FAILED, ActorError("internal", "it broke")), err("Child actor c failed: it broke")),
        (Ended("c", Way.STOPPED), err("Child actor c was stopped externally")),
    ],
)
def test_one_may_wait_for_a_child(parent: Parent, way: Ended, answer: Value) -> None:
    """What it handed over, or how else it ended, is the answer; no handler is called."""
    genuine = parent.family.grown

    def ending(*_: object, **__: object) -> Relative:
        child = genuine(parent.actor)
        child.over.set_result(way)
        return child

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parent.family, "grown", ending)
        asked = Tuple((String("child.toml"), NO_STATE, NO_MODULE, none(types.U64)))
        assert parent.functions["spawn-and-wait"](asked) == answer
    assert not len(parent.actor.host.mailbox)


def test_a_child_that_takes_too_long_is_stopped(parent: Parent) -> None:
    """After the milliseconds that were given."""
    asked = Tuple((String("child.toml"), NO_STATE, NO_MODULE, some(U64(1))))
    answer = parent.functions["spawn-and-wait"](asked)
    (child,) = (each for each in parent.family.relatives.values() if each is not parent.actor)
    assert answer == err(f"Timeout waiting for child actor {child.actor_id} to complete")
    assert child.stopped


@pytest.mark.parametrize(
    ("function", "input", "said"),
    [
        ("spawn", UNIT, "Invalid spawn arguments: expected (string, option<value>, option<list<u8>>)"),
        ("spawn", Tuple((String("m"), UNIT, NO_MODULE)), "Invalid init-state argument: expected option<value>"),
        ("spawn", Tuple((UNIT, NO_STATE, NO_MODULE)), "Invalid manifest argument"),
        (
            "spawn",
            Tuple((String("none.toml"), NO_STATE, NO_MODULE)),
            "Failed to load manifest: Failed to resolve reference: No such file or directory (os error 2)",
        ),
        (
            "spawn",
            Tuple((String("."), NO_STATE, NO_MODULE)),
            "Failed to load manifest: Failed to resolve reference: Is a directory (os error 21)",
        ),
        (
            "spawn",
            Tuple((String("a\0b"), NO_STATE, NO_MODULE)),
            "Failed to load manifest: Failed to resolve reference: file name contained an unexpected NUL byte",
        ),
        (
            "spawn",
            Tuple((String("bare.toml"), NO_STATE, NO_MODULE)),
            "Failed to load WASM: Failed to resolve reference: No such file or directory (os error 2)",
        ),
        (
            "spawn-and-wait",
            UNIT,
            "Invalid spawn-and-wait arguments: expected (string, option<value>, option<list<u8>>, option<u64>)",
        ),
        ("resume", Tuple((String("m"), NO_MODULE, NO_MODULE)), RESUMED),
        ("resume", String("m"), RESUMED),
        ("resume", Tuple((UNIT, NO_MODULE)), "Invalid manifest argument"),
        (
            "resume",
            Tuple((String("."), NO_MODULE)),
            "Actor initialization error: Failed to load manifest: "
            "Failed to resolve reference: Is a directory (os error 21)",
        ),
        (
            "resume",
            Tuple((String("bare.toml"), NO_MODULE)),
            "Failed to load WASM: Failed to resolve reference: No such file or directory (os error 2)",
        ),
        (
            "resume",
            Tuple((String("replaying.toml"), NO_MODULE)),
            "Failed to build handler registry: Permission denied (os error 13)",
        ),
        ("restart-child", String(NOBODY), "Actor restart not implemented"),
        ("get-child-state", String(NOBODY), f"Actor not found: {NOBODY}"),
        ("subscribe-to-child", String(NOBODY), f"subscribe-to-child: {NO_CHILD}"),
        (
            "unsubscribe-from-child",
            String(NOBODY),
            f"unsubscribe-from-child: {NO_CHILD}",
        ),
        *[(function, UNIT, f"Invalid {function} argument") for function in ASKING_FOR_A_CHILD],
        ("stop-child", Tuple((UNIT,)), "Invalid child-id argument"),
        ("stop-child", String("x"), "Invalid child ID: invalid character: found `x` at 0"),
    ],
)
def test_what_can_not_be_done_is_refused_in_the_words_of_the_reference(
    parent: Parent, tmp_path: Path, function: str, input: Value, said: str
) -> None:
    """Each is an err, and nothing is spawned."""
    (tmp_path / "replaying.toml").write_text(f'{MANIFEST}\n[[handler]]\ntype = "replay"\nchain = "c.json"\n')
    (tmp_path / "bare.toml").write_text(MANIFEST.replace("child.wasm", "none.wasm"))
    assert parent.functions[function](input) == err(said)
    assert parent.family.asked == []


def test_why_a_module_can_not_be_run_is_told_to_the_person(parent: Parent) -> None:
    """The guest gets the runtime's words, which do not say it."""
    parent.family.refusal, parent.family.refused_at = "child.wasm is empty", SpawnStage.MODULE
    answer = parent.functions["spawn"](Tuple((String("child.toml"), NO_STATE, NO_MODULE)))
    assert isinstance(answer, Result)
    assert "Failed to load WASM module with Pack runtime" in str(answer.value)
    assert parent.actor.host.warnings == ("a child could not be spawned: child.wasm is empty",)


def test_a_child_that_ends_before_it_tells_its_state_is_an_error(parent: Parent) -> None:
    """The supervisor's call goes on with the reference's words."""
    child = parent.spawned()
    child.host.mailbox.close()
    answer = parent.functions["get-child-state"](String(child.actor_id))
    assert answer == err("Failed to receive state: channel closed")


@pytest.mark.parametrize("frame", ["", "Failed to spawn actor: "])
def test_a_child_that_can_not_begin_is_told_as_the_runtime_tells_it(parent: Parent, frame: str) -> None:
    """Why is the runtime's own sentence, behind words of `spawn-and-wait`."""
    parent.family.refusal = "Internal error: Event[…]"
    asked = (String("child.toml"), NO_STATE, NO_MODULE)
    function, input = ("spawn-and-wait", Tuple((*asked, none(types.U64)))) if frame else ("spawn", Tuple(asked))
    assert parent.functions[function](input) == err(f"{frame}actor.init failed: {parent.family.refusal}")


@pytest.mark.parametrize(
    ("reference", "handler"), [("https://example.org/m.toml", "http-client"), ("store://s/hash/h", "store")]
)
def test_a_child_from_elsewhere_needs_leave(parent: Parent, reference: str, handler: str) -> None:
    """What is no file is refused, and the person is told what allows it."""
    answer = parent.functions["spawn"](Tuple((String(reference), NO_STATE, NO_MODULE)))
    assert answer == err("Failed to load manifest: Failed to resolve reference: Permission denied (os error 13)")
    assert any(f"--allow {handler}" in each for each in parent.actor.host.warnings)


def test_a_pipe_in_the_place_of_a_manifest_is_not_waited_for(parent: Parent, tmp_path: Path) -> None:
    """What is no regular file is an err at once, though nobody writes to it."""
    os.mkfifo(tmp_path / "pipe.toml")
    answer = parent.functions["spawn"](Tuple((String("pipe.toml"), NO_STATE, NO_MODULE)))
    assert answer == err("Failed to load manifest: Failed to resolve reference: it is no regular file")


def test_a_manifest_that_is_none_says_why(parent: Parent, tmp_path: Path) -> None:
    """One that is no text, and one that lacks what is needed."""
    (tmp_path / "odd.toml").write_bytes(b"n\xff\xfe")
    (tmp_path / "cut.toml").write_bytes(b"n\xe2\x82")
    (tmp_path / "empty.toml").write_text("")
    for name, frame in (
        ("odd.toml", "Invalid manifest encoding: invalid utf-8 sequence of 1 bytes from index 1"),
        ("cut.toml", "Invalid manifest encoding: incomplete utf-8 byte sequence from index 1"),
        ("empty.toml", "Failed to parse manifest: "),
    ):
        answer = parent.functions["spawn"](Tuple((String(name), NO_STATE, NO_MODULE)))
        assert isinstance(answer, Result)
        assert isinstance(answer.value, String)
        assert answer.value.value.startswith(frame)
