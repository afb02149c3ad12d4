"""`theater:simple/terminal`: writing to the actor's terminal, its size and mode, and what is typed there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress

from chainview.actor.hosts.answers import Refusal, result_of
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.io_errors import io_words
from chainview.actor.hosts.pact import functions
from chainview.actor.hosts.terminal import NoTerminal
from chainview.pack.values import U8, U16, U64, UNIT, Array, Bool, List, String, Tuple, Value, bytes_value, types
from chainview.system.errors import ChainviewError

NAME = "theater:simple/terminal"
INPUT, SIGNAL, RESIZE = (f"{NAME}.{each}" for each in ("handle-input", "handle-signal", "handle-resize"))


class _Told:
    """Calls the actor for what a person does at its terminal."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._over = host.expect("input of its terminal")

    def typed(self, data: bytes) -> Future[Value]:
        return self._host.call_back(INPUT, bytes_value(data))

    def signalled(self, name: str) -> Future[Value]:
        return self._host.call_back(SIGNAL, String(name))

    def resized(self, columns: int, rows: int) -> Future[Value]:
        return self._host.call_back(RESIZE, Tuple((U16(columns), U16(rows))))

    def ended(self) -> None:
        # The actor is not told: in Theater, too, nothing is read any more and that is all.
        self._over()


def _bytes_of(value: Value) -> bytes:
    match value:
        case Array(types.U8, data):
            return data
        case List(_, items) if all(isinstance(each, U8) for each in items):
            return bytes(each.value for each in items if isinstance(each, U8))
        case Array(_, b""):
            return b""
        case Array() | List():
            raise Refusal("Expected u8 in list")
    raise Refusal("Expected list<u8>")


class _Used:
    """What one actor has made of its terminal."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._listening = self._raw = False

    def write(self, input: Value) -> Value:
        data = _bytes_of(input)
        try:
            self._host.terminal.write(data)
        except OSError as error:
            raise Refusal(io_words(error)) from None
        return U64(len(data))

    def set_raw_mode(self, input: Value) -> Value:
        match input:
            case Bool(True):
                try:
                    self._host.terminal.set_raw(True)
                except NoTerminal:
                    raise Refusal("Failed to get terminal attributes") from None
                except OSError:
                    raise Refusal("Failed to set raw mode") from None
                if not self._raw:
                    self._raw = True
                    self._host.at_end(self._restore)
            case Bool():
                try:
                    self._host.terminal.set_raw(False)
                except OSError:
                    raise Refusal("Failed to restore terminal attributes") from None
            case _:
                raise Refusal("Expected bool")
        return UNIT

    def get_size(self, input: Value) -> Value:
        size = self._host.terminal.size()
        if size is None:
            raise Refusal("Failed to get terminal size")
        return Tuple(tuple(map(U16, size)))

    def enable_input(self, input: Value) -> Value:
        if self._listening:
            raise Refusal("Input already enabled")
        self._listening = True
        self._host.at_end(self._host.terminal.listen(_Told(self._host)))
        return UNIT

    def _restore(self) -> None:
        with suppress(OSError):
            self._host.terminal.set_raw(False)


def _provide(host: Host) -> Mapping[str, Handler]:
    if host.leave.limits_of("terminal"):
        raise ChainviewError("the terminal is allowed as a whole: --allow terminal takes no LIMIT")
    used = _Used(host)
    answers: Mapping[str, Callable[[Value], Value]] = {
        "write-stdout": used.write,
        "write-stderr": used.write,
        "set-raw-mode": used.set_raw_mode,
        "get-size": used.get_size,
        "enable-input": used.enable_input,
    }
    return {name: result_of(answer) for name, answer in answers.items()}


TERMINAL = Interface(
    NAME,
    "terminal",
    functions(
        NAME,
        """
        write-stdout: func(data: list<u8>) -> result<u64, string>
        write-stderr: func(data: list<u8>) -> result<u64, string>
        set-raw-mode: func(enabled: bool) -> result<_, string>
        get-size: func() -> result<tuple<u16, u16>, string>
        enable-input: func() -> result<_, string>
        """,
    ),
    _provide,
    callbacks=(INPUT, SIGNAL, RESIZE),
    reaches_outside=True,
)
