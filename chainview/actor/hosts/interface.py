"""What a host interface is, and what its functions may ask of the actor that calls them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from chainview.actor.hosts.family import Family
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.terminal import Terminal
from chainview.chain.event import Event, Trigger
from chainview.chain.families.link import LinkKind
from chainview.pack.declared.metadata import FunctionSignature
from chainview.pack.declared.type_hashes import subset_hash
from chainview.pack.values import Value

Handler = Callable[[Value], Value]


class Host(Protocol):
    """What the handlers may ask of the actor that runs.

    A handler that waits does so by `chainview.system.long_work.wait_for`, so that the call can be interrupted.
    """

    @property
    def actor_id(self) -> str: ...
    @property
    def leave(self) -> Leave:
        """What the actor may reach, and how the manifest configures the handlers."""
        ...

    @property
    def terminal(self) -> Terminal:
        """Where it writes and a person types."""
        ...

    @property
    def family(self) -> Family:
        """The other actors of its session."""
        ...

    def has_export(self, symbol: str) -> bool:
        """Whether the actor's module exports a function of that symbol."""
        ...

    def declares_export(self, symbol: str) -> bool:
        """The same of a function that its module declares too, where it declares any types."""
        ...

    def shut_down(self, data: bytes | None) -> None: ...
    def start_timer(self, name: str, milliseconds: int) -> bool: ...
    def stop_timer(self, name: str) -> bool: ...
    def events_so_far(self) -> Sequence[Event]: ...
    def call_back(self, function: str, params: Value, trigger: Trigger | None = None) -> Future[Value]:
        """Lets the actor be called once its turn comes, from any thread; the future has the response.

        It fails with CallbackFailed where the call does, or where the actor has ended. `trigger` is what brings it
        about, where that is an event of an actor of the family.
        """
        ...

    def trigger(self, kind: LinkKind) -> Trigger:
        """The host call that the actor makes now, as what brings something about; while it runs alone."""
        ...

    def assembled(self, text: str) -> bytes:
        """The binary module of a WebAssembly text; raises Refusal with what the assembler says of any other."""
        ...

    def own_folder(self, name: str) -> Path:
        """The folder that belongs to the chain for what the interface of that name keeps; it may not exist yet."""
        ...

    def family_folder(self, name: str) -> Path:
        """As `own_folder`, for what all actors of its family keep together."""
        ...

    def awaiting(self, actor_id: str) -> AbstractContextManager[None]:
        """For as long as the running call waits for that actor of the family, so that a person can be told."""
        ...

    def warn(self, sentence: str) -> None:
        """Tells the person something once, from any thread."""
        ...

    def announce(self, what: str) -> None:
        """Tells the person, from any thread, what the actor does now, such as `listens on 127.0.0.1:8080`."""
        ...

    def expect(self, what: str) -> Callable[[], None]:
        """Tells, from any thread, that something outside may still call the actor back, until the result is called."""
        ...

    def at_stop(self, stopped: Callable[[], None]) -> None:
        """Lets `stopped` be called once the actor is to end, on any thread, while a call may still run."""
        ...

    def at_end(self, close: Callable[[], None]) -> None:
        """Lets `close` be called when the actor ends, on its thread; what was given last is closed first."""
        ...


@dataclass(frozen=True, slots=True)
class Limit:
    """What stands behind the name of an interface in `--allow NAME:LIMIT`, in words, and whether a text is that."""

    words: str
    covers: Callable[[str], bool]


def is_folder(text: str) -> bool:
    """Whether a text names a folder, which may not be there yet."""
    path = os.path.expanduser(text)
    return "\0" not in path and (os.path.isdir(path) or not os.path.lexists(path))


FOLDER = Limit("a folder", is_folder)


@dataclass(frozen=True, slots=True)
class Interface:
    """A host interface of one generation: what it declares, and how its functions are made for one running actor.

    `handler` is the `type` of the manifest's `[[handler]]` that configures it, and its name for `--allow`, which an
    actor needs to import it where it `reaches_outside`. `callbacks` are the exports of an actor that it calls.
    """

    name: str
    handler: str
    signatures: tuple[FunctionSignature, ...]
    provide: Callable[[Host], Mapping[str, Handler]]
    """The handler of each function for one actor; called once for each, before any of them is."""
    callbacks: tuple[str, ...] = ()
    silent: tuple[str, ...] = ()
    """The functions that are asked a text, answer the unit, and do nothing."""
    reaches_outside: bool = False
    limit: Limit | None = None
    """What a LIMIT behind its handler's name is; None where it takes none."""

    def functions(self) -> tuple[str, ...]:
        """The names of its functions."""
        return tuple(each.name for each in self.signatures)

    def hash_of(self, functions: Iterable[str]) -> bytes:
        """The interface hash over just these functions, which is what a partial import declares."""
        return subset_hash(self.name, self.signatures, set(functions))
