"""Reading a Pack literal: any text gives a value or a LiteralError, however deep it is nested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from chainview.pack.literal.annotations import read_type
from chainview.pack.literal.scanner import LiteralError, Scanner
from chainview.pack.literal.unfinished import Form, Unfinished
from chainview.pack.values import (
    UNIT,
    Array,
    Bool,
    Map,
    Option,
    Record,
    Result,
    Set,
    Tuple,
    Value,
    Variant,
    list_value,
    type_of,
)
from chainview.pack.values.types import MAX_DEPTH, Type

_MAX_ANNOTATIONS: Final = 1 << 26
"""The most bytes of element types inferred for the lists of one literal: nested lists repeat those within."""


TYPED: Final = {
    "none": "none<u8>",
    "some": "some<u8>(1u8)",
    "ok": "ok<u8, string>(1u8)",
    "err": 'err<u8, string>("no")',
    "map": 'map<string, u8>["a" => 1u8]',
    "set": "set<u8>[1u8]",
}
"""What a person most likely meant who left the type out."""


@dataclass(slots=True)
class _Open:
    """A compound whose parts are being read: what ends it, what makes it, and what was read so far.

    With `keyed` every other part is a key, with an arrow behind it.
    """

    closing: str
    make: Callable[[_Open], Value]
    many: bool = True
    keyed: bool = False
    names: list[str] | None = None
    items: list[Value] = field(default_factory=list)
    below: int = 0
    unfinished: int = 0
    """How many unfinished parts of the whole text came before it."""


def parse_literal(text: str, *, loose: bool = False) -> Value:
    """The value of a whole text; LiteralError, with its position, when it is no literal.

    A `loose` text may leave out what a declared type says; what is made of that is Unfinished.
    """
    return _whole(Scanner(text, 0), loose=loose)


def parse_arguments(text: str, *, loose: bool = False) -> tuple[Value, ...]:
    """The arguments a text holds in brackets, such as `(5s32, "x")`; LiteralError when it does not."""
    scan = Scanner(text, 0)
    scan.blanks()
    if scan.peek() != "(":
        scan.expect("(")
    value = _whole(scan, loose=loose)
    assert isinstance(value, Tuple)
    return value.items


def parse_prefix(text: str, start: int = 0, *, loose: bool = False) -> tuple[Value, int]:
    """The value that begins at a character index, after blanks, and the index where it ends."""
    return _Parser(Scanner(text, start), loose=loose).value()


def _whole(scan: Scanner, *, loose: bool) -> Value:
    value = _Parser(scan, loose=loose).value()[0]
    scan.blanks()
    if scan.at < len(scan.text):
        raise scan.fail("there is more text after the value")
    return value


class _Parser:
    """Reads one value on an explicit stack."""

    __slots__ = ("annotations", "loose", "scan", "unfinished")

    def __init__(self, scan: Scanner, *, loose: bool = False) -> None:
        self.scan = scan
        self.loose = loose
        self.annotations = 0
        self.unfinished = 0

    def value(self) -> tuple[Value, int]:
        """The value that begins here and the index where it ends."""
        scan = self.scan
        path: list[_Open] = []
        while True:
            scan.blanks()
            start = scan.at
            begun = self._begin()
            if isinstance(begun, _Open):
                begun.unfinished = self.unfinished
                path.append(begun)
                if len(path) > MAX_DEPTH:
                    raise self._too_deep(start)
                continue
            done = self._close(path, begun)
            if done is not None:
                return done, scan.at

    def _close(self, path: list[_Open], value: Value) -> Value | None:
        """Hands a whole value to what it is part of and ends what it was the last part of.

        None when another value must follow, else the outermost value.
        """
        scan = self.scan
        height = 1
        while path:
            self.unfinished += isinstance(value, Unfinished)
            top = path[-1]
            top.items.append(value)
            top.below = max(top.below, height)
            scan.blanks()
            if top.keyed and len(top.items) % 2:
                scan.expect("=>")
                return None
            if top.many and scan.take(","):
                scan.blanks()
                if not scan.take(top.closing):
                    self._field(top)
                    return None
            else:
                scan.expect(top.closing)
            value = top.make(top)
            height = 1 if isinstance(value, Array) else top.below + 1
            if height > MAX_DEPTH:
                raise self._too_deep(scan.at)
            path.pop()
        return value

    def _too_deep(self, at: int) -> LiteralError:
        return self.scan.fail(f"values are nested deeper than {MAX_DEPTH} levels", at)

    def _begin(self) -> Value | _Open:
        """Reads a value without parts, or up to the first part of one that has some."""
        scan = self.scan
        first = scan.peek()
        if first == '"':
            return scan.string()
        if first == "'":
            return scan.char()
        if first == "-" or "0" <= first <= "9":
            return scan.number(loose=self.loose)
        if scan.take("("):
            return self._parts(_Open(")", lambda read: Tuple(tuple(read.items)) if read.items else UNIT))
        if scan.take("["):
            return self._list()
        if scan.take("{"):
            return self._record("")
        if scan.take("::"):
            return self._variant("")
        if not first:
            raise scan.fail("expected a value, the text ends")
        return self._word()

    def _parts(self, opened: _Open) -> Value | _Open:
        self.scan.blanks()
        if self.scan.take(opened.closing):
            return opened.make(opened)
        self._field(opened)
        return opened

    def _field(self, opened: _Open) -> None:
        """Reads the name before a record's value."""
        if opened.names is not None:
            opened.names.append(self.scan.name())
            self.scan.blanks()
            self.scan.expect(":")

    def _list(self) -> Value | _Open:
        scan = self.scan
        scan.blanks()
        if not scan.take("]"):
            return scan.byte_list() or _Open("]", self._make_list)
        scan.blanks()
        if not scan.take("<"):
            if self.loose:
                return Unfinished(Form.LIST, "")
            raise scan.fail("an empty list needs its type, such as []<u8>")
        elem = read_type(scan)
        scan.expect(">")
        return list_value(elem, ())

    def _make_list(self, read: _Open) -> Value:
        if self.unfinished > read.unfinished:
            return Unfinished(Form.LIST, "", tuple(read.items))
        try:
            elem = type_of(read.items[0])
        except ValueError as error:
            raise self.scan.fail(str(error)) from None
        self.annotations += len(elem.encoded)
        if self.annotations > _MAX_ANNOTATIONS:
            raise self.scan.fail("the types of its nested lists are too large")
        return list_value(elem, read.items)

    def _word(self) -> Value | _Open:
        scan = self.scan
        name = scan.name()
        if name in ("true", "false"):
            return Bool(name == "true")
        if name == "flags" and scan.take("(0x"):
            return scan.flags()
        if name in ("none", "some") and scan.take("<"):
            return self._option(name)
        if name in ("ok", "err") and scan.take("<"):
            return self._result(name)
        if name in ("map", "set") and scan.take("<"):
            return self._map() if name == "map" else self._set()
        scan.blanks()
        if scan.take("{"):
            return self._record(name)
        if scan.take("::"):
            return self._variant(name)
        if self.loose:
            return self._untyped_word(name)
        if name in TYPED:
            raise scan.fail(f"{name} needs its type, such as {TYPED[name]}")
        raise scan.fail(f"unexpected name {name[:40]!r}, expected {{ or :: after it")

    def _untyped_word(self, name: str) -> Value | _Open:
        if name in ("map", "set") and self.scan.take("["):
            closing, keyed = "]", name == "map"
        elif self.scan.take("("):
            closing, keyed = ")", False
        else:
            return Unfinished(Form.WORD, name)
        return self._parts(
            _Open(closing, lambda read: Unfinished(Form.WORD, name, tuple(read.items)), keyed=keyed),
        )

    def _option(self, word: str) -> Value | _Open:
        scan = self.scan
        inner = self._annotation(">")
        if word == "none":
            return Option(inner, None)
        scan.expect("(")
        return _Open(")", lambda read: Option(inner, read.items[0]), many=False)

    def _result(self, word: str) -> _Open:
        scan = self.scan
        ok = self._annotation(",")
        err = self._annotation(">")
        scan.expect("(")
        return _Open(")", lambda read: Result(ok, err, word == "ok", read.items[0]), many=False)

    def _map(self) -> Value | _Open:
        key = self._annotation(",")
        value = self._annotation(">")
        self.scan.expect("[")

        def make(read: _Open) -> Value:
            return Map(key, value, tuple(zip(read.items[::2], read.items[1::2], strict=True)))

        return self._parts(_Open("]", make, keyed=True))

    def _set(self) -> Value | _Open:
        elem = self._annotation(">")
        self.scan.expect("[")
        return self._parts(_Open("]", lambda read: Set(elem, tuple(read.items))))

    def _annotation(self, closing: str) -> Type:
        annotation = read_type(self.scan)
        self.scan.blanks()
        self.scan.expect(closing)
        return annotation

    def _record(self, type_name: str) -> Value | _Open:
        def make(read: _Open) -> Value:
            return Record(type_name, tuple(zip(read.names or (), read.items, strict=True)))

        return self._parts(_Open("}", make, names=[]))

    def _variant(self, type_name: str) -> Value | _Open:
        case = self.scan.name()
        after = self.scan.at
        self.scan.blanks()
        if self.scan.take("("):
            return self._parts(_Open(")", lambda read: Variant(type_name, case, 0, tuple(read.items))))
        self.scan.at = after
        return Variant(type_name, case, 0, ())
