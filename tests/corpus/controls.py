"""Recordings that their own module does not make again, and builds to judge by them: innocent ones and guilty ones."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import wasmtime

from chainview.actor.engine.loading import LoadedModule, compile_module
from chainview.actor.limits import Limits
from chainview.actor.module import ModuleFile
from chainview.pack.cgrf import encode
from chainview.pack.values import F64, S32, U32, U64, UNIT, Record, String, Value
from chainview.replay.run.recording import Recording
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.corpus.faults import FOLDER
from tests.corpus.recorder import NOW, Recorder
from tests.corpus.test_mutated_chains import parts_of, rebuilt, said
from tests.replay.chains import PART
from tests.workbench.test_build_watch import LOG, ok

NOTHING = b"\x00\x05\x04note"
"""A section that changes a module's bytes and nothing that it does."""
EARLY, LATE = (b" opens", b" OPENS"), (b"average of ", b"AVERAGE of ")
"""What a guilty build logs in place of what was recorded, in the first call and in one of the last."""
LOOKUP = ("sample:pricing/rates", "lookup")
PUT = ("test:x/host", "put")
LIMITS = Limits(timeout=2.0)
CALLS = [text for text in (FOLDER / "workloads/short.calls").read_text().splitlines() if text and text[0] != "#"]


KINDS = ("itself", "innocent", "early", "late")


@dataclass(frozen=True, slots=True)
class Control:
    """A recording with the modules that made it, the recorded one first, and what their replay must find in it.

    `place` is the event, from 1, that the recorded module does not make again, 0 where it makes all, and `classes` are
    the codes that name it rightly. `reproducible` says whether the modules together make the recording again.
    """

    name: str
    recording: Recording
    made_by: tuple[LoadedModule, ...]
    place: int = 0
    classes: tuple[str, ...] = ("B1",)
    reproducible: bool = False
    limits: Limits = LIMITS

    def build(self, kind: str) -> LoadedModule:
        """The recorded module itself, one with other bytes that does the same, or one that is guilty early or late."""
        first = self.made_by[0]
        if kind == "itself":
            return first
        if kind == "innocent" and first.file.name == "pricing.wasm":
            return pricing("refactored", self.limits)
        changed = {"innocent": first.file.data + NOTHING, "early": _with(first, EARLY), "late": _with(first, LATE)}
        return compiled(first.file.name, changed[kind], self.limits)

    def causes(self, kind: str) -> list[tuple[int, tuple[str, ...]]]:
        """What must be found with a build of that kind: the event of each cause, and the codes that name it rightly."""
        own = [(self.place, self.classes)] if self.place else []
        guilty = {"early": EARLY, "late": LATE}.get(kind)
        edits: list[tuple[int, tuple[str, ...]]] = (
            [] if guilty is None else [(event_with(self.recording, guilty[0]), ("C1",))]
        )
        return sorted(own + edits)


def _with(loaded: LoadedModule, change: tuple[bytes, bytes]) -> bytes:
    data = loaded.file.data
    assert data.count(change[0]) == 1
    return data.replace(*change)


def compiled(name: str, data: bytes, limits: Limits = LIMITS) -> LoadedModule:
    """A module of these bytes."""
    return compile_module(ModuleFile(Path(name), name, data, hashlib.sha256(data).hexdigest()), limits)


def pricing(fault: str = "", limits: Limits = LIMITS) -> LoadedModule:
    """The correct build of the corpus, or one of its faults."""
    path = FOLDER / (f"faults/{fault}.wasm" if fault else "pricing.wasm")
    return compiled(path.name, path.read_bytes(), limits)


def event_with(recording: Recording, mark: bytes) -> int:
    """The number of the first event whose payload holds these bytes."""
    return next(index + 1 for index in range(len(recording)) if mark in recording.table.payload(index))


@cache
def controls() -> tuple[Control, ...]:
    """Every recording."""
    return (
        _hidden("hidden, one instance", restarted=False, noted=False),
        _hidden("hidden, build noted", restarted=True, noted=True),
        _hidden("hidden, restarted", restarted=True, noted=False),
        _two_builds(noted=True),
        _two_builds(noted=False),
        _interrupted(),
        _unrecorded("unrecorded answer", LIMITS, ("B1",)),
        _unrecorded("unrecorded, fuel", replace(LIMITS, fuel=True), ("B1b",)),
        _changed("answer changed", b"quote 2: ", _with_other_moment),
        _changed("event lost", b"cake x3", lambda parts, at: [*parts[:at], *parts[at + 1 :]]),
        _other_engine(),
        _other_memory(),
    )


