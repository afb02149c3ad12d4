"""The terminal that an actor is given: what it may ask of one, and what it is told by one."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Protocol

from chainview.pack.values import Value


class NoTerminal(OSError):
    """There is no terminal, but a file or a pipe, or nothing at all."""


class Listener(Protocol):
    """Who is told of what a person does at a terminal, from any thread, in order.

    The future that each answers is done once the actor has dealt with it.
    """

    def typed(self, data: bytes) -> Future[Value]:
        """Bytes that came in."""
        ...

    def signalled(self, name: str) -> Future[Value]:
        """The person wants it to hear a signal: `interrupt` or `terminate`."""
        ...

    def resized(self, columns: int, rows: int) -> Future[Value]:
        """The terminal has another size."""
        ...

    def ended(self) -> None:
        """Nothing more will come."""
        ...


class Terminal(Protocol):
    """The standard streams, or a pane of a screen; several actors may share it, and each uses it on its own thread."""

    def write(self, data: bytes) -> None:
        """Shows what the actor writes; raises OSError, and GivenUp where that is not waited for any longer."""
        ...

    def size(self) -> tuple[int, int] | None:
        """Its columns and rows; None where it has none."""
        ...

    def set_raw(self, on: bool) -> None:
        """Hands each key over as it is typed and does not show it, or as it was before; raises OSError."""
        ...

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Tells what comes in until the result is called, after which no thread of it is left."""
        ...

    def of(self, actor: Callable[[], str]) -> Terminal:
        """The same terminal for the actor of that name, which is known once it writes."""
        ...


class Nowhere:
    """The terminal of an actor that has none: it may write, which the chain records, and nobody types."""

    def write(self, data: bytes) -> None:
        """Shows it to nobody."""

    def size(self) -> tuple[int, int] | None:
        """It has none."""
        return None

    def set_raw(self, on: bool) -> None:
        """Raises NoTerminal, unless it is to be as it was before."""
        if on:
            raise NoTerminal("there is no terminal")

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Nothing comes in."""
        listener.ended()
        return lambda: None

    def of(self, actor: Callable[[], str]) -> Terminal:
        """The same for everyone."""
        return self
