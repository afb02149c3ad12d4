"""`theater:simple/timer`: intervals that call the actor back, and the clock."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.actor.hosts.answers import err, ok
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.pack.values import U64, UNIT, String, Tuple, Value
from chainview.system.clock import wall_ns

NAME = "theater:simple/timer"
TICK = "theater:simple/timer.handle-tick"


def _provide(host: Host) -> Mapping[str, Handler]:
    def set_interval(input: Value) -> Value:
        match input:
            case Tuple((String(name), U64(milliseconds), *_)):
                started = host.start_timer(name, milliseconds)
                return ok(String(name)) if started else err(f"Timer '{name}' already exists")
            case Tuple((String(), _, *_)):
                return err("Expected u64 for interval_ms")
            case Tuple((_, _, *_)):
                return err("Expected string for name")
        return err("Expected tuple(string, u64)")

    def clear_interval(input: Value) -> Value:
        match input:
            case String(name):
                return ok(UNIT) if host.stop_timer(name) else err(f"Timer '{name}' not found")
        return err("Expected string")

    def now(input: Value) -> Value:
        return U64(wall_ns() // 1_000_000)

    return {"set-interval": set_interval, "clear-interval": clear_interval, "now": now}


TIMER = Interface(
    NAME,
    "timer",
    functions(
        NAME,
        """
        set-interval: func(name: string, interval-ms: u64) -> result<string, string>
        clear-interval: func(name: string) -> result<_, string>
        now: func() -> u64
        """,
    ),
    _provide,
    callbacks=(TICK,),
)
"""A tick is driven by whoever runs the actor, the first one at once."""
