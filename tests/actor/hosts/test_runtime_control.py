"""The main branch's runtime: what an actor may ask of any other, and in which words it is refused."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.answers import inferred
from chainview.actor.hosts.family import Ended, SpawnStage, Way
from chainview.actor.hosts.interface import Handler
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.main.runtime import CONTROL, SPAWNED
from chainview.chain.lifecycle import KILLED, STOPPED, Lifecycle, completed, failed, peer_killed
from chainview.pack.values import (
    S32,
    U64,
    UNIT,
    List,
    Option,
    Record,
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
from tests.actor.guests import Guest
from tests.actor.hosts.relatives import Relatives
from tests.actor.hosts.test_registry import ok

BYTES = types.list_of(types.U8)
NO_STATE, NO_MODULE = none(types.BOOL), none(BYTES)
NOBODY = "550e8400-e29b-41d4-a716-446655440000"
MANIFEST = 'name = "child"\nversion = "1"\npackage = "child.wasm"\n'
ASKED = (String("child.toml"), NO_STATE, NO_MODULE)
_CASES = (
    "permission-denied",
    "runtime-unavailable",
    "actor-not-found",
    "invalid-argument",
    "spawn-failed",
    "internal",
)
_FAILURES = {"bad-manifest": 0, "wasm-fetch": 1, "wasm-invalid": 3, "missing-interface": 5, "init-failed": 7}
_FAILURES |= {"child-failed": 8, "child-stopped": 9, "timeout": 10, "internal": 11}


def refused(case: str, said: str | Value) -> Value:
    """What the main branch records of a runtime-error: the other branch is the unit."""
    error = Variant("runtime-error", case, _CASES.index(case), (String(said) if isinstance(said, str) else said,))
    return Result(types.tuple_of(()), types.variant_named("runtime-error"), False, error)


def unspawned(case: str, said: str) -> Value:
    """A spawn that failed."""
    return refused("spawn-failed", Variant("spawn-failure", case, _FAILURES[case], (String(said),)))


class Control:
    """An actor that has the runtime, in a folder where a child's manifest and module lie."""

    def __init__(self, folder: Path, leave: Leave | None = None) -> None:
        self.folder = folder
        self.family = Relatives()
        self.actor = self.family.grown()
        self.actor.host.module = load_module(Guest().returning(SPAWNED, UNIT).written(folder))
        self.actor.host.leave = leave or Leave()
        self.functions: dict[str, Handler] = dict(CONTROL.provide(self.actor.host))
        (folder / "child.toml").write_text(MANIFEST)
        (folder / "child.wasm").write_bytes(b"\0asm")

    def ask(self, function: str, input: Value = UNIT) -> Value:
        """What a function answers, as it is recorded."""
        return inferred(self.functions[function](input))


