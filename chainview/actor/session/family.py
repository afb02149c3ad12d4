"""The actors of a session: the root and all that they spawned, each with a chain and a file of its own."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final, Protocol, TypeVar, cast

from chainview.actor.engine.loading import LoadedModule, compile_module, module_of
from chainview.actor.hosts.family import Child, Ended, Member, SpawnFailed, SpawnStage
from chainview.actor.limits import DEFAULT_LIMITS, Limits, SharedMemory
from chainview.actor.module import ModuleError, ModuleFile
from chainview.actor.session.index_file import IndexFile
from chainview.actor.session.options import Options
from chainview.actor.session.places import family_folder, kept_beside, kept_path, making_way, single_file, stem_of
from chainview.chain.event import Trigger
from chainview.chain.families.index import Entry
from chainview.chain.families.link import LinkKind
from chainview.chain.files.native.writer import ChainWriter
from chainview.system.errors import ChainviewError
from chainview.system.long_work import Turns
from chainview.system.wording import plural

PATIENCE_SECONDS: Final = 0.5
"""How long a call may still wait for something once its actor is to end."""
_LOOK_SECONDS: Final = 0.1
_MOST_AT_ONCE: Final = 4
_LONGEST_TURN: Final = 1.0
"""Calls of a family that run at once, and the seconds after which one runs beside them all the same."""

_T = TypeVar("_T")


class FamilyMember(Member, Protocol):
    """An actor of the family as the family itself sees it."""

    @property
    def initialized(self) -> Future[None]:
        """Done once its init was; fails with SpawnFailed where it can't be started, or where init failed."""
        ...

    @property
    def chain_path(self) -> Path | None:
        """Its chain's file; None until it begins."""
        ...

    def start(self) -> None: ...
    def interrupt(self, *, waiting: bool = False) -> bool:
        """Ends the call that runs, or only one that is `waiting` for something; False when there is none."""
        ...

    def end(self, grace: float) -> None:
        """Ends it for good, interrupting a call that outlasts `grace` seconds; safe to repeat."""
        ...

    @property
    def awaits(self) -> str | None:
        """The actor of the family that its running call waits for."""
        ...

    @property
    def quiet(self) -> threading.Event:
        """Set while it has nothing to do, and nothing could change that but another actor."""
        ...


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whom a call waits for: the name, empty where it waits for no actor, and whether that one waits for it in turn."""

    name: str = ""
    in_circle: bool = False

    @property
    def words(self) -> str:
        """The name, and what is to be known of that one."""
        return f"{self.name}, which waits for it" if self.in_circle else self.name


Maker = Callable[[Options, Trigger], FamilyMember]
"""Makes a child of the trigger's actor."""


