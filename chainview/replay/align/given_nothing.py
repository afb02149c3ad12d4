"""How the generations of Theater write that an actor was given nothing, so that it counts as the same across them."""

from __future__ import annotations

from chainview.chain.payload import INIT, Call, Schema
from chainview.pack.values import UNIT, Option, Tuple, Value, types

_NOTHING = Option(types.list_of(types.U8), None)


def is_bare_init(call: Call) -> bool:
    """Whether a call is an init with the params by which the oldest releases handed over nothing."""
    return call.function == INIT and call.params == Tuple((_NOTHING,))


def without_default(state: Value | None, schema: Schema) -> Value | None:
    """An initial state, where it is the default of the schema `bytes` as that of the later ones."""
    return _NOTHING if schema is Schema.BYTES and state == UNIT else state
