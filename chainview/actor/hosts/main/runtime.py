"""`theater:simple/runtime` of the main branch: spawning, asking and ending any actor, and being told of spawns."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from typing import Final

from chainview.actor.generation import RUNTIME_INTERFACE
from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import Refusal, result_of
from chainview.actor.hosts.call_queue import CallQueue
from chainview.actor.hosts.family import CallbackFailed, Child, Ended, Member, SpawnFailed, SpawnStage
from chainview.actor.hosts.interface import Handler, Host, Interface, Limit
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.references import Unresolved, Wrong, named_child, patience
from chainview.actor.manifest import Target
from chainview.chain.event import Trigger
from chainview.chain.families.link import LinkKind
from chainview.chain.lifecycle import Cause
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import (
    UNIT,
    List,
    Option,
    Record,
    String,
    Tuple,
    Value,
    Variant,
    bytes_value,
    none,
    some,
    types,
)
from chainview.system.long_work import wait_for

NAME = RUNTIME_INTERFACE
SPAWNED = "theater:simple/runtime-handlers.handle-actor-spawn"
_MOST_WAITING = 1024
"""Spawns that wait for an actor to be told of them."""
_STOPPING_SECONDS: Final = 10.0
_KILLING_SECONDS: Final = 0.2
_BYTES = types.list_of(types.U8)
_ERRORS = (
    "permission-denied",
    "runtime-unavailable",
    "actor-not-found",
    "invalid-argument",
    "spawn-failed",
    "internal",
)
_FAILURES = (
    "bad-manifest",
    "wasm-fetch",
    "handler-registry",
    "wasm-invalid",
    "interface-mismatch",
    "missing-interface",
    "missing-metadata",
    "init-failed",
    "child-failed",
    "child-stopped",
    "timeout",
    "internal",
)
_STAGES = {
    SpawnStage.MODULE: "wasm-invalid",
    SpawnStage.IMPORTS: "missing-interface",
    SpawnStage.SETUP: "internal",
    SpawnStage.INIT: "init-failed",
}
_WRONG = {
    Wrong.MANIFEST_GONE: ("bad-manifest", "failed to load manifest"),
    Wrong.MANIFEST_ENCODING: ("bad-manifest", "invalid manifest encoding"),
    Wrong.MANIFEST_TEXT: ("bad-manifest", "failed to parse manifest"),
    Wrong.MODULE_GONE: ("wasm-fetch", "failed to load WASM"),
}
_STRING = TypeDesc("string")
_FAILURE = TypeDesc("variant", "spawn-failure", cases=tuple((each, _STRING) for each in _FAILURES))
_PAYLOADS = {"runtime-unavailable": None, "spawn-failed": _FAILURE}
_NAMED = {
    "actor-info": TypeDesc(
        "record",
        "actor-info",
        fields=(("id", _STRING), ("name", _STRING), ("parent-id", TypeDesc("option", args=(_STRING,)))),
    ),
    "actor-id": _STRING,
    "runtime-error": TypeDesc(
        "variant", "runtime-error", cases=tuple((each, _PAYLOADS.get(each, _STRING)) for each in _ERRORS)
    ),
}


def _refusal(case: str, said: str | Value) -> Refusal:
    payload = String(said) if isinstance(said, str) else said
    return Refusal(Variant("runtime-error", case, _ERRORS.index(case), (payload,)))


def _failure(case: str, text: str) -> Refusal:
    return _refusal("spawn-failed", Variant("spawn-failure", case, _FAILURES.index(case), (String(text),)))


def _provide(host: Host) -> Mapping[str, Handler]:
    family, notices = host.family, _Notices(host)
    limits = host.leave.limits_of("runtime")

    def require(capability: str) -> None:
        if limits and capability not in limits:
            given = " ".join(f"--allow runtime:{each}" for each in limits)
            host.warn(f"an actor asked for what {given} does not let it do: --allow runtime:{capability} does")
            raise _refusal("permission-denied", f"runtime '{capability}' capability not granted")

    def target_of(input: Value) -> Member:
        if not isinstance(input, String):
            raise _refusal("invalid-argument", "expected actor id string")
        try:
            id = actor_id(input.value)
        except ValueError as error:
            raise _refusal("invalid-argument", f"invalid actor id '{input.value}': {error}") from None
        member = family.living(id)
        if member is None:
            raise _refusal("actor-not-found", id)
        return member

    def spawn(input: Value) -> Value:
        match input:
            case Tuple((manifest, state, module)):
                child = _child(host, manifest, state, module)
            case _:
                raise _refusal("invalid-argument", "expected (manifest, option<value>, option<list<u8>>)")
        return String(_spawned(family.spawn(host.trigger(LinkKind.SPAWN), child, lambda end: None)).actor_id)

    def spawn_and_wait(input: Value) -> Value:
        match input:
            case Tuple((manifest, state, module, timeout)):
                child = _child(host, manifest, state, module)
            case _:
                raise _refusal("invalid-argument", "expected (manifest, option<value>, option<list<u8>>, option<u64>)")
        member = _spawned(family.spawn(host.trigger(LinkKind.SPAWN), child, lambda end: None))
        try:
            with host.awaiting(member.actor_id):
                return _outcome(wait_for(member.over, patience(timeout)))
        except TimeoutError:
            member.stop(trigger=host.trigger(LinkKind.STOP))
            text = f"timeout waiting for child actor {member.actor_id} to complete"
            raise _failure("timeout", text) from None

    def list_actors(input: Value) -> Value:
        return List(types.record_named("actor-info"), tuple(map(_info, family.all_living())))

    def status(input: Value) -> Value:
        target_of(input)
        return String("Running")

    def state(input: Value) -> Value:
        try:
            return wait_for(target_of(input).state_now())
        except CallbackFailed as failed:
            raise _refusal("internal", str(failed)) from None

    def manifest(input: Value) -> Value:
        return String(_manifest(target_of(input).target))

    def stop(input: Value) -> Value:
        member = target_of(input)
        member.stop(trigger=host.trigger(LinkKind.STOP))
        if member.actor_id != host.actor_id:
            with suppress(TimeoutError), host.awaiting(member.actor_id):
                wait_for(member.over, _STOPPING_SECONDS)
        return UNIT

    def kill(input: Value) -> Value:
        member, trigger = target_of(input), host.trigger(LinkKind.STOP)
        member.kill(trigger)
        while member.actor_id != host.actor_id and not member.over.done():
            with suppress(TimeoutError):
                wait_for(member.over, _KILLING_SECONDS)
            member.kill(trigger)
        return UNIT

    def shut_down(input: Value) -> Value:
        family.stop_all(host.trigger(LinkKind.STOP))
        return UNIT

    def subscribe(input: Value) -> Value:
        notices.begin()
        return UNIT

    def unsubscribe(input: Value) -> Value:
        notices.end()
        return UNIT

    inspecting = {
        "list-actors": list_actors,
        "get-actor-status": status,
        "get-actor-state": state,
        "get-actor-manifest": manifest,
        "subscribe-to-spawns": subscribe,
        "unsubscribe-from-spawns": unsubscribe,
    }
    changing = {
        "spawn": spawn,
        "spawn-and-wait": spawn_and_wait,
        "stop-actor": stop,
        "kill-actor": kill,
        "shutdown-runtime": shut_down,
    }

    def granted(capability: str, answer: Callable[[Value], Value]) -> Handler:
        def answered(input: Value) -> Value:
            require(capability)
            return answer(input)

        return result_of(answered)

    return {
        **{name: granted("inspect", answer) for name, answer in inspecting.items()},
        **{name: granted("mutate", answer) for name, answer in changing.items()},
    }


class _Notices:
    """Tells one actor of those that are spawned, where it has the handler, from when it asks for that on."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._queue = CallQueue(host, _MOST_WAITING)
        self._end: Callable[[], None] | None = None
        host.at_end(self.end)
        host.at_end(self._queue.close)

    def begin(self) -> None:
        """Tells of those that begin from now on."""
        if self._end is None:
            self._end = self._host.family.watch_spawns(self._tell)

    def end(self) -> None:
        """Tells of no more."""
        if self._end is not None:
            self._end()
        self._end = None

    def _tell(self, member: Member) -> None:
        if not self._host.has_export(SPAWNED):
            return
        params = Tuple((String(member.actor_id), String(member.target.name), _parent(member)))
        # The one that was spawned is not held up: the one that is to be told may itself be waiting for it.
        trigger = Trigger(LinkKind.SPAWN_NOTICE, member.actor_id, member.recorded)
        if not self._queue.put(SPAWNED, params, may_wait=False, trigger=trigger):
            self._host.warn(f"{_MOST_WAITING:,} spawns wait for an actor that is told of them: it misses later ones")


