"""How an actor is to be run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from chainview.actor.answers import Answers
from chainview.actor.hosts.leave import Leave, leave_of
from chainview.actor.hosts.terminal import Terminal
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.actor.manifest import Target
from chainview.actor.module import ModuleFile
from chainview.chain.schema import Schema
from chainview.pack.values import Value


@dataclass(frozen=True, slots=True)
class Options:
    """How an actor is to be run."""

    target: Target
    schema: Schema | None = None
    """The shape of payloads; None for that of the module's generation."""
    state: str | None = None
    """The initial state as a literal; None for the manifest's text, or the release's default."""
    initial: Value | None = None
    """The initial state of an actor that was spawned, which nobody checks before its init does."""
    with_init: bool = True
    """Whether the init of an actor is called; one that was resumed begins with its state alone."""
    module: ModuleFile | None = None
    """The module where it was read already, or was handed over as bytes; None to read the target's."""
    from_file: bool = True
    """Whether that is the target's, whose new builds are builds of the actor."""
    calls: tuple[str, ...] = ()
    limits: Limits = DEFAULT_LIMITS
    ask_state: bool = True
    """Whether a module that keeps its state inside is asked for it after each call."""
    stub: bool = False
    answers: tuple[Answers, ...] = ()
    """What answers host calls in the place of handlers, the first one first."""
    allowed: tuple[str, ...] = ()
    """What the actor may reach beside what its manifest asks for, each a `NAME` or a `NAME:LIMIT`."""
    terminal: Terminal | None = None
    """Where the actor writes, and a person types; None where nobody does."""
    stop_on_error: bool = False
    output: Path | None = None
    force: bool = False

    @property
    def leave(self) -> Leave:
        """What the actor may reach."""
        return leave_of(self.target.handlers, self.allowed)