def _hidden(name: str, *, restarted: bool, noted: bool) -> Control:
    """A static keeps the tax of the first quote; on a new instance the second quote gets its own.

    A note of the build says where the new instance began, so its replay begins a new one there too.
    """
    module = pricing("hidden-state")
    run = Recorder(module, LIMITS)
    run.call(*CALLS[:4])
    if restarted:
        run.go_on_with(module, noted=noted)
    run.call(*CALLS[4:])
    recording = run.recording()
    place = event_with(recording, b'{"quote":2,"net"') if restarted and not noted else 0
    return Control(name, recording, (module,), place, ("B1a",), reproducible=noted or not restarted)


def _two_builds(*, noted: bool) -> Control:
    """Another build answered `totals` and what came after it."""
    run = Recorder(pricing(), LIMITS)
    run.call(*CALLS[:6])
    run.go_on_with(pricing("other-result"), noted=noted)
    run.call(*CALLS[6:])
    recording = run.recording()
    place = event_with(recording, b"2 quotes, 1 sold") + 1
    if noted:
        return Control("two builds, noted", recording, tuple(run.made_by), place, ("C6",), reproducible=True)
    return Control("two builds", recording, tuple(run.made_by), place)


def _interrupted() -> Control:
    """A person ended a call that would have gone on: where the recording was stopped, so is its replay."""
    module = pricing()

    def log(message: Value) -> Value:
        if "week 5" in str(message):
            run.actor.interrupt()
        return UNIT

    run = Recorder(module, LIMITS, {LOG: log})
    run.call(*CALLS[:4], 'forecast("tea", 30u32)', *CALLS[4:])
    recording = run.recording()
    return Control("interrupted", recording, (module,), reproducible=True)


def _unrecorded(name: str, limits: Limits, classes: tuple[str, ...]) -> Control:
    """The host answers more than it writes down: a long name, which shows in no event, and later another price."""
    module = pricing(limits=limits)
    answers = iter([_rate(), _rate(source="long" * 1000), _rate(price=100)])
    run = Recorder(module, limits, {LOOKUP: lambda _: next(answers)}, {LOOKUP: lambda _: _rate()})
    run.call(*CALLS)
    recording = run.recording()
    return Control(name, recording, (module,), event_with(recording, b"cake x3"), classes, limits=limits)


def _rate(price: int = 0, source: str = "") -> Record:
    return Record("Rate", (("price", U64(price)), ("tax", U32(0)), ("source", String(source))))


def _changed(name: str, mark: bytes, change: Callable[[list[PART], int], list[PART]]) -> Control:
    """A correct recording that was changed by hand, and its hashes computed again."""
    module = pricing()
    run = Recorder(module, LIMITS)
    run.call(*CALLS)
    source = run.recording()
    place = event_with(source, mark)
    return Control(name, rebuilt(source, change(parts_of(source), place - 1)), (module,), place)


def _with_other_moment(parts: list[PART], at: int) -> list[PART]:
    asked = max(index for index in range(at) if parts[index][0] == "/".join(NOW))
    return [*parts[:asked], said(parts[asked], output=U64(7)), *parts[asked + 1 :]]


def _other_engine() -> Control:
    """The recording's engine left other bits in a NaN than the one at hand."""
    guest = _guest().ignoring("f", *PUT, encode(F64(0x7FF8 << 48)), ok(S32(1), UNIT))
    module = _assembled(guest)
    run = _recorded_guest(module, LIMITS)
    source = run.recording()
    parts = [said(part, input=F64(0xFFF8 << 48)) if part[0] == "/".join(PUT) else part for part in parts_of(source)]
    place = next(index + 1 for index, part in enumerate(parts) if part[0] == "/".join(PUT))
    return Control("other engine", rebuilt(source, parts), (module,), place, ("A4",))


def _other_memory() -> Control:
    """Recorded where the memory could grow further than it may now; it traps where it may not."""
    guest = _guest().constant("f", ok(S32(1), UNIT))
    grow = "(if (i32.eq (i32.const -1) (memory.grow (i32.const 512))) (then unreachable))"
    guest.bodies["f"] = grow + guest.bodies["f"]
    module = _assembled(guest)
    recording = _recorded_guest(module, replace(LIMITS, memory=64 << 20)).recording()
    return Control("other memory", recording, (module,), 5, limits=replace(LIMITS, memory=16 << 20))


def _guest() -> Guest:
    """An actor that logs in its first call and in its last."""
    guest = Guest().ignoring(INIT, *LOG, encode(String("desk" + EARLY[0].decode())), ok(S32(1), UNIT))
    return guest.ignoring("g", *LOG, encode(String(LATE[0].decode())), ok(S32(1), UNIT))


def _assembled(guest: Guest) -> LoadedModule:
    return compiled("guest.wasm", bytes(wasmtime.wat2wasm(guest.text)))


def _recorded_guest(module: LoadedModule, limits: Limits) -> Recorder:
    run = Recorder(module, limits, {LOG: lambda _: UNIT, PUT: lambda _: UNIT})
    run.call("f()", "g()")
    return run
