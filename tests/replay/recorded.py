"""Recordings made in a test, and replays of them."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.hosts.interface import Handler
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.chain.event import Event
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import IS_ASYNCHRONOUS, Header
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import Tuple, Value
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.running import running


def recording_of(
    path: Path,
    *calls: tuple[str, Tuple],
    schema: Schema = Schema.VALUES,
    answers: dict[tuple[str, str], list[Value]] | None = None,
    limits: Limits = DEFAULT_LIMITS,
) -> Recording:
    """What a module records when these calls follow init; `answers` are given in turn, the last one for ever."""
    waiting = {name: list(values) for name, values in (answers or {}).items()}

    def answering(name: tuple[str, str]) -> Handler:
        return lambda input: waiting[name].pop(0) if len(waiting[name]) > 1 else waiting[name][0]

    handlers = {name: answering(name) for name in waiting}
    with running(path, schema=schema, handlers=handlers, limits=limits) as run:
        appended = run.chain.subscribe()
        state = b""
        if run.loaded.kind == "actor":
            run.actor.initialize(None)
        for function, params in calls:
            run.actor.call(function, params)
        if run.loaded.kind == "actor":
            run.actor.shut_down()
        table = EventTable()
        for item in appended.take(appended.waiting):
            if not isinstance(item, Note):
                table.append(*item)
        settings = {IS_ASYNCHRONOUS: True} if run.loaded.asynchronous else {}
        return Recording(table, schema, Header(schema=schema, initial_state=state, settings=settings))


def recording_from(events: tuple[Event, ...], schema: Schema = Schema.VALUES, state: bytes = b"") -> Recording:
    """A recording of these events."""
    table = EventTable()
    for event in events:
        table.append(event)
    return Recording(table, schema, Header(schema=schema, initial_state=state))


def replay_of(recording: Recording, path: Path, mode: Mode = Mode.PROBE, timeout: float = 20.0) -> Replay:
    """A finished replay by the module at `path`."""
    replay = Replay(recording, compiled(path), mode, Limits(timeout=timeout))
    replay.run()
    return replay


@cache
def compiled(path: Path) -> LoadedModule:
    """The module at a path that does not change during a test."""
    return compile_module(read_module(path))


def packed(value: Value) -> bytes:
    """The CGRF bytes of a value."""
    return encode(value)