def _parent(member: Member) -> Option:
    return Option(types.STRING, None if member.parent_id is None else String(member.parent_id))


def _info(member: Member) -> Value:
    fields = (("id", String(member.actor_id)), ("name", String(member.target.name)), ("parent-id", _parent(member)))
    return Record("actor-info", fields)


def _manifest(target: Target) -> str:
    """A manifest as the runtime writes it: its own fields in their order, what is not given as null."""
    declared = target.declared
    handlers = [{"type": kind, **table} for kind, table in target.handlers.items()]
    told = {
        "name": target.name,
        "version": declared.get("version", ""),
        "package": target.package or str(target.module),
        "description": declared.get("description"),
        "long_description": declared.get("long_description"),
        "initial_state": target.initial_state,
        "static_package": declared.get("static_package", False),
        **({"permission_policy": declared["permission_policy"]} if declared.get("permission_policy") else {}),
        "handler": handlers,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=str)


def _outcome(end: Ended) -> Value:
    """What `spawn-and-wait` answers of a child that has ended."""
    ending = end.ending
    match None if ending is None else ending.cause:
        case Cause.COMPLETED:
            return none(_BYTES) if end.data is None else some(bytes_value(end.data))
        case Cause.FAILED if ending is not None and isinstance(ending.told, String):
            raise _failure("child-failed", f"child actor {end.actor_id} failed: {ending.told.value}")
        case Cause.STOPPED | Cause.KILLED | Cause.PEER_KILLED as cause:
            held = ending.told if ending is not None else None
            peer = f' {{ peer: "{held.value}" }}' if isinstance(held, String) else ""
            raise _failure("child-stopped", f"child actor {end.actor_id} was stopped ({cause.value}{peer})")
    raise _refusal("internal", f"child actor {end.actor_id} chain closed before terminating")


