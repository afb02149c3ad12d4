"""What a condition of a filter compares: an event's names, numbers and hash, and the values that it says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne
from typing import Final

from chainview.chain.event import Kind
from chainview.chain.payload import read_payload
from chainview.chain.query.pattern import expression
from chainview.chain.table import EventTable
from chainview.chain.words.brief import bytes_as_text
from chainview.pack.cgrf import DecodeError, decode
from chainview.pack.literal import format_literal
from chainview.pack.values import F32, F64, Array, Bool, Char, Option, PartLabel, Result, String, Value, Variant, types
from chainview.pack.values.scalars import Integer
from chainview.pack.values.walk import parts, walk
from chainview.system.errors import ChainviewError
from chainview.system.time_limit import OutOfTime, time_limit

NAMES: Final = ("interface", "function", "type", "hash")
"""What is compared as a text."""
NUMBERS: Final = ("event", "size", "took")
"""What is compared as a number."""
ROOTS: Final = ("params", "input", "output", "response", "state", "message", "payload", "value")
"""Where the path to a value begins: a part of what an event says, or any of them."""
OPERATORS: Final = ("!=", "!~", "<=", ">=", "==", "=", "<", ">", "~")

_ORDER: Final[dict[str, Callable[[float, float], bool]]] = {
    "=": eq,
    "==": eq,
    ":": eq,
    "!=": ne,
    "<": lt,
    ">": gt,
    "<=": le,
    ">=": ge,
}
_AMOUNT: Final = re.compile(r"(-?[0-9][0-9_]*(?:\.[0-9]+)?)([A-Za-z]*)")
_UNITS: Final = {
    "event": {"": 1.0},
    "size": {"": 1.0, "b": 1.0, "k": 1024.0, "kib": 1024.0, "m": 1048576.0, "mib": 1048576.0, "g": 1073741824.0},
    "took": {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9, "": 1e9, "min": 6e10},
}
_NUMBER: Final = re.compile(r"(-?[0-9]+(?:\.[0-9]+)?)(?:[us](?:8|16|32|64)|f(?:32|64))?")
_STEP: Final = re.compile(r"\.?([^.\[\]]+)|\[(\*|[0-9]{1,9})\]")
_PATIENCE_SECONDS: Final = 1.0
_LONGEST_KNOWN: Final = 100
_MOST_KNOWN: Final = 1_000
_MOST_VALUES: Final = 100_000
"""Values of one event that are compared."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What something is compared with: a text as it was typed, in quotes or not, and the number that it may be."""

    text: str
    quoted: bool = False

    @property
    def number(self) -> float | None:
        """The number that it is, where it is one."""
        found = None if self.quoted else _NUMBER.fullmatch(self.text)
        if found is None:
            return None
        return float(found[1]) if "." in found[1] else int(found[1])


def amount(key: str, text: str) -> float:
    """The number that is meant by a text with its unit; ValueError, with what is wanted, where it is none."""
    found, units = _AMOUNT.fullmatch(text), _UNITS[key]
    if found is None or found[2].lower() not in units:
        named = ", ".join([unit for unit in units if unit])
        raise ValueError(f"{key} is compared with a number" + (f", perhaps with {named} behind it" if named else ""))
    return float(found[1].replace("_", "")) * units[found[2].lower()]


def steps_of(path: str) -> list[str]:
    """A path in steps: names, and `[3]` or `[*]` for items; ValueError where it is none."""
    steps, at = [], 0
    while at < len(path):
        found = _STEP.match(path, at)
        if found is None:
            raise ValueError("a path is names with points between them, and [3] or [*] for items")
        steps.append(found[1] or f"[{found[2]}]")
        at = found.end()
    return steps


