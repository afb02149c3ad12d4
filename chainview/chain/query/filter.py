"""Filters: a few words that say which events to show, and the events they let through."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import compress

from chainview.chain.event import Kind
from chainview.chain.query.condition import NAMES, NUMBERS, OPERATORS, ROOTS, Comparison, Wanted, amount, steps_of
from chainview.chain.query.hits import stop_after
from chainview.chain.query.pattern import expression
from chainview.chain.query.search import Finder
from chainview.chain.table import EventTable
from chainview.system.errors import ChainviewError

_BLANKS = re.compile(r"\s*")
_OPERATOR = re.compile(r"(or|and|not|OR|AND|NOT)(?=[\s(])")
_FIELDS = ("kind", "call", *NAMES, *NUMBERS)
_FIELD = re.compile(
    rf"((?:{'|'.join(_FIELDS)})(?![\w.\[-])"
    rf"|(?:{'|'.join(ROOTS)}|\.[A-Za-z_][\w-]*)(?:\.[\w-]+|\[(?:\*|\d+)\])*)"
    rf"(?:(:)|\s*({'|'.join(map(re.escape, OPERATORS))})\s*)"
)
_LIKE_FIELD = re.compile(r"(\w+)[:=<>~]")
_REGEX = re.compile(r"/((?:[^/\\]|\\.)+)/(?=\s|\)|\Z)")
_QUOTED = re.compile(r'"([^"]*)"')
_NUMBER = re.compile(r"0{0,20}[1-9][0-9]{0,18}")
_STRETCH = 1 << 14
_STRETCH_BYTES = 1 << 20
_DECODED_BYTES = 1 << 16
"""The bytes of events whose values are compared in a step."""
_DEEPEST = 100
_WORDS = {kind.word: kind for kind in Kind}
Mask = Callable[[int, int], bytes]


class FilterError(ChainviewError):
    """A filter that can't be meant: the reason, and the letter of its text at which that shows.

    `unfinished` tells of one that may be meant once more of it is typed.
    """

    def __init__(self, reason: str, at: int, *, unfinished: bool = False) -> None:
        super().__init__(f"{reason} (column {at + 1} of the filter)")
        self.reason, self.at, self.unfinished = reason, at, unfinished


@dataclass(frozen=True, slots=True)
class Token:
    """One condition; `inverted` lets through what does not meet it.

    `key` is `kind`, `call`, a name or a number of an event, the path of a value, `/` for a regular expression, or empty
    for a word. `operator` says how a field is compared.
    """

    key: str
    value: str
    inverted: bool
    operator: str = ""
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Conditions of which all have to hold, or with `either` one; `inverted` lets through what does not."""

    parts: tuple[Condition, ...]
    either: bool = False
    inverted: bool = False


Condition = Token | Group


@dataclass(frozen=True, slots=True)
class Filter:
    """What has to hold of an event."""

    text: str
    wanted: Condition

    @property
    def tokens(self) -> tuple[Token, ...]:
        """Every single condition in it, in order."""
        found, due = [], [self.wanted]
        while due:
            top = due.pop()
            if isinstance(top, Token):
                found.append(top)
            else:
                due += reversed(top.parts)
        return tuple(found)

    @property
    def meant(self) -> str:
        """The field that a word of it looks like, such as `kind` of `kindd:host`; empty where none does."""
        heads = [_LIKE_FIELD.match(token.value) for token in self.tokens if not token.key]
        near = [get_close_matches(head[1], _FIELDS, 1, 0.75) for head in heads if head is not None]
        return next((each[0] for each in near if each), "")


def parse_filter(text: str) -> Filter:
    """The filter a user typed; docs/filter.md tells the language. Raises FilterError, saying what is wrong, and where.

    Conditions beside each other have all to hold: `kind:host,error`, `call:3` for the call that event 3 belongs to,
    words, texts in quotes, `/expressions/`, and comparisons such as `state.count > 5`; `or`, `and`, `not`, `!` and
    brackets put them together. A word matches event types, function names and the texts in payloads; without capitals
    it ignores case.
    """
    return Filter(text.strip(), _Reader(text).whole())


