"""An actor made by hand that asks its hosts whatever it is told to, for what they answer to it.

Each of its `ask` exports takes packed inputs of one host function as bytes, each behind its length, and hands them over
as they are. What calls it back gets the same answer each time.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

from chainview.actor.engine.wat import assembled
from chainview.actor.hosts.registry.assembler import ASSEMBLER
from chainview.actor.hosts.registry.loop import LOOP
from chainview.actor.hosts.registry.message_server import MESSAGE_SERVER
from chainview.actor.hosts.registry.rpc import RPC
from chainview.actor.hosts.registry.runtime import RUNTIME
from chainview.actor.hosts.registry.store import STORE
from chainview.actor.hosts.registry.supervisor import SUPERVISOR
from chainview.actor.hosts.registry.tcp import TCP
from chainview.actor.hosts.registry.terminal import TERMINAL
from chainview.actor.hosts.registry.timer import TIMER
from chainview.actor.peer_calls import OPEN, REQUEST
from chainview.pack.cgrf import encode
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import UNIT, Bool, Result, String, Tuple, Value, bytes_value, none, some, types
from tests.actor.guests import INIT, TRAP, Guest
from tests.pack.declare import metadata_value

_OF_REGISTRY: Final = (RUNTIME, TIMER, LOOP, STORE, MESSAGE_SERVER, RPC, SUPERVISOR, ASSEMBLER, TERMINAL, TCP)
_GONE: Final = "get-chain"
"""What runtime handlers from 0.3.13 on do not have any more."""
_STATE: Final = String("state")
_REFUSAL: Final = Result(types.STRING, types.STRING, False, String("no"))
_EMPTY: Final = encode(Tuple((_STATE, bytes_value(b"?"))))
_AT: Final = _EMPTY.index(b"?")
_AROUND: Final = len(_EMPTY) - 1
_ANSWERS: Final[Mapping[str, Value]] = {
    REQUEST: Tuple((some(bytes_value(b"reply")),)),
    OPEN: Tuple((Tuple((Bool(True), none(types.list_of(types.U8)))),)),
}


def asked(function: str, *inputs: Value) -> tuple[str, Tuple]:
    """The export that asks the host function `interface.function` with each of the inputs; its params."""
    packed = map(encode, inputs)
    return f"ask:{function}", Tuple((bytes_value(b"".join(len(each).to_bytes(4, "little") + each for each in packed)),))


def failing() -> dict[str, bytes]:
    """Modules of actors that can't begin: one imports what nobody has, two fail in their init, by trap and by error."""
    asking = Guest().returning(INIT, _left(UNIT)).calling("f", "sample:nobody/host", "ask", encode(UNIT))
    guests = {"asking": asking, "trapping": Guest().body(INIT, TRAP), "refusing": Guest().returning(INIT, _REFUSAL)}
    return {name: _module(guest) for name, guest in guests.items()}


def asker(handlers: Collection[str]) -> bytes:
    """The module of an actor that may ask what those handlers provide; its `boom` traps, its `refuse` is an error."""
    guest = Guest().body("boom", TRAP).returning("refuse", _REFUSAL)
    guest.returning(INIT, _left(UNIT))
    answer, length = guest._place(encode(_left(UNIT))), len(encode(_left(UNIT)))
    provided = [each for each in _OF_REGISTRY if each.handler in handlers]
    for interface in provided:
        for function in interface.functions():
            if function == _GONE:
                continue
            index = guest._import(interface.name, function)
            guest.body(
                f"ask:{interface.name.partition('/')[2]}.{function}",
                f"""
    (local $end i32)
    (local.set $end (i32.sub (i32.add (local.get $in) (local.get $len)) (i32.const {_AROUND - _AT})))
    (local.set $in (i32.add (local.get $in) (i32.const {_AT})))
    (block $asked (loop $next
      (br_if $asked (i32.ge_u (local.get $in) (local.get $end)))
      (drop (call $import{index} (i32.add (local.get $in) (i32.const 4)) (i32.load (local.get $in))
        (local.get $out) (local.get $outlen)))
      (local.set $in (i32.add (local.get $in) (i32.add (i32.const 4) (i32.load (local.get $in)))))
      (br $next)))
    (i32.store (local.get $out) (i32.const {answer}))
    (i32.store (local.get $outlen) (i32.const {length}))
    (i32.const 0)""",
            )
        for callback in interface.callbacks:
            guest.returning(callback, _left(_ANSWERS.get(callback, UNIT)))
    return _module(guest, *(each for interface in provided for each in interface.signatures if each.name != _GONE))


def _module(guest: Guest, *imports: FunctionSignature) -> bytes:
    exports = tuple(map(_declared, guest.bodies))
    metadata = metadata_value(Metadata(imports, exports, {}, {}), guest=True)
    return assembled(guest.metadata(metadata).text.encode())


def _declared(export: str) -> FunctionSignature:
    # Theater calls back and calls only what is declared.
    interface, _, name = export.rpartition(".")
    value = TypeDesc("value")
    return FunctionSignature(interface, name, (("state", value), ("given", value)), (value,))


def _left(response: Value) -> Value:
    return Result(types.STRING, types.STRING, True, Tuple((_STATE, response)))