@pytest.fixture
def control(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Control:
    """An actor, started in the folder of its children."""
    monkeypatch.chdir(tmp_path)
    return Control(tmp_path)


def test_actors_are_listed_with_their_parents(control: Control) -> None:
    """Oldest first, each as a record; the list is there even of one that asks about itself alone."""
    spawned = control.ask("spawn", Tuple(ASKED))
    assert isinstance(spawned, Result)
    child = control.family.living(spawned.value.value)  # type: ignore[attr-defined]
    assert child is not None
    listed = control.ask("list-actors")
    assert isinstance(listed, Result)
    assert isinstance(listed.value, List)
    fields = [dict(each.fields) for each in listed.value.items if isinstance(each, Record)]
    assert [each["parent-id"] for each in fields] == [none(types.STRING), some(String(control.actor.actor_id))]
    assert [each["id"] for each in fields] == [String(control.actor.actor_id), String(child.actor_id)]
    assert listed.value.elem == types.record_named("actor-info")


def test_an_actor_is_asked_by_its_id(control: Control) -> None:
    """How it is, what its manifest says, and the state that it shows."""
    id = String(control.family.grown().actor_id)
    assert control.ask("get-actor-status", id) == inferred(ok(String("Running")))
    answer = control.ask("get-actor-manifest", id)
    assert isinstance(answer, Result)
    assert isinstance(answer.value, String)
    manifest = json.loads(answer.value.value)
    assert list(manifest) == [
        "name",
        "version",
        "package",
        "description",
        "long_description",
        "initial_state",
        "static_package",
        "handler",
    ]
    assert manifest["name"] == "relative"


def test_an_actor_that_ends_before_it_tells_its_state_is_an_error(control: Control) -> None:
    """Its case tells that it was no fault of who asked."""
    member = control.family.grown()
    member.host.mailbox.close()
    answer = control.ask("get-actor-state", String(member.actor_id))
    assert answer == refused("internal", "Operation channel closed")


def test_actors_are_stopped_and_killed(control: Control) -> None:
    """An actor may end itself, which it does not wait for; the whole runtime ends with all of them."""
    other = control.family.grown()
    other.over.set_result(Ended(other.actor_id, Way.STOPPED))
    for function, ending in (("stop-actor", STOPPED), ("kill-actor", KILLED)):
        assert control.ask(function, String(other.actor_id)) == inferred(ok(UNIT))
        assert other.ending == ending
        assert control.ask(function, String(control.actor.actor_id)) == inferred(ok(UNIT))
        assert control.actor.ending == ending
    assert control.ask("shutdown-runtime") == inferred(ok(UNIT))
    assert all(each.ending == STOPPED for each in control.family.all_living())


def test_a_child_is_waited_for(control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """It answers with what the child handed over; any other end is a failure that names its cause."""
    held = list[Ended]()

    def ended(ending: Lifecycle | None, data: bytes | None = None) -> Value:
        grown = control.family.grown

        def over(*given: object) -> object:
            child = grown()
            held.append(Ended(child.actor_id, Way.STOPPED, None, data, ending))
            child.over.set_result(held[-1])
            return child

        monkeypatch.setattr(control.family, "grown", over)
        answer = control.ask("spawn-and-wait", Tuple((*ASKED, none(types.U64))))
        monkeypatch.setattr(control.family, "grown", grown)
        return answer

    assert ended(completed(b"done"), b"done") == inferred(ok(some(bytes_value(b"done"))))
    assert ended(completed(None)) == inferred(ok(none(BYTES)))
    for ending, case, words in (
        (failed("it broke"), "child-failed", "failed: it broke"),
        (STOPPED, "child-stopped", "was stopped (Stopped)"),
        (KILLED, "child-stopped", "was stopped (Killed)"),
        (peer_killed("p"), "child-stopped", 'was stopped (PeerKilled { peer: "p" })'),
    ):
        answer = ended(ending)
        assert answer == unspawned(case, f"child actor {held[-1].actor_id} {words}")
    answer = ended(None)
    assert answer == refused("internal", f"child actor {held[-1].actor_id} chain closed before terminating")


def test_a_child_is_not_waited_for_without_end(control: Control) -> None:
    """One that takes longer than it may is stopped."""
    answer = control.ask("spawn-and-wait", Tuple((*ASKED, some(U64(0)))))
    child = control.family.all_living()[-1]
    assert answer == unspawned("timeout", f"timeout waiting for child actor {child.actor_id} to complete")
    assert child.stopped


@pytest.mark.parametrize(
    ("stage", "case"),
    [
        (SpawnStage.MODULE, "wasm-invalid"),
        (SpawnStage.IMPORTS, "missing-interface"),
        (SpawnStage.SETUP, "internal"),
        (SpawnStage.INIT, "init-failed"),
    ],
)
def test_a_child_that_can_not_begin_is_a_failure_of_its_kind(control: Control, stage: SpawnStage, case: str) -> None:
    """The case tells where it failed, and the text why."""
    control.family.refusal, control.family.refused_at = "it broke", stage
    assert control.ask("spawn", Tuple(ASKED)) == unspawned(case, "it broke")
    assert control.ask("spawn-and-wait", Tuple((*ASKED, none(types.U64)))) == unspawned(case, "it broke")


@pytest.mark.parametrize(
    ("function", "input", "answer"),
    [
        ("spawn", UNIT, refused("invalid-argument", "expected (manifest, option<value>, option<list<u8>>)")),
        (
            "spawn-and-wait",
            UNIT,
            refused("invalid-argument", "expected (manifest, option<value>, option<list<u8>>, option<u64>)"),
        ),
        (
            "spawn",
            Tuple((String("m"), UNIT, NO_MODULE)),
            refused("invalid-argument", "init-state must be option<value>"),
        ),
        ("spawn", Tuple((UNIT, NO_STATE, NO_MODULE)), refused("invalid-argument", "invalid manifest argument")),
        (
            "spawn",
            Tuple((String("none.toml"), NO_STATE, NO_MODULE)),
            unspawned(
                "bad-manifest",
                "failed to load manifest: Failed to resolve reference: No such file or directory (os error 2)",
            ),
        ),
        (
            "spawn",
            Tuple((String("bare.toml"), NO_STATE, NO_MODULE)),
            unspawned(
                "wasm-fetch", "failed to load WASM: Failed to resolve reference: No such file or directory (os error 2)"
            ),
        ),
        (
            "spawn",
            Tuple((String("latin.toml"), NO_STATE, NO_MODULE)),
            unspawned("bad-manifest", "invalid manifest encoding: invalid utf-8 sequence of 1 bytes from index 8"),
        ),
        ("stop-actor", UNIT, refused("invalid-argument", "expected actor id string")),
        (
            "kill-actor",
            String("x"),
            refused("invalid-argument", "invalid actor id 'x': invalid character: found `x` at 0"),
        ),
        ("get-actor-status", String(NOBODY), refused("actor-not-found", NOBODY)),
        ("get-actor-state", String(NOBODY), refused("actor-not-found", NOBODY)),
        ("get-actor-manifest", String(NOBODY), refused("actor-not-found", NOBODY)),
    ],
)
def test_what_can_not_be_done_is_refused_as_the_reference_does(
    control: Control, function: str, input: Value, answer: Value
) -> None:
    """Each is an err whose case a guest can go by, and nothing is spawned."""
    (control.folder / "bare.toml").write_text(MANIFEST.replace("child.wasm", "none.wasm"))
    (control.folder / "latin.toml").write_bytes(b'name = "\xe9t"')
    assert control.ask(function, input) == answer
    assert control.family.asked == []


def test_a_limit_lets_an_actor_look_and_not_change(tmp_path: Path) -> None:
    """What it may not is refused with the interface's own error, and the person is told how it is allowed."""
    control = Control(tmp_path, Leave(limits={"runtime": ("inspect",)}))
    assert isinstance(control.ask("list-actors"), Result)
    for function in ("spawn", "spawn-and-wait", "stop-actor", "kill-actor", "shutdown-runtime"):
        assert control.ask(function) == refused("permission-denied", "runtime 'mutate' capability not granted")
    (told,) = control.actor.host.warnings
    assert "--allow runtime:mutate" in told


def test_a_state_is_given_or_that_of_the_manifest(control: Control) -> None:
    """Even an option without a value is a state that was given."""
    for state in (NO_STATE, some(S32(5)), Option(types.option_of(BYTES), none(BYTES))):
        control.ask("spawn", Tuple((String("child.toml"), state, NO_MODULE)))
    (control.folder / "child.toml").write_text(MANIFEST + 'initial_state = "seed"\n')
    control.ask("spawn", Tuple((String("child.toml"), NO_STATE, some(bytes_value(b"other")))))
    assert [each.state for each in control.family.asked] == [none(BYTES), S32(5), none(BYTES), String("seed")]
    assert control.family.asked[-1].module == b"other"
