"""`theater:simple/self`: logging, the actor's own id, and ending itself."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.actor.generation import SELF_INTERFACE
from chainview.actor.hosts.answers import inferred, ok, option_bytes
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.pack.values import UNIT, String, Value

NAME = SELF_INTERFACE


def _provide(host: Host) -> Mapping[str, Handler]:
    def log(input: Value) -> Value:
        # The event that records the call is the log: nothing else is printed.
        return UNIT

    def self_(input: Value) -> Value:
        return String(host.actor_id)

    def shutdown(input: Value) -> Value:
        host.shut_down(option_bytes(input))
        return inferred(ok(UNIT))

    return {"log": log, "self": self_, "shutdown": shutdown}


SELF = Interface(
    NAME,
    "self",
    functions(
        NAME,
        """
        log: func(msg: string)
        self: func() -> string
        shutdown: func(data: option<list<u8>>) -> result<_, string>
        """,
    ),
    _provide,
    silent=("log",),
)
