"""`theater:simple/timer`: intervals that call the actor back, and the clock."""

from __future__ import annotations

import time

from chainview.actor.hosts.interface import Host, Interface, err, ok, signature
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import U64, UNIT, String, Tuple, Value

NAME = "theater:simple/timer"
TICK = "theater:simple/timer.handle-tick"

_STRING, _U64, _BOOL = TypeDesc("string"), TypeDesc("u64"), TypeDesc("bool")


def timer_interface(host: Host) -> Interface:
    """The interface for one running actor; a tick is driven by whoever runs it, the first one at once."""

    def set_interval(input: Value) -> Value:
        match input:
            case Tuple((String(name), U64(milliseconds))):
                if milliseconds == 0:
                    return err("Expected an interval of at least 1 ms")
                return (
                    ok(String(name)) if host.start_timer(name, milliseconds) else err(f"Timer '{name}' already exists")
                )
        return err("Expected (name: string, interval-ms: u64)")

    def clear_interval(input: Value) -> Value:
        match input:
            case String(name) | Tuple((String(name),)):
                return ok(UNIT) if host.stop_timer(name) else err(f"Timer '{name}' not found")
        return err("Expected name: string")

    def now(input: Value) -> Value:
        return U64(time.time_ns() // 1_000_000)

    return Interface(
        NAME,
        (
            signature(NAME, "set-interval", (_STRING, _U64), TypeDesc("result", args=(_STRING, _STRING))),
            # `result<_, string>` is declared with bool in the place of `_`.
            signature(NAME, "clear-interval", (_STRING,), TypeDesc("result", args=(_BOOL, _STRING))),
            signature(NAME, "now", (), _U64),
        ),
        {"set-interval": set_interval, "clear-interval": clear_interval, "now": now},
    )
