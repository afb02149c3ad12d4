"""What the host interfaces may ask of the actor that a session runs, and when its timers are due."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from heapq import heapify, heappop, heappush, heapreplace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from chainview.actor.engine.wat import NoWat, assembled
from chainview.actor.given_answers import GivenAnswers
from chainview.actor.hosts.answers import Refusal
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.terminal import Nowhere, Terminal
from chainview.actor.module import Module
from chainview.actor.session.family import Family
from chainview.actor.session.mailbox import Mailbox
from chainview.chain.event import Event, Trigger
from chainview.chain.families.link import LinkKind
from chainview.chain.state_chain import StateChain
from chainview.pack.values import Value

_FEW: Final = 64
"""So many planned ticks of timers that were stopped are never in the way."""


@dataclass(slots=True)
class _Timer:
    interval: float
    due: float
    number: int


_Planned = tuple[float, str, int]
"""When a tick is due, of which timer by its name, and its number: one of that name may have been stopped meanwhile."""


class Timers:
    """Named intervals in seconds of a monotonic clock; the first tick is due at once, and one of 0 s never ticks."""

    def __init__(self) -> None:
        self._timers: dict[str, _Timer] = {}
        self._started = 0
        self._names: tuple[str, ...] | None = ()
        self._planned: list[_Planned] = []
        """A heap of the next tick of each timer, and of some that were stopped."""

    @property
    def names(self) -> tuple[str, ...]:
        """The running timers, oldest first."""
        if self._names is None:
            self._names = tuple(self._timers)
        return self._names

    def start(self, name: str, interval: float, now: float) -> bool:
        """Starts a timer; False when that name already runs."""
        if name in self._timers:
            return False
        self._started += 1
        self._timers[name] = _Timer(interval, now, self._started)
        if interval > 0:
            heappush(self._planned, (now, name, self._started))
        self._names = None
        return True

    def stop(self, name: str) -> bool:
        """Ends a timer; False when there is none of that name."""
        if self._timers.pop(name, None) is None:
            return False
        self._names = None
        if len(self._planned) > 2 * len(self._timers) + _FEW:
            running = [(each, timer) for each, timer in self._timers.items() if timer.interval > 0]
            self._planned = [(timer.due, each, timer.number) for each, timer in running]
            heapify(self._planned)
        return True

    def next_due(self) -> float | None:
        """When the next tick is due; None without timers."""
        while self._planned and not self._runs(self._planned[0]):
            heappop(self._planned)
        return self._planned[0][0] if self._planned else None

    def _runs(self, planned: _Planned) -> bool:
        timer = self._timers.get(planned[1])
        return timer is not None and timer.number == planned[2]

    def take_due(self, now: float, moment: float | None = None) -> str | None:
        """The timer whose tick has waited longest, with its next tick planned; None when none is due.

        With a `moment` in the past only a tick that was due by then counts. A tick that was missed while the actor was
        busy is not made up for.
        """
        due = self.next_due()
        if due is None or due > (now if moment is None else moment):
            return None
        _, name, number = self._planned[0]
        timer = self._timers[name]
        timer.due = max(timer.due + timer.interval, now)
        heapreplace(self._planned, (timer.due, name, number))
        return name


class SessionHost:
    """The actor's id, its timers, its wish to end, and its chain; what is given to it may come from any thread."""

    def __init__(
        self,
        chain: StateChain,
        leave: Leave | None = None,
        family: Family | None = None,
        spawned_by: Trigger | None = None,
        terminal: Terminal | None = None,
        answers: GivenAnswers | None = None,
        name: str = "the actor",
    ) -> None:
        """Without a family the actor is one of its own, which spawns nothing."""
        self.actor_id = str(uuid.uuid4())
        self.spawned_by = spawned_by
        """The call that spawned it; None where no actor did."""
        self.parent_id = None if spawned_by is None else spawned_by.actor
        self.family: Family = family or Family()
        self.module: Module | None = None
        """What runs; None until it is loaded."""
        self.leave = leave or Leave()
        self.terminal: Terminal = (terminal or Nowhere()).of(lambda: self.name)
        self.mailbox = Mailbox()
        self.awaits: str | None = None
        """The actor of the family that the running call waits for."""
        self.ending = False
        """The actor asked to end once its call is done."""
        self.handed_over: bytes | None = None
        """The bytes that it ended with."""
        self.chain_file: Path | None = None
        """Where the chain is kept; None where it is not, or not yet."""
        self.warnings: tuple[str, ...] = ()
        """What its interfaces had to tell the person, each once."""
        self.answers = answers or GivenAnswers(())
        """What is left of the answers that were given in the place of handlers."""
        self._chain, self._name = chain, name
        self._timers = Timers()
        self._lock = threading.Lock()
        self._closers = ExitStack()
        self._expected: dict[object, str] = {}
        self._at_stop: list[Callable[[], None]] = []

    @property
    def name(self) -> str:
        """What a person is told that it is called: a child as its file, as several may have one name."""
        return self._name if self.parent_id is None or self.chain_file is None else self.chain_file.stem

    def shut_down(self, data: bytes | None) -> None:
        """The actor asks to end."""
        self.ending, self.handed_over = True, data

    def start_timer(self, name: str, milliseconds: int) -> bool:
        """Starts a timer; False when that name already runs. One of 0 ms is there and never ticks, as in Theater."""
        with self._lock:
            return self._timers.start(name, milliseconds / 1000, time.monotonic())

    def stop_timer(self, name: str) -> bool:
        """Ends a timer; False when there is none of that name."""
        with self._lock:
            return self._timers.stop(name)

    def events_so_far(self) -> Sequence[Event]:
        """The events of the chain, oldest first; only where the chain keeps them."""
        return self._chain.events

    def has_export(self, symbol: str) -> bool:
        """Whether the actor's module exports a function of that symbol."""
        return self.module is not None and symbol in self.module.symbols

    def declares_export(self, symbol: str) -> bool:
        """The same of a function that its module declares too, where it declares any types."""
        metadata = None if self.module is None else self.module.metadata
        declared = metadata is None or any(f"{each.interface}.{each.name}" == symbol for each in metadata.exports)
        return declared and self.has_export(symbol)

    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]:
        """Lets the actor be called once its turn comes; the future has the response, or fails with CallbackFailed."""
        return self.mailbox.call_back(function, params, trigger)

    def trigger(self, kind: LinkKind) -> Trigger:
        """The host call that the actor makes now: nothing else is recorded before that."""
        return Trigger(kind, self.actor_id, self._chain.count + 1)

    def assembled(self, text: str) -> bytes:
        """The binary module of a WebAssembly text; raises Refusal with what the assembler says of any other."""
        try:
            return assembled(text.encode())
        except NoWat as error:
            raise Refusal(str(error)) from None

    def own_folder(self, name: str) -> Path:
        """The folder beside the chain's file for what that interface keeps; one until the end without that."""
        if self.chain_file is not None:
            return self.chain_file.with_name(f"{self.chain_file.stem}.{name}")
        return Path(self._closers.enter_context(TemporaryDirectory(prefix=f"chainview-{name}-")))

    def family_folder(self, name: str) -> Path:
        """The folder in that of the family for what all its actors keep in the interface; its own where it is alone."""
        return self.own_folder(name) if self.family.folder is None else self.family.folder / name

    @contextmanager
    def awaiting(self, actor_id: str) -> Iterator[None]:
        """For as long as the running call waits for that actor; the person is told where that one waits for this."""
        self.awaits = actor_id
        awaited = self.family.awaited_by(self.actor_id)
        if awaited.in_circle:
            self.warn(f"an actor waits for {awaited.words}: neither goes on until one gives up or is interrupted")
        try:
            yield
        finally:
            self.awaits = None

    def warn(self, sentence: str) -> None:
        """Tells the person something once."""
        with self._lock:
            if sentence not in self.warnings:
                self.warnings += (sentence,)

    def announce(self, what: str) -> None:
        """Tells the person what the actor does now."""
        self.family.announce(f"{self.name} {what}")

    def expect(self, what: str) -> Callable[[], None]:
        """Tells that something outside may still call the actor back; until what is returned is called, it won't."""
        key = object()
        with self.mailbox.changed:
            self._expected[key] = what

        def over() -> None:
            with self.mailbox.changed:
                self._expected.pop(key, None)
                self.mailbox.changed.notify()

        return over

    @property
    def expected(self) -> tuple[str, ...]:
        """What may still call the actor back from outside, oldest first."""
        with self.mailbox.changed:
            return tuple(self._expected.values())

    def at_end(self, close: Callable[[], None]) -> None:
        """Lets `close` be called when the actor ends; what was given last is closed first."""
        self._closers.callback(close)

    def at_stop(self, stopped: Callable[[], None]) -> None:
        """Lets `stopped` be called once the actor is to end, on any thread, while a call may still run."""
        with self._lock:
            self._at_stop.append(stopped)

    def stop(self) -> None:
        """Tells its interfaces that the actor is to end."""
        with self._lock:
            told, self._at_stop = self._at_stop, []
        for stopped in told:
            stopped()

    def close(self) -> None:
        """Ends what its interfaces hold."""
        self._closers.close()

    @property
    def timers(self) -> tuple[str, ...]:
        """The names of the running timers."""
        with self._lock:
            return self._timers.names

    def due_timer(self, moment: float | None = None) -> str | None:
        """A timer whose tick was due at that moment, now unless it is given, with its next tick planned."""
        with self._lock:
            return self._timers.take_due(time.monotonic(), moment)

    def seconds_to_tick(self) -> float | None:
        """How long until the next tick is due; None without timers."""
        with self._lock:
            due = self._timers.next_due()
        return None if due is None else max(0.0, due - time.monotonic())