def _spawned(spawned: Future[Member]) -> Member:
    try:
        return wait_for(spawned)
    except SpawnFailed as failed:
        raise _failure(_STAGES[failed.stage], failed.reason) from None


def _child(host: Host, manifest: Value, state: Value, module: Value) -> Child:
    """What is to be spawned; raises Refusal where an argument is of another type, or a file can't be had."""
    if not isinstance(state, Option):
        raise _refusal("invalid-argument", "init-state must be option<value>")
    if not isinstance(manifest, String):
        raise _refusal("invalid-argument", "invalid manifest argument")
    try:
        return named_child(host, manifest.value, state.value, module)
    except Unresolved as error:
        case, frame = _WRONG[error.wrong]
        raise _failure(case, f"{frame}: {error}") from None


CONTROL = Interface(
    NAME,
    "runtime",
    functions(
        NAME,
        """
        spawn: func(manifest: string, init-state: option<value>, wasm-bytes: option<list<u8>>)
            -> result<string, runtime-error>
        spawn-and-wait: func(manifest: string, init-state: option<value>, wasm-bytes: option<list<u8>>,
            timeout-ms: option<u64>) -> result<option<list<u8>>, runtime-error>
        list-actors: func() -> result<list<actor-info>, runtime-error>
        get-actor-status: func(id: actor-id) -> result<string, runtime-error>
        get-actor-state: func(id: actor-id) -> result<option<list<u8>>, runtime-error>
        get-actor-manifest: func(id: actor-id) -> result<string, runtime-error>
        stop-actor: func(id: actor-id) -> result<_, runtime-error>
        kill-actor: func(id: actor-id) -> result<_, runtime-error>
        shutdown-runtime: func() -> result<_, runtime-error>
        subscribe-to-spawns: func() -> result<_, runtime-error>
        unsubscribe-from-spawns: func() -> result<_, runtime-error>
        """,
        _NAMED,
    ),
    _provide,
    callbacks=(SPAWNED,),
    reaches_outside=True,
    limit=Limit("inspect or mutate", ("inspect", "mutate").__contains__),
)
