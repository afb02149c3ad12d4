"""Running guests in a test, on the test's own thread."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import LoadedModule, load_module
from chainview.actor.hosts.interface import Handler
from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
from chainview.actor.limits import DEFAULT_LIMITS, Limits
from chainview.chain.payload import Payload, read_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.values import UNIT, Value

SAMPLES = Path(__file__).resolve().parents[2] / "sample_actors"
INIT = "theater:simple/actor.init"


def sample(name: str) -> Path:
    """The built module of a sample actor."""
    return SAMPLES / name / f"{name}.wasm"


class Run:
    """An actor with its chain in memory; imports without a handler are answered with `()`."""

    def __init__(self, loaded: LoadedModule, chain: StateChain, actor: Actor) -> None:
        self.loaded, self.chain, self.actor = loaded, chain, actor
        self.seen = chain.subscribe()
        """All that is appended, with what stands beside it."""

    def payloads(self) -> list[Payload]:
        """What the events of the chain say, in order."""
        return [read_payload(event.payload) for event in self.chain.events]

    def types(self) -> list[str]:
        """The types of the events, in order."""
        return [event.event_type for event in self.chain.events]


@contextmanager
def running(
    path: Path,
    *,
    schema: Schema = Schema.VALUES,
    limits: Limits = DEFAULT_LIMITS,
    handlers: dict[tuple[str, str], Handler] | None = None,
    interceptor: Callable[[StateChain], CallInterceptor] | None = None,
    ask_state: bool = True,
    traces: bool = False,
    loaded: LoadedModule | None = None,
) -> Iterator[Run]:
    """A module ready to be called, or what was `loaded` in its place."""

    def nothing(input: Value) -> Value:
        return UNIT

    loaded = loaded or load_module(path, limits)
    chain = StateChain(schema, keep=True)
    answers = {(each.interface, each.function): nothing for each in loaded.imports} | (handlers or {})
    made = (
        RecordingInterceptor(chain, fuel=lambda: actor.fuel_since_last()) if interceptor is None else interceptor(chain)
    )
    actor = Actor(loaded, chain, made, answers, limits, ask_state=ask_state, traces=traces)
    try:
        yield Run(loaded, chain, actor)
    finally:
        actor.close()