class Comparison:
    """Whether events meet a comparison; ChainviewError for an expression that takes too long."""

    def __init__(self, table: EventTable, key: str, operator: str, wanted: Wanted) -> None:
        self._table, self._key, self._operator, self._wanted = table, key, operator, wanted
        self._regex = expression(wanted.text) if operator in ("~", "!~") else None
        self._known: dict[str, bool] = {}
        """Whether the expression is in short texts, such as names of functions, that were looked at."""
        self._steps = [] if key in (*NAMES, *NUMBERS) else steps_of(key)
        self._amount = amount(key, wanted.text) if key in NUMBERS else 0.0
        # Of a field in a record the name stands in the bytes of a payload.
        named = [step for step in self._steps[1:] if step[0] != "[" and not step.isdigit()]
        self._name = named[-1].encode() if named else b""
        if key.startswith("."):
            self._name = self._steps[0].encode()

    @property
    def reads_values(self) -> bool:
        """Whether payloads are decoded for it."""
        return bool(self._steps) or self._key == "function"

    def mask(self, start: int, stop: int) -> bytes:
        """A byte an event, 1 where it is met."""
        if self._key == "took":
            meets = _ORDER[self._operator]
            micros = self._table.times(start, stop)[1]
            return bytes([bool(each) and meets(1000 * each, self._amount) for each in micros])
        if self._regex is None or self.reads_values:
            return bytes([self._meets(index) for index in range(start, stop)])
        with _limited(self._wanted.text):
            return bytes([self._meets(index) for index in range(start, stop)])

    def _meets(self, index: int) -> bool:
        table, key = self._table, self._key
        if key == "event":
            return _ORDER[self._operator](table.number(index), self._amount)
        if key == "size":
            begin, end = table.raw_payload(index)
            return _ORDER[self._operator](end - begin, self._amount)
        if key == "hash":
            hash_ = table.hash(index)
            return hash_ is not None and self._name_meets([hash_.hex()])
        if key in NAMES:
            return self._name_meets(self._names(index))
        return self._value_meets(index)

    def _names(self, index: int) -> list[str]:
        table = self._table
        whole = table.event_type(index)
        if self._key == "type":
            return [whole]
        if table.kinds[index] == Kind.HOST:
            interface, _, function = whole.rpartition("/")
        elif self._key == "interface" or table.kinds[index] == Kind.DAMAGED:
            return []
        else:
            names = dict(read_payload(table.payload(index)).names)
            interface, _, function = names.get("function", "").rpartition(".")
            return [each for each in (function, f"{interface}.{function}") if each]
        return [function] if self._key == "function" else [interface, interface.rpartition("/")[2]]

    def _name_meets(self, names: list[str]) -> bool:
        text, operator = self._wanted.text, self._operator
        if self._key == "hash" and operator in ("=", "==", ":"):
            return any(name.startswith(text.lower()) for name in names)
        if operator in ("!=", "!~"):
            return bool(names) and not self._any_name(names, operator[1:])
        return self._any_name(names, operator)

    def _any_name(self, names: list[str], operator: str) -> bool:
        text = self._wanted.text
        if self._regex is not None:
            return any(self._matches(name) for name in names)
        if operator == ":":
            return any(text.lower() in name.lower() for name in names)
        return any(name == text for name in names) if operator in ("=", "==") else False

    def _matches(self, text: str) -> bool:
        """Whether the expression is found in a text; of an event whose payload is read that alone is limited."""
        assert self._regex is not None
        if not self.reads_values:
            return self._regex.search(text) is not None
        known = self._known.get(text)
        if known is None:
            with _limited(self._wanted.text):
                known = self._regex.search(text) is not None
            if len(text) <= _LONGEST_KNOWN and len(self._known) < _MOST_KNOWN:
                self._known[text] = known
        return known

    def _value_meets(self, index: int) -> bool:
        table = self._table
        if table.kinds[index] == Kind.DAMAGED:
            return False
        payload = table.payload(index)
        shown = table.shown.at(table.number(index)) if table.shown else None
        state = shown if isinstance(shown, bytes) else b""
        if self._name and self._name not in payload and self._name not in state:
            return False
        roots = [(part.name, part.value) for part in read_payload(payload).parts]
        if state:
            with suppress(DecodeError):
                roots.append(("state", decode(state)))
        found = [value for value in self._found(roots) if value is not None]
        if self._operator in ("!=", "!~"):
            return bool(found) and not any(self._equals(value, self._operator[1:]) for value in found)
        return any(self._equals(value, self._operator) for value in found)

    def _found(self, roots: list[tuple[str, Value | None]]) -> Iterator[Value]:
        first, *rest = self._steps
        for name, value in roots:
            if value is None:
                continue
            if self._key.startswith("."):
                for each in _within(value):
                    yield from _along(each, self._steps)
            elif first == "value":
                for each in _within(value):
                    yield from _along(each, rest) if rest else (each,)
            elif name == first:
                yield from _along(value, rest)

    def _equals(self, value: Value, operator: str) -> bool:
        said, number = _number_of(value), self._wanted.number
        if operator in ("<", ">", "<=", ">="):
            if said is not None and number is not None:
                return _ORDER[operator](said, number)
            text = _text_of(value)
            return text is not None and number is None and _in_order(operator, text, self._wanted.text)
        if self._regex is not None:
            text = _text_of(value)
            shown = text if text is not None else format_literal(value, 4096)
            return self._matches(shown)
        if said is not None:
            return number is not None and said == number
        return self._wanted.text in _names_of(value, quoted=self._wanted.quoted)


