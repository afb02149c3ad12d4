"""`theater:simple/self`: logging, the actor's own id, and ending itself."""

from __future__ import annotations

from chainview.actor.generation import SELF_INTERFACE
from chainview.actor.hosts.interface import Host, Interface, inferred, ok, shutdown_data, signature
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import UNIT, String, Value

NAME = SELF_INTERFACE

_STRING, _BOOL = TypeDesc("string"), TypeDesc("bool")
_BYTES = TypeDesc("list", args=(TypeDesc("u8"),))


def self_interface(host: Host) -> Interface:
    """The interface for one running actor."""

    def log(input: Value) -> Value:
        # The event that records the call is the log: nothing else is printed.
        return UNIT

    def self_(input: Value) -> Value:
        return String(host.actor_id)

    def shutdown(input: Value) -> Value:
        host.shut_down(shutdown_data(input))
        return inferred(ok(UNIT))

    return Interface(
        NAME,
        (
            signature(NAME, "log", (_STRING,)),
            signature(NAME, "self", (), _STRING),
            # `result<_, string>` is declared with bool in the place of `_`.
            signature(
                NAME,
                "shutdown",
                (TypeDesc("option", args=(_BYTES,)),),
                TypeDesc("result", args=(_BOOL, _STRING)),
            ),
        ),
        {"log": log, "self": self_, "shutdown": shutdown},
    )
