"""What handlers read of their input and how they answer: with the annotations that Theater's have."""

from __future__ import annotations

from collections.abc import Callable

from chainview.pack.values import U8, UNIT, Array, List, Option, Result, String, Tuple, Value, type_of, types


class Refusal(Exception):
    """What a host function answers in the place of a result; `value` is the payload of the err."""

    def __init__(self, said: str | Value) -> None:
        super().__init__(said)
        self.value = String(said) if isinstance(said, str) else said


def ok(value: Value) -> Result:
    """An ok as the registry's handlers annotate it: both types `string`, whatever the payload is."""
    return Result(types.STRING, types.STRING, True, value)


def err(message: str) -> Result:
    """An err as the registry's handlers annotate it."""
    return Result(types.STRING, types.STRING, False, String(message))


def result_of(answer: Callable[[Value], Value]) -> Callable[[Value], Value]:
    """A handler that answers ok of what `answer` makes, and err of the Refusal that it raises."""

    def handler(input: Value) -> Value:
        try:
            return ok(answer(input))
        except Refusal as refusal:
            return Result(types.STRING, types.STRING, False, refusal.value)

    return handler


def inferred(output: Value) -> Value:
    """An answer as the main branch annotates it: the branch that is there by its value, the other one as the unit."""
    if not isinstance(output, Result):
        return output
    there, absent = type_of(output.value), type_of(UNIT)
    ok_type, err_type = (there, absent) if output.is_ok else (absent, there)
    return Result(ok_type, err_type, output.is_ok, output.value)


def option_bytes(input: Value) -> bytes | None:
    """The bytes of an `option<list<u8>>`, which may stand alone in a tuple; None where there are none."""
    match input:
        case Option(_, Array(_, data)) | Tuple((Option(_, Array(_, data)),)):
            return data
    return None


def bytes_of(value: Value) -> bytes | None:
    """The bytes of a list; None for what is no list. As in Theater, elements that are no u8 count for nothing."""
    match value:
        case Array(types.U8, data):
            return data
        case Array():
            return b""
        case List(_, items):
            return bytes(each.value for each in items if isinstance(each, U8))
    return None
