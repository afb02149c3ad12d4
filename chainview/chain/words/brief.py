"""Values in the few characters that a line has room for, whatever their size and depth."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chainview.chain.words.spans import Role, Span, cells, middle_cut, quoted
from chainview.pack.values import (
    F32,
    F64,
    SCALAR_TYPES,
    Array,
    Bool,
    Char,
    Flags,
    Integer,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    String,
    Tuple,
    Value,
    Variant,
    types,
)
from chainview.pack.values.floats import literal_float
from chainview.system.wording import plural, visible

_LONGEST_NUMBER = 10
_LONGEST_KEY = 22
_LONGEST_STRING = 64
_SHORTEST_STRING = 12
_SHOWN_BYTES = 8
_BLANKS = frozenset(b"\n\r\t")


def short(value: Value, room: int, *, suffixed: bool = False) -> list[Span]:
    """A value in about `room` characters, `…` standing for what is left out; it never walks more than it shows.

    Numbers have their type's suffix, as a literal needs it, only when `suffixed`.
    """
    return _Writer(room, suffixed).write(value)


def short_items(items: Iterable[Value], room: int, separator: str, *, suffixed: bool = False) -> list[Span]:
    """Values one after the other in about `room` characters."""
    return _Writer(room, suffixed).write_all(iter([("", item) for item in _first(items, room)]), separator)


def _first(items: Iterable[Value], count: int) -> Iterator[Value]:
    return (item for item, _ in zip(items, range(max(1, count)), strict=False))


class _Writer:
    """Writes on an explicit stack of open brackets, so that depth costs no recursion."""

    def __init__(self, room: int, suffixed: bool) -> None:
        self._left = room
        self._suffixed = suffixed
        self._spans: list[Span] = []
        self._open: list[tuple[Iterator[tuple[str, Value]], str, str]] = []
        self._fresh = True

    def write(self, value: Value) -> list[Span]:
        return self.write_all(iter([("", value)]), ", ")

    def write_all(self, items: Iterator[tuple[str, Value]], separator: str) -> list[Span]:
        self._open.append((items, separator, ""))
        while self._open:
            items, separator, closing = self._open[-1]
            held = next(items, None)
            if held is None:
                self._close(closing)
                continue
            if not self._fresh:
                self._put(separator, Role.DIM)
            if self._left <= 0:
                self._put("…", Role.DIM)
                self._close(closing)
                continue
            label, value = held
            if label:
                self._put(f"{visible(middle_cut(label, 24))}: ", Role.DIM)
            self._fresh = False
            self._value(value)
        return self._spans

    def _put(self, text: str, role: Role) -> None:
        self._left -= cells(text)
        if self._spans and self._spans[-1][1] is role:
            self._spans[-1] = (self._spans[-1][0] + text, role)
        elif text:
            self._spans.append((text, role))

    def _close(self, closing: str) -> None:
        self._open.pop()
        self._put(closing, Role.DIM)
        self._fresh = False

    def _enter(self, opening: str, items: Iterator[tuple[str, Value]], closing: str, role: Role = Role.DIM) -> None:
        self._put(opening, role)
        self._open.append((items, ", ", closing))
        self._fresh = True

    def _value(self, value: Value) -> None:
        if isinstance(value, String):
            longest = max(_SHORTEST_STRING, min(_LONGEST_STRING, self._left - 2))
            self._put(quoted(value.value, longest), Role.STRING)
        elif value.__class__ in SCALAR_TYPES:
            self._put(self._scalar(value), Role.VALUE)
        elif isinstance(value, Array):
            self._array(value)
        elif isinstance(value, Record):
            self._enter("{", iter(value.fields), "}")
        elif isinstance(value, Map):
            self._enter("{", ((_key(key), held) for key, held in value.entries), "}")
        elif isinstance(value, Set):
            self._enter("{", _unlabelled(value.items), "}")
        elif isinstance(value, Tuple):
            self._enter("(", _unlabelled(value.items), ")")
        elif isinstance(value, List):
            self._enter("[", _unlabelled(value.items), "]")
        elif isinstance(value, Variant):
            self._case(visible(middle_cut(value.case, 32)), value.payload, _case_role(value))
        elif isinstance(value, Option):
            self._case("none" if value.value is None else "some", () if value.value is None else (value.value,))
        elif isinstance(value, Result):
            self._case("ok" if value.is_ok else "err", (value.value,), Role.OK if value.is_ok else Role.ERROR)

    def _case(self, name: str, held: tuple[Value, ...], role: Role = Role.VALUE) -> None:
        self._put(name, role)
        if held:
            self._enter("(", _unlabelled(held), ")")

    def _scalar(self, value: Value) -> str:
        if isinstance(value, Bool):
            return "true" if value.value else "false"
        if isinstance(value, Char):
            return f"'{visible(value.value)}'"
        if isinstance(value, Flags):
            return f"flags({value.mask:#x})"
        suffix = str(SCALAR_TYPES[value.__class__])
        text = _number(value, suffix)
        return text + suffix if self._suffixed and text[0] != "~" and "…" not in text else text

    def _array(self, array: Array) -> None:
        if array.elem != types.U8:
            self._enter("[", _unlabelled(_first(array, self._left)), "]")
            return
        text = bytes_as_text(array.data)
        if text is None:
            self._put(f"{plural(len(array), 'byte')} ", Role.DIM)
            shown = max(2, min(_SHOWN_BYTES, self._left // 2))
            self._put(array.data[:shown].hex() + ("…" if len(array) > shown else ""), Role.VALUE)
        else:
            longest = max(_SHORTEST_STRING, min(_LONGEST_STRING, self._left - 3))
            self._put(f"b{quoted(text, longest)}", Role.STRING)


def _key(key: Value) -> str:
    return "".join([text for text, _ in short(key, _LONGEST_KEY)]) or "?"


def _unlabelled(items: Iterable[Value]) -> Iterator[tuple[str, Value]]:
    return (("", item) for item in items)


def _number(value: Value, suffix: str) -> str:
    """A number without its suffix; a long integer without its middle, a long fraction rounded and with a `~`."""
    if isinstance(value, F32 | F64):
        text = literal_float(value).removesuffix(suffix)
        return text if len(text) <= _LONGEST_NUMBER else f"~{value.value:.6g}"
    assert isinstance(value, Integer)
    text = str(value.value)
    return text if len(text) <= _LONGEST_NUMBER else f"{text[:4]}…{text[-3:]}"


def _case_role(value: Variant) -> Role:
    if value.type_name != "result":
        return Role.VALUE
    return Role.ERROR if value.case == "err" else Role.OK


def _letter_at(data: bytes, at: int) -> int:
    """Where the letter begins that the byte at a place belongs to; the place itself in what is no UTF-8."""
    return next((place for place in range(at, at - 4, -1) if data[place] & 0xC0 != 0x80), at)


def bytes_as_text(data: bytes) -> str | None:
    """Bytes as the text they are, its middle left out when long; None for bytes that are no text."""
    if len(data) > 4 * _LONGEST_STRING:
        # Both ends are looked at alone.
        half = 2 * _LONGEST_STRING
        data = data[: _letter_at(data, half)] + data[_letter_at(data, len(data) - half) :]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    if any(byte < 0x20 and byte not in _BLANKS for byte in data):
        return None
    return text