class Family:
    """Any thread may ask it. `make` makes its children; without that there are none."""

    def __init__(self, options: Options | None = None, make: Maker | None = None) -> None:
        self.folder: Path | None = None
        """Where its chains are kept, where it may be more than one actor."""
        self.turns = Turns(_MOST_AT_ONCE, _LONGEST_TURN)
        """What the calls of its actors take turns by."""
        self._options, self._make = options, make
        self._limits = DEFAULT_LIMITS if options is None else options.limits
        self.memory = SharedMemory(self._limits.memory, self._tell_memory)
        """What its actors hold."""
        self._members: list[FamilyMember] = []
        self._living: dict[str, FamilyMember] = {}
        self._news: tuple[str, ...] = ()
        self._told: list[Callable[[FamilyMember], None]] = []
        self._shared: dict[str, object] = {}
        self._compiled: dict[tuple[str, Limits], LoadedModule] = {}
        self._spawned: deque[float] = deque(maxlen=self._limits.spawns)
        self._files = 0
        self._own_folder = False
        """Whether the folder was made for it, or held a family before."""
        self._index: IndexFile | None = None
        self._writers: list[ChainWriter] = []
        self._closed = False
        self._lock, self._compiling = threading.RLock(), threading.Lock()

    @property
    def members(self) -> tuple[FamilyMember, ...]:
        """All that ever were, the root first, in the order in which they began."""
        with self._lock:
            return tuple(self._members)

    def join(self, member: FamilyMember) -> None:
        """An actor begins."""
        with self._lock:
            self._members.append(member)
            self._living[member.actor_id] = member
            told = tuple(self._told)
        for each in told:
            each(member)

    def tell(self, told: Callable[[FamilyMember], None]) -> None:
        """Lets `told` be told of each actor that is about to begin, on any thread."""
        with self._lock:
            self._told.append(told)

    @property
    def news(self) -> tuple[str, ...]:
        """What a person is told of its actors while they run, each by its name, oldest first."""
        return self._news

    def announce(self, sentence: str) -> None:
        """Tells the person something of its actors, once."""
        with self._lock:
            if sentence not in self._news:
                self._news += (sentence,)

    def _tell_memory(self) -> None:
        most = self._limits.memory >> 20
        self.announce(f"the limit of {most:,} MiB of memory for all actors is reached: --max-memory raises it")

    def part(self, member: FamilyMember, *, with_children: bool = True) -> None:
        """An actor has ended, and what it spawned ends with it, but on the main branch, which knows no such tie."""
        with self._lock:
            self._living.pop(member.actor_id, None)
            children = [each for each in self._living.values() if each.parent_id == member.actor_id]
        for child in children if with_children else ():
            child.stop(trigger=Trigger(LinkKind.STOP, member.actor_id, member.recorded))

    def living(self, actor_id: str) -> FamilyMember | None:
        """The living actor of that id."""
        with self._lock:
            return self._living.get(actor_id)

    def awaited_by(self, actor_id: str) -> Awaited:
        """Whom the running call of an actor waits for, be it through others that it waits for itself."""
        first = self._awaited(actor_id)
        at, seen = first, set[str]()
        while at is not None and at.actor_id != actor_id and at.actor_id not in seen:
            seen.add(at.actor_id)
            at = self._awaited(at.actor_id)
        return Awaited() if first is None else Awaited(first.target.name, at is not None and at.actor_id == actor_id)

    def _awaited(self, actor_id: str) -> FamilyMember | None:
        member = self.living(actor_id)
        return None if member is None or member.awaits is None else self.living(member.awaits)

    def all_living(self) -> tuple[FamilyMember, ...]:
        """The living actors, oldest first."""
        with self._lock:
            return tuple(self._living.values())

    def watch_spawns(self, told: Callable[[Member], None]) -> Callable[[], None]:
        """Lets `told` be told of each actor that begins from now on, once its init is done, until the result is called.

        That is on the actor's thread.
        """

        def begins(member: FamilyMember) -> None:
            member.initialized.add_done_callback(partial(initialized, member))

        def initialized(member: FamilyMember, done: Future[None]) -> None:
            with self._lock:
                is_told = begins in self._told
            if is_told and done.exception() is None:
                told(member)

        def end() -> None:
            with self._lock, suppress(ValueError):
                self._told.remove(begins)

        self.tell(begins)
        return end

    def stop_all(self, trigger: Trigger | None = None) -> None:
        """Ends every actor once its running call is done; nothing can be spawned any more."""
        with self._lock:
            self._closed = True
        for member in self.members:
            member.stop(trigger=trigger)

    def shared(self, name: str, make: Callable[[], _T]) -> _T:
        """What the interfaces of that name share, made when it is asked for first."""
        with self._lock:
            if name not in self._shared:
                self._shared[name] = make()
            return cast(_T, self._shared[name])

    def compiled(self, file: ModuleFile, limits: Limits) -> LoadedModule:
        """A module, compiled once for all actors of it; raises ModuleError."""
        with self._compiling:
            key = (file.sha256, limits)
            if key not in self._compiled:
                self._compiled[key] = compile_module(file, limits)
            return self._compiled[key]

    def spawn(self, trigger: Trigger, child: Child, on_end: Callable[[Ended], None]) -> Future[Member]:
        """Spawns a child of the trigger's actor: the future has it once its init is done, or fails with SpawnFailed.

        `on_end` is told how it ended, on its thread, also where its init failed; not of one that did not begin.
        """
        spawned = Future[Member]()
        try:
            member = self._begun(trigger, child)
        except SpawnFailed as failed:
            spawned.set_exception(failed)
            return spawned

        def initialized(done: Future[None]) -> None:
            error = done.exception()
            if error is None:
                spawned.set_result(member)
            else:
                spawned.set_exception(error)

        def ended(over: Future[Ended]) -> None:
            error = member.initialized.exception()
            if not isinstance(error, SpawnFailed) or error.stage is SpawnStage.INIT:
                on_end(over.result())

        member.initialized.add_done_callback(initialized)
        member.over.add_done_callback(ended)
        member.start()
        return spawned

    def _begun(self, trigger: Trigger, child: Child) -> FamilyMember:
        try:
            module = module_of(child.target.module, child.module)
        except ModuleError as error:
            raise SpawnFailed(error.sentence, SpawnStage.MODULE) from None
        with self._lock:
            if self._make is None or self._options is None:
                raise SpawnFailed("an actor that a program calls itself spawns nothing")
            if self._closed:
                raise SpawnFailed("nothing can be spawned here any more")
            self._refuse_too_many()
            given, make = self._options, self._make
        options = replace(
            given,
            target=child.target,
            module=module,
            from_file=_is_in(child.target.module, child.module),
            initial=child.state,
            with_init=child.with_init,
            state=None,
            calls=(),
            schema=None,
            stop_on_error=True,
            output=None,
        )
        return make(options, trigger)

    def _refuse_too_many(self) -> None:
        """Counts one more child, or raises SpawnFailed where a limit is reached, which the person is told once."""
        limits, now = self._limits, time.monotonic()
        if len(self._living) >= limits.actors:
            self.announce(f"the limit of {plural(limits.actors, 'living actor')} is reached: --max-actors raises it")
            raise SpawnFailed(f"the family has {plural(limits.actors, 'living actor')}, the most it may")
        if self.memory.is_used_up:
            self._tell_memory()
            raise SpawnFailed(f"the family holds {limits.memory >> 20:,} MiB of memory, the most it may")
        if len(self._spawned) == limits.spawns and now - self._spawned[0] < 1.0:
            self.announce(
                f"the limit of {plural(limits.spawns, 'spawned actor')} a second is reached: --max-spawns raises it"
            )
            raise SpawnFailed(f"the family spawned {plural(limits.spawns, 'actor')} within a second, the most it may")
        self._spawned.append(now)

    @contextmanager
    def place_of(self, name: str, *, may_spawn: bool) -> Iterator[Path]:
        """Where an actor of that name, which begins, keeps its chain: the block makes that; raises ChainviewError.

        The root of a family keeps it in a folder of the family's, an actor that spawns nothing in a file alone. What
        lies there from before is gone once the block is through, and is as it was where that fails.
        """
        options = self._options
        output, force = (None, False) if options is None else (options.output, options.force)
        with ExitStack() as made:
            with self._lock:
                number, self._files = self._files, self._files + 1
                if self.folder is None and may_spawn and not number and self._make is not None:
                    folder = output or kept_path(name, "")
                    self._own_folder = made.enter_context(family_folder(folder, force=force))
                    self.folder = folder
                if self.folder is not None:
                    path = self.folder / f"{number}-{stem_of(name)}.chain"
                else:
                    path = output or kept_path(name, ".chain")
            old = kept_beside(path)
            uses = options is not None and any(options.leave.allows(each.suffix[1:]) for each in old)
            if uses and not force and not os.path.lexists(path):
                raise ChainviewError(f"{old[0]} is there already: give another -o, or --force to replace it")
            made.enter_context(making_way(old if force else ()))
            yield path

    def note(self, actor_id: str, parent_id: str | None, name: str, file: Path, module_sha256: str) -> None:
        """Writes an actor into the index, where there is one."""
        if self.folder is None:
            return
        with self._lock:
            self._index = self._index or IndexFile(self.folder)
            self._index.add(Entry(file.name, actor_id, name, parent_id or "", module_sha256))

    @property
    def rescues(self) -> tuple[str, ...]:
        """A sentence for each time that the index had to be written again."""
        return () if self._index is None else self._index.rescues

    def wait_quiet(self, seconds: float | None = None) -> bool:
        """Waits until no actor has anything to do, and nothing from outside could change that."""
        end = None if seconds is None else time.monotonic() + seconds
        while True:
            before = self.members
            for member in before:
                left = None if end is None else max(0.0, end - time.monotonic())
                if not member.quiet.wait(left):
                    return False
            # One that was quiet may have been sent something by one that was not yet.
            if before == self.members and all(member.quiet.is_set() for member in before):
                return True

    def give_up_waiting(self) -> None:
        """Interrupts the calls that wait for something which may never come."""
        for member in self.all_living():
            member.interrupt(waiting=True)

    def close(self, grace: float) -> None:
        """Ends every actor, interrupting calls that outlast `grace` seconds, those that wait sooner; safe to repeat."""
        self.stop_all()
        # They wait for each other: all are interrupted before the end of any is waited for.
        until = time.monotonic() + grace
        last = {member.over for member in self.members if member.chain_path is not None}
        last = wait(last, min(grace, PATIENCE_SECONDS)).not_done
        while last and time.monotonic() < until:
            self.give_up_waiting()
            last = wait(last, min(_LOOK_SECONDS, max(0.0, until - time.monotonic()))).not_done
        for member in self.members:
            member.interrupt()
        for member in self.members:
            member.end(0.0)
        for writer in tuple(self._writers):
            writer.look_again()
        if self._index is not None and self.folder is not None:
            self._index.put_right({member.actor_id: member.chain_path for member in self.members})
        self._keep_single()

    def keep(self, writer: ChainWriter) -> None:
        """Takes note of what writes the chain of an actor that begins."""
        self._writers.append(writer)

    def _keep_single(self) -> None:
        """Keeps the chain of an actor that spawned nothing in a file, unless a name was given that is no chain's."""
        folder, output = self.folder, None if self._options is None else self._options.output
        if folder is None or not self._writers or self._files > 1 or not self._own_folder:
            return
        if output is not None and output.suffix != ".chain":
            return
        file = folder.with_name(f"{folder.name}.chain") if output is None else output
        if single_file(folder, self._writers[0].path, file):
            self.folder, self._writers[0].path = None, file


def _is_in(file: Path, data: bytes) -> bool:
    """Whether a module is what that file holds, rather than one that was handed over."""
    try:
        return file.stat().st_size == len(data) and file.read_bytes() == data
    except (OSError, ValueError):
        return False
