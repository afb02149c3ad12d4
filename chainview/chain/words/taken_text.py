"""What is recorded as text to take elsewhere: a value, a literal, and a call as it is given on a command line."""

from __future__ import annotations

from shlex import quote

from chainview.chain.payload import Call
from chainview.pack.literal import format_literal
from chainview.pack.values import SCALAR_TYPES, Array, Bool, Char, Option, Result, String, Tuple, Value, Variant, types


def value_text(value: Value, most: int) -> str:
    """A value without what is said around it: a text bare, a number without its type, bytes as text or hexadecimal.

    What is longer than `most` letters is cut.
    """
    value = _bare(value)
    if isinstance(value, String | Char):
        return _cut(value.value, most)
    if isinstance(value, Array) and value.elem == types.U8:
        return _bytes_text(bytes(value.data[: most + 1]), most)
    text = format_literal(value, most)
    if type(value) in SCALAR_TYPES and not isinstance(value, Bool):
        return text.removesuffix(str(SCALAR_TYPES[type(value)]))
    return text


def _bare(value: Value) -> Value:
    """What options, results and variants of one payload hold."""
    held: Value | None = value
    while held is not None:
        value = held
        held = None
        if isinstance(value, Option | Result):
            held = value.value
        elif isinstance(value, Variant) and len(value.payload) == 1:
            held = value.payload[0]
    return value


def _bytes_text(data: bytes, most: int) -> str:
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _cut(data.hex(), most)
    controls = text.replace("\n", "").replace("\t", "").replace("\r", "")
    return _cut(text if controls.isprintable() else data.hex(), most)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]}…"


def call_text(call: Call, most: int | None = None) -> str:
    """A recorded call as people type it: `increment(5s32)`."""
    if call.params is None:
        return f"{call.function}()"
    arguments = format_literal(call.params, most)
    return f"{call.function}{arguments}" if isinstance(call.params, Tuple) else f"{call.function}({arguments})"


def call_option(call: Call, most: int | None = None) -> str:
    """A recorded call as the option that makes it again, quoted for a shell."""
    return f"--call {quote(call_text(call, most))}"
