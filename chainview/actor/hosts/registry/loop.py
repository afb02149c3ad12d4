"""`theater:simple/loop`: calls the actor again and again, each time with the bytes that the call before answered."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

from chainview.actor.hosts.answers import bytes_of, err, ok
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.pact import functions
from chainview.chain.payload import ROUND
from chainview.pack.values import UNIT, Tuple, Value, Variant, bytes_value

NAME = "theater:simple/loop"


class _Rounds:
    """Whether the actor is called again, and by whom: a loop that was stopped may still have one round to make."""

    def __init__(self, host: Host) -> None:
        self.running = False
        self._host = host

    def begin(self, data: bytes) -> None:
        self._host.call_back(ROUND, bytes_value(data)).add_done_callback(self._answered)

    def _answered(self, round: Future[Value]) -> None:
        if round.exception() is not None:
            self.running = False
            return
        following = _following(round.result())
        if following is None:
            self.running = False
        elif self.running:
            self.begin(following)


def _following(response: Value) -> bytes | None:
    """The bytes for the next round; None where there is none: only a variant counts, not Pack's own result."""
    match response:
        case Variant(case="ok", payload=(payload, *_)):
            return bytes_of(payload)
    return None


def _provide(host: Host) -> Mapping[str, Handler]:
    rounds = _Rounds(host)

    def start_loop(input: Value) -> Value:
        match input:
            case Tuple((only,)):
                data = bytes_of(only)
            case _:
                data = bytes_of(input)
        if data is None:
            return err("Expected list<u8> for initial state")
        if rounds.running:
            return err("Loop is already running")
        rounds.running = True
        rounds.begin(data)
        return ok(UNIT)

    def stop_loop(input: Value) -> Value:
        if not rounds.running:
            return err("Loop is not running")
        rounds.running = False
        return ok(UNIT)

    return {"start-loop": start_loop, "stop-loop": stop_loop}


LOOP = Interface(
    NAME,
    "loop",
    functions(
        NAME,
        """
        start-loop: func(initial-state: list<u8>) -> result<_, string>
        stop-loop: func() -> result<_, string>
        """,
    ),
    _provide,
    callbacks=(ROUND,),
)