def _in_order(operator: str, one: str, other: str) -> bool:
    return {"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[operator]


def _along(value: Value, steps: list[str]) -> Iterator[Value]:
    """What a path leads to; what has no name of its own, as in some, ok and most cases, is gone through."""
    if not steps:
        yield value
        for label, part in _unnamed(value):
            yield from _along(part, steps) if label.text == "" else ()
        return
    step = steps[0]
    items: Iterator[tuple[PartLabel, Value]] = parts(value)
    if isinstance(value, Array) and step[0] == "[":
        items = iter([(PartLabel(str(at), True), each) for at, each in enumerate(value)])
    for label, part in items:
        if label.text == "":
            yield from _along(part, steps)
        elif (step == "[*]" if label.in_list else step == label.text) or f"[{label.text}]" == step:
            yield from _along(part, steps[1:])


def _unnamed(value: Value) -> list[tuple[PartLabel, Value]]:
    return list(parts(value)) if isinstance(value, Option | Result) else []


def _within(value: Value) -> Iterator[Value]:
    """The value and all that stands in it, the items of lists of numbers among them."""
    left = _MOST_VALUES
    for each in walk(value):
        yield each
        if isinstance(each, Array) and each.elem != types.U8:
            yield from each[:left]
        left -= 1
        if left <= 0:
            return


def _number_of(value: Value) -> float | None:
    if isinstance(value, Integer):
        return value.value
    return value.value if isinstance(value, F32 | F64) else None


def _text_of(value: Value) -> str | None:
    if isinstance(value, String | Char):
        return value.value
    if isinstance(value, Array) and value.elem == types.U8:
        return bytes_as_text(value.data)
    return None


def _names_of(value: Value, *, quoted: bool) -> tuple[str, ...]:
    """The words that a value goes by, in quotes its text alone."""
    text = _text_of(value)
    if text is not None:
        return (text,)
    if quoted:
        return ()
    if isinstance(value, Bool):
        return ("true" if value.value else "false",)
    if isinstance(value, Option):
        return ("none",) if value.value is None else ("some",)
    if isinstance(value, Result):
        return ("ok" if value.is_ok else "err",)
    if isinstance(value, Variant):
        return value.case, f"{value.type_name}::{value.case}"
    return (format_literal(value, 4096),)


@contextmanager
def _limited(text: str) -> Iterator[None]:
    """A step of a comparison; raises ChainviewError when its expression takes too long."""
    try:
        with time_limit(_PATIENCE_SECONDS):
            yield
    except OutOfTime:
        raise ChainviewError(f"comparing with {text[:40]} takes too long: use a simpler expression") from None
