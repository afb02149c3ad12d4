"""`theater:simple/supervisor`: spawning children, asking and ending them, and being told what becomes of them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from chainview.actor.hosts.actor_ids import actor_id
from chainview.actor.hosts.answers import Refusal, result_of
from chainview.actor.hosts.call_queue import CallQueue
from chainview.actor.hosts.family import ActorError, CallbackFailed, Child, Ended, Member, SpawnFailed, SpawnStage, Way
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.references import Unresolved, Wrong, named_child, patience, resumed_child
from chainview.chain.event import Event, Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.values import (
    UNIT,
    List,
    Option,
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

NAME = "theater:simple/supervisor"
_HANDLERS = "theater:simple/supervisor-handlers"
EXIT, ERROR = f"{_HANDLERS}.handle-child-exit", f"{_HANDLERS}.handle-child-error"
STOP, EVENT = f"{_HANDLERS}.handle-child-external-stop", f"{_HANDLERS}.handle-child-event"
_MOST_WAITING = 1024
"""Events that wait for a supervisor before the child that records more has to wait, too."""
_STOPPING_SECONDS = 10.0
_BYTES = types.list_of(types.U8)
_KINDS = (
    "operation-timeout",
    "channel-closed",
    "shutting-down",
    "function-not-found",
    "type-mismatch",
    "internal",
    "serialization-error",
    "update-component-error",
    "paused",
)
"""The cases of `wit-error-type` in the order of their tags."""
_WRONG = {
    Wrong.MANIFEST_GONE: "Failed to load manifest: ",
    Wrong.MANIFEST_ENCODING: "Invalid manifest encoding: ",
    Wrong.MANIFEST_TEXT: "Failed to parse manifest: ",
    Wrong.MODULE_GONE: "Failed to load WASM: ",
}
_WRONG_TO_RESUME = {
    Wrong.MANIFEST_GONE: "Actor initialization error: Failed to load manifest: ",
    Wrong.MANIFEST_ENCODING: "Actor initialization error: ",
    Wrong.MANIFEST_TEXT: "Actor initialization error: Failed to parse manifest: ",
    Wrong.MODULE_GONE: "Failed to load WASM: ",
}


@dataclass(slots=True)
class _Children:
    """The living children of one supervisor, oldest first, and what their events wait in."""

    queue: CallQueue
    ids: dict[str, None] = field(default_factory=dict)
    watched: dict[str, Callable[[], None]] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def own(self, id: str, function: str) -> None:
        """Raises Refusal for one that is none of them."""
        with self.lock:
            if id not in self.ids:
                raise Refusal(f"{function}: {id} is not a child of this supervisor")

    def forget(self, id: str) -> None:
        """One has ended."""
        with self.lock:
            self.ids.pop(id, None)
            ending = self.watched.pop(id, None)
        if ending is not None:
            ending()


def _provide(host: Host) -> Mapping[str, Handler]:
    family = host.family
    children = _Children(CallQueue(host, _MOST_WAITING))
    host.at_end(children.queue.close)

    def ended(end: Ended) -> None:
        children.forget(end.actor_id)
        told = _told(end)
        if told is not None and host.declares_export(told[0]):
            children.queue.put(*told, trigger=Trigger(LinkKind.CHILD_END, end.actor_id, end.events))

    def spawn(input: Value) -> Value:
        match input:
            case Tuple((manifest, state, module)):
                child = _child(host, manifest, state, module)
            case _:
                raise Refusal("Invalid spawn arguments: expected (string, option<value>, option<list<u8>>)")
        return begun(child)

    def begun(child: Child) -> Value:
        member = _spawned(host, family.spawn(host.trigger(LinkKind.SPAWN), child, ended), "")
        with children.lock:
            if not member.over.done():
                children.ids[member.actor_id] = None
        return String(member.actor_id)

    def spawn_and_wait(input: Value) -> Value:
        match input:
            case Tuple((manifest, state, module, timeout)):
                child = _child(host, manifest, state, module)
            case _:
                raise Refusal(
                    "Invalid spawn-and-wait arguments: expected (string, option<value>, option<list<u8>>, option<u64>)"
                )
        spawned = family.spawn(host.trigger(LinkKind.SPAWN), child, lambda end: None)
        member = _spawned(host, spawned, "Failed to spawn actor: ")
        try:
            with host.awaiting(member.actor_id):
                return _outcome(wait_for(member.over, patience(timeout)))
        except TimeoutError:
            member.stop(trigger=host.trigger(LinkKind.STOP))
            raise Refusal(f"Timeout waiting for child actor {member.actor_id} to complete") from None

    def resume(input: Value) -> Value:
        # The declaration has three arguments, and the handler reads two.
        match input:
            case Tuple((String(manifest), module)):
                return begun(_resumed(host, manifest, module))
            case Tuple((_, _)):
                raise Refusal("Invalid manifest argument")
        raise Refusal("Invalid resume arguments: expected (string, option<list<u8>>)")

    def list_children(input: Value) -> Value:
        with children.lock:
            return List(types.STRING, tuple(map(String, children.ids)))

    def restart_child(input: Value) -> Value:
        _id(input, "restart-child")
        raise Refusal("Actor restart not implemented")

    def stop_child(input: Value) -> Value:
        id = _id(input, "stop-child")
        member = family.living(id)
        if member is not None:
            member.stop(trigger=host.trigger(LinkKind.STOP))
            if id != host.actor_id:
                with suppress(TimeoutError), host.awaiting(id):
                    wait_for(member.over, _STOPPING_SECONDS)
        return UNIT

    def get_child_state(input: Value) -> Value:
        id = _id(input, "get-child-state")
        member = family.living(id)
        if member is None:
            raise Refusal(f"Actor not found: {id}")
        try:
            return wait_for(member.state_now())
        except CallbackFailed:
            raise Refusal("Failed to receive state: channel closed") from None

    def subscribe(input: Value) -> Value:
        id = _id(input, "subscribe-to-child")
        children.own(id, "subscribe-to-child")
        member = family.living(id)
        if member is not None and host.declares_export(EVENT):
            ending = member.watch(partial(_forward, children.queue, id))
            with children.lock:
                before = children.watched.pop(id, None)
                children.watched[id] = ending
            if before is not None:
                before()
        return UNIT

    def unsubscribe(input: Value) -> Value:
        id = _id(input, "unsubscribe-from-child")
        children.own(id, "unsubscribe-from-child")
        with children.lock:
            ending = children.watched.pop(id, None)
        if ending is not None:
            ending()
        return UNIT

    answers = {
        "spawn": spawn,
        "spawn-and-wait": spawn_and_wait,
        "resume": resume,
        "list-children": list_children,
        "restart-child": restart_child,
        "stop-child": stop_child,
        "get-child-state": get_child_state,
        "subscribe-to-child": subscribe,
        "unsubscribe-from-child": unsubscribe,
    }
    return {name: result_of(answer) for name, answer in answers.items()}


def _told(end: Ended) -> tuple[str, Value] | None:
    """The call that tells a supervisor how a child ended."""
    id = String(end.actor_id)
    match end.way:
        case Way.COMPLETED:
            return EXIT, Tuple((id, _option(end.data)))
        case Way.STOPPED:
            return STOP, Tuple((id,))
    return None if end.error is None else (ERROR, Tuple((id, _error(end.error))))


def _error(error: ActorError) -> Value:
    """The record `wit-actor-error`, as the tuple in which the handler hands it over."""
    kind = error.kind if error.kind in _KINDS else "internal"
    return Tuple((Variant("wit-error-type", kind, _KINDS.index(kind), ()), _option(error.text.encode())))


def _option(data: bytes | None) -> Value:
    return none(_BYTES) if data is None else some(bytes_value(data))


def _outcome(end: Ended) -> Value:
    """What `spawn-and-wait` answers of a child that has ended."""
    match end.way:
        case Way.COMPLETED:
            return _option(end.data)
        case Way.STOPPED:
            raise Refusal(f"Child actor {end.actor_id} was stopped externally")
    raise Refusal(f"Child actor {end.actor_id} failed: {end.error.text if end.error else ''}")


def _forward(queue: CallQueue, child: str, event: Event, number: int) -> None:
    params = Tuple((String(child), String(event.event_type), bytes_value(event.payload)))
    queue.put(EVENT, params, trigger=Trigger(LinkKind.CHILD_EVENT, child, number))


def _spawned(host: Host, spawned: Future[Member], frame: str) -> Member:
    try:
        return wait_for(spawned)
    except SpawnFailed as failed:
        if failed.stage is not SpawnStage.INIT:
            # The guest is told less than a person needs to know.
            host.warn(f"a child could not be spawned: {failed.reason}")
        raise Refusal(f"{frame}{failed}") from None


def _id(input: Value, function: str) -> str:
    match input:
        case String(text) | Tuple((String(text),)):
            try:
                return actor_id(text)
            except ValueError as error:
                raise Refusal(f"Invalid child ID: {error}") from None
        case Tuple((_,)):
            raise Refusal("Invalid child-id argument")
    raise Refusal(f"Invalid {function} argument")


def _child(host: Host, manifest: Value, state: Value, module: Value) -> Child:
    """What is to be spawned; raises Refusal where an argument is of another type, or a file can't be had."""
    if not isinstance(state, Option):
        raise Refusal("Invalid init-state argument: expected option<value>")
    if not isinstance(manifest, String):
        raise Refusal("Invalid manifest argument")
    try:
        return named_child(host, manifest.value, state.value, module)
    except Unresolved as error:
        raise Refusal(f"{_WRONG[error.wrong]}{error}") from None


