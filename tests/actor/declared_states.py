"""Actors whose exports leave certain states, of a type that they declare."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import Record, Result, Tuple, Value, types
from tests.actor.guests import Guest
from tests.actor.running import INIT
from tests.pack.declare import metadata_value

TEXT = TypeDesc("string")
Ends = Mapping[str, tuple[Value, Value]]
"""The state and the response of each export."""


def state_type(**fields: TypeDesc) -> TypeDesc:
    """The declared type of a state of these fields."""
    return TypeDesc("record", "Box", fields=tuple(fields.items()))


def box(**fields: Value) -> Value:
    """A state of these fields."""
    return Record("Box", tuple(fields.items()))


def actor(declared: TypeDesc, ends: Ends, response: TypeDesc = TEXT, given: TypeDesc | None = None) -> Guest:
    """An actor whose exports leave these states and answer that, whatever they are given; init takes `given`."""
    guest, exports = Guest(), []
    for name, (state, answer) in ends.items():
        is_init = name == INIT
        guest.returning(name, Result(types.STRING, types.STRING, True, Tuple((state, answer))))
        answered = TypeDesc("tuple") if is_init else response
        returned = TypeDesc("result", args=(TypeDesc("tuple", args=(declared, answered)), TEXT))
        interface, _, function = name.rpartition(".")
        taken = (given or TypeDesc("value")) if is_init else declared
        exports.append(FunctionSignature(interface, function, (("state", taken),), (returned,)))
    return guest.metadata(metadata_value(Metadata((), tuple(exports), {}, {}), guest=True))