class _Reader:
    """A place in the text of a filter that moves on as its parts are read."""

    def __init__(self, text: str) -> None:
        self._text, self._at, self._depth = text, 0, 0

    def whole(self) -> Condition:
        self._blanks()
        return self._either() if self._at < len(self._text) else Group(())

    def _blanks(self) -> None:
        found = _BLANKS.match(self._text, self._at)
        self._at = self._at if found is None else found.end()

    def _over(self) -> bool:
        self._blanks()
        return self._at >= len(self._text) or (self._depth > 0 and self._text[self._at] == ")")

    def _takes(self, word: str) -> bool:
        """Passes over an operator, where something stands behind it: else it is a word as any other."""
        found = _OPERATOR.match(self._text, self._at)
        if found is None or found[1].lower() != word or not self._text[found.end() :].strip(" )"):
            return False
        self._at = found.end()
        return True

    def _either(self) -> Condition:
        parts = [self._all()]
        while not self._over() and self._takes("or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else Group(tuple(parts), either=True)

    def _all(self) -> Condition:
        parts = [self._one()]
        while not self._over():
            before = self._at
            if self._takes("or"):
                self._at = before
                break
            self._takes("and")
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else Group(tuple(parts))

    def _one(self) -> Condition:
        self._blanks()
        begin = self._at
        if self._takes("not"):
            return _inverted(self._one())
        if self._text.startswith("!", begin):
            self._at += 1
            if self._at >= len(self._text) or self._text[self._at].isspace() or self._text[self._at] == "!":
                raise FilterError("a ! in a filter stands right before what it inverts, such as !log", begin)
            return _inverted(self._one())
        if self._text.startswith("(", begin):
            return self._group(begin)
        return self._condition(begin)

    def _group(self, begin: int) -> Condition:
        self._at, self._depth = begin + 1, self._depth + 1
        if self._depth > _DEEPEST:
            raise FilterError("brackets are nested too deep", begin)
        if self._over():
            raise FilterError("there is nothing in the brackets", begin, unfinished=self._at >= len(self._text))
        found = self._either()
        if not self._text.startswith(")", self._at):
            raise FilterError("the bracket is not closed", begin, unfinished=True)
        self._at, self._depth = self._at + 1, self._depth - 1
        return found

    def _condition(self, begin: int) -> Token:
        field = _FIELD.match(self._text, begin)
        if field is not None:
            self._at = field.end()
            return self._compared(field[1], field[2] or field[3], begin)
        regex = _REGEX.match(self._text, begin)
        if regex is not None:
            self._at = regex.end()
            _check_expression(regex[1], begin + 1)
            return Token("/", regex[1], False)
        value, quoted = self._value()
        if not quoted and value.startswith('"'):
            raise FilterError(f"the filter has a quote that is not closed: {value}", begin, unfinished=True)
        return Token("", value, False)

    def _value(self) -> tuple[str, bool]:
        """A text in quotes, or a word: it ends at a blank, and at the bracket of the group that it stands in."""
        quoted = _QUOTED.match(self._text, self._at)
        if quoted is not None:
            self._at = quoted.end()
            return quoted[1], True
        begin, open_ = self._at, 0
        while self._at < len(self._text) and not self._text[self._at].isspace():
            letter = self._text[self._at]
            if letter == ")" and open_ == 0 and self._depth:
                break
            open_ += (letter in "([{") - (letter in ")]}" and open_ > 0)
            self._at += 1
        return self._text[begin : self._at], False

    def _compared(self, key: str, operator: str, begin: int) -> Token:
        at = self._at
        regex = _REGEX.match(self._text, at) if operator in ("~", "!~") else None
        if regex is not None:
            self._at = regex.end()
            value, quoted = regex[1], True
        else:
            value, quoted = self._value()
        if not quoted and value.startswith('"'):
            raise FilterError(f"the filter has a quote that is not closed: {value}", at, unfinished=True)
        if not value and not quoted:
            raise FilterError(f"{key}{operator} wants something to compare with", at, unfinished=True)
        if operator in ("~", "!~"):
            _check_expression(value, at)
        if key == "kind":
            return self._kinds(value, operator, at)
        if key == "call":
            if operator not in (":", "=", "==") or not _NUMBER.fullmatch(value):
                raise FilterError(f"call: wants the number of an event, not {value[:40]!r}", at)
            return Token(key, value, False)
        if key in NUMBERS:
            if operator in ("~", "!~"):
                raise FilterError(f"{key} is a number: compare it with = < > <= >= or !=", begin)
            try:
                amount(key, value)
            except ValueError as error:
                raise FilterError(str(error), at) from None
        if key in NAMES and operator[0] in "<>":
            raise FilterError(f"{key} is a text: compare it with : = != ~ or !~", begin)
        if key not in (*NAMES, *NUMBERS):
            try:
                steps_of(key)
            except ValueError as error:
                raise FilterError(str(error), begin) from None
        return Token(key, value, False, operator, quoted)

    def _kinds(self, value: str, operator: str, at: int) -> Token:
        if operator not in (":", "=", "==", "!="):
            raise FilterError("a kind is compared with : or =, such as kind:host,error", at)
        for name in value.split(","):
            if name not in _WORDS:
                raise FilterError(f"there is no kind {name!r}; kinds are {', '.join(_WORDS)}", at)
        return Token("kind", value, operator == "!=")


def _check_expression(text: str, at: int) -> None:
    try:
        expression(text)
    except re.error as error:
        raise FilterError(f"this is no regular expression: {error.msg}", at + (error.pos or 0)) from None


def _inverted(condition: Condition) -> Condition:
    return replace(condition, inverted=not condition.inverted)


class Selection:
    """The events of a table that a filter lets through, found a stretch at a time and kept up as the table grows."""

    def __init__(self, table: EventTable, filter_: Filter) -> None:
        self.filter = filter_
        self.matches = array("I")
        """Their positions, ascending: index + `table.dropped`."""
        self._table = table
        self._seen = table.dropped
        self._finders: list[Finder] = []
        self._comparisons: list[Comparison] = []
        self._masks = {token: self._mask(token) for token in dict.fromkeys(filter_.tokens)}
        self._reads = bool(self._finders)
        self._decodes = any(each.reads_values for each in self._comparisons)

    @property
    def complete(self) -> bool:
        """Whether every event has been looked at."""
        return self._seen >= len(self._table) + self._table.dropped

    def step(self, events: int = _STRETCH) -> bool:
        """Looks at that many more events, or fewer large ones; True when every event has been looked at."""
        self.forget()
        base = self._table.dropped
        start = self._seen - base
        stop = min(start + events, len(self._table))
        if (self._reads or self._decodes) and start < stop:
            size = _DECODED_BYTES if self._decodes else _STRETCH_BYTES
            stop = min(stop, stop_after(self._table, start, size))
        if not all(finder.ready(start, stop) for finder in self._finders):
            return False
        if start < stop:
            self.matches.extend(compress(range(start + base, stop + base), self._let_through(start, stop)))
            self._seen = stop + base
        return self.complete

    def lets_through(self, index: int) -> bool:
        """Whether an event that was looked at is let through."""
        position = index + self._table.dropped
        at = bisect_left(self.matches, position)
        return at < len(self.matches) and self.matches[at] == position

    def forget(self) -> None:
        """Takes out what the table has let go."""
        base = self._table.dropped
        if self.matches and self.matches[0] < base:
            del self.matches[: bisect_left(self.matches, base)]
        self._seen = max(self._seen, base)

    def _let_through(self, start: int, stop: int) -> bytes:
        return self._met(self.filter.wanted, start, stop).to_bytes(stop - start, "little")

    def _met(self, condition: Condition, start: int, stop: int) -> int:
        """A byte an event as one number, 1 where a condition is met."""
        every = int.from_bytes(b"\1" * (stop - start), "little")
        if isinstance(condition, Token):
            found = int.from_bytes(self._masks[condition](start, stop), "little")
        elif condition.either:
            found = 0
            for part in condition.parts:
                found |= self._met(part, start, stop)
        else:
            found = every
            for part in condition.parts:
                found &= self._met(part, start, stop) if found else 0
        return every & ~found if condition.inverted else found

    def _mask(self, token: Token) -> Mask:
        if token.key == "kind":
            wanted = {_WORDS[name] for name in token.value.split(",")}
            of_kind = bytes([1 if value in wanted else 0 for value in range(256)])
            return lambda start, stop: bytes(self._table.kinds[start:stop].translate(of_kind))
        if token.key == "call":
            number = int(token.value)
            return lambda start, stop: self._in_call(number, start, stop)
        if token.key not in ("", "/"):
            compared = Wanted(token.value, token.quoted)
            comparison = Comparison(self._table, token.key, token.operator, compared)
            self._comparisons.append(comparison)
            return comparison.mask
        finder = Finder(self._table, token.value, plain=not token.key)
        self._finders.append(finder)
        return lambda start, stop: _marked(finder, start, stop)

    def _in_call(self, number: int, start: int, stop: int) -> bytes:
        index = number - 1 - self._table.dropped
        if not 0 <= index < len(self._table):
            return bytes(stop - start)
        call = self._table.call_of(index)
        first = index if call is None else call
        last = first if call is None else call + self._table.steps(call)
        mask = bytearray(stop - start)
        low, high = max(first, start), min(last + 1, stop)
        if low < high:
            mask[low - start : high - start] = b"\1" * (high - low)
        return bytes(mask)


def _marked(finder: Finder, start: int, stop: int) -> bytes:
    mask = bytearray(stop - start)
    for index in finder.hits_between(start, stop):
        mask[index - start] = 1
    return bytes(mask)