def _resumed(host: Host, manifest: str, module: Value) -> Child:
    """What is to be resumed; raises Refusal where a file can't be had."""
    try:
        return resumed_child(host, manifest, module)
    except Unresolved as error:
        raise Refusal(f"{_WRONG_TO_RESUME[error.wrong]}{error}") from None


SUPERVISOR = Interface(
    NAME,
    "supervisor",
    functions(
        NAME,
        """
        spawn: func(manifest: string, init-state: option<value>, wasm-bytes: option<list<u8>>) -> result<string, string>
        spawn-and-wait: func(manifest: string, init-state: option<value>, wasm-bytes: option<list<u8>>,
            timeout-ms: option<u64>) -> result<option<list<u8>>, string>
        resume: func(manifest: string, state-bytes: option<list<u8>>, wasm-bytes: option<list<u8>>)
            -> result<string, string>
        list-children: func() -> result<list<string>, string>
        restart-child: func(child-id: string) -> result<_, string>
        stop-child: func(child-id: string) -> result<_, string>
        get-child-state: func(child-id: string) -> result<option<list<u8>>, string>
        subscribe-to-child: func(child-id: string) -> result<_, string>
        unsubscribe-from-child: func(child-id: string) -> result<_, string>
        """,
    ),
    _provide,
    callbacks=(EXIT, ERROR, STOP, EVENT),
    reaches_outside=True,
)
