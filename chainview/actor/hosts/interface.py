"""What a host interface is: its functions with their declared types, and the answers of Theater's handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chainview.chain.event import Event
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc
from chainview.pack.declared.type_hashes import subset_hash
from chainview.pack.values import UNIT, Array, Option, Result, String, Tuple, Value, type_of, types

Handler = Callable[[Value], Value]


@dataclass(frozen=True, slots=True)
class Interface:
    """A host interface: its full name, the declared signatures, and a handler for each."""

    name: str
    signatures: tuple[FunctionSignature, ...]
    handlers: Mapping[str, Handler]

    def hash_of(self, functions: Iterable[str]) -> bytes:
        """The interface hash over just these functions, which is what a partial import declares."""
        return subset_hash(self.name, self.signatures, set(functions))


class Host(Protocol):
    """What the handlers may ask of the actor that runs."""

    @property
    def actor_id(self) -> str: ...
    def shut_down(self, data: bytes | None) -> None: ...
    def start_timer(self, name: str, milliseconds: int) -> bool: ...
    def stop_timer(self, name: str) -> bool: ...
    def events_so_far(self) -> Sequence[Event]: ...


def signature(interface: str, name: str, params: tuple[TypeDesc, ...], *results: TypeDesc) -> FunctionSignature:
    """A declared function; parameter names are not part of any hash and stand for themselves by position."""
    named = tuple((f"p{index}", desc) for index, desc in enumerate(params))
    return FunctionSignature(interface, name, named, results)


def ok(value: Value) -> Result:
    """An ok as Theater's handlers annotate it: both types `string`, whatever the payload is."""
    return Result(types.STRING, types.STRING, True, value)


def err(message: str) -> Result:
    """An err as Theater's handlers annotate it."""
    return Result(types.STRING, types.STRING, False, String(message))


def inferred(output: Value) -> Value:
    """An answer as the main branch annotates it: the branch that is there by its value, the other one as the unit."""
    if not isinstance(output, Result):
        return output
    there, absent = type_of(output.value), type_of(UNIT)
    ok_type, err_type = (there, absent) if output.is_ok else (absent, there)
    return Result(ok_type, err_type, output.is_ok, output.value)


def shutdown_data(input: Value) -> bytes | None:
    """The bytes that an actor which ends itself hands over; None where it gave none."""
    match input:
        case Option(_, Array(_, data)) | Tuple((Option(_, Array(_, data)),)):
            return data
    return None
