"""`theater:simple/runtime`: logging, the actor's own id, its chain so far, and ending itself."""

from __future__ import annotations

from chainview.actor.hosts.interface import Host, Interface, ok, signature
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import UNIT, Array, Option, String, Tuple, Value

NAME = "theater:simple/runtime"

_STRING, _BOOL = TypeDesc("string"), TypeDesc("bool")
_BYTES = TypeDesc("list", args=(TypeDesc("u8"),))


def runtime_interface(host: Host) -> Interface:
    """The interface for one running actor."""

    def log(input: Value) -> Value:
        # The event that records the call is the log: nothing else is printed.
        return UNIT

    def shutdown(input: Value) -> Value:
        match input:
            case Option(_, Array(_, data)) | Tuple((Option(_, Array(_, data)),)):
                host.shut_down(data)
            case _:
                host.shut_down(None)
        return ok(UNIT)

    def self_(input: Value) -> Value:
        return String(host.actor_id)

    def get_chain(input: Value) -> Value:
        return host.chain_so_far()

    return Interface(
        NAME,
        (
            signature(NAME, "log", (_STRING,)),
            signature(NAME, "get-chain", (), _BYTES),
            signature(NAME, "self", (), _STRING),
            # `result<_, string>` is declared with bool in the place of `_`.
            signature(
                NAME,
                "shutdown",
                (TypeDesc("option", args=(_BYTES,)),),
                TypeDesc("result", args=(_BOOL, _STRING)),
            ),
        ),
        {"log": log, "get-chain": get_chain, "self": self_, "shutdown": shutdown},
    )
