"""How a type changed from one module to the next, and values of both seen by what the two types have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from chainview.pack.declared.check import type_for
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import (
    F32,
    F64,
    U64,
    UNIT,
    Array,
    Integer,
    List,
    Map,
    Option,
    Record,
    Result,
    Set,
    Tuple,
    Value,
    Variant,
)

UNTOLD: Final = TypeDesc("value")
"""The type of which nothing is told."""
_UNTOLD: Final = frozenset({"value", "ref"})
_NAMED: Final = frozenset({"record", "variant"})
_BITS: Final = {f"{sign}{bits}": bits for sign in "us" for bits in (8, 16, 32, 64)}
_FLOATS: Final = frozenset({"f32", "f64"})
_MOST_PAIRS: Final = 5000
_SHOWN: Final = 3
_LONGEST: Final = 80
_DEEPEST: Final = 100
"""Levels of a value that are looked into; what lies deeper is taken as it is."""

_Member = tuple[str, TypeDesc | None]
_Place = tuple[str, TypeDesc, TypeDesc]


class TypeChange:
    """What became of a type: `then` as it was, `now` as it is. It is false where nothing did.

    What is not told of a type is looked up by the name that a value has, in `named` and `named_now`.
    """

    def __init__(
        self,
        then: TypeDesc,
        now: TypeDesc,
        named: Mapping[str, TypeDesc] | None = None,
        named_now: Mapping[str, TypeDesc] | None = None,
    ) -> None:
        self.then, self.now = then, now
        self._named, self._named_now = named or {}, named_now or {}
        self._known: dict[tuple[int, int], tuple[bool, _Members | None]] = {}
        self.words = tuple(dict.fromkeys(self._all_words()))
        """Each change in a few words, such as `Room has a new field topic: string`."""

    def __bool__(self) -> bool:
        return bool(self.words)

    @property
    def text(self) -> str:
        """The first changes, and how many more there are."""
        more = f" and {len(self.words) - _SHOWN:,} more" if len(self.words) > _SHOWN else ""
        return f"{'; '.join(self.words[:_SHOWN])}{more}"

    def shared(self, value: Value) -> Value:
        """A value of the type as it was, as far as the type as it is can say it too."""
        return self._seen(value, self.then, self.now, _Walk(0))

    def shared_now(self, value: Value) -> Value:
        """A value of the type as it is, as far as the type as it was can say it too, and in its words."""
        return self._seen(value, self.then, self.now, _Walk(1))

    def _all_words(self) -> Iterator[str]:
        waiting: list[_Place] = [("the state", self.then, self.now)]
        told: set[tuple[TypeDesc, TypeDesc]] = set()
        for _ in range(_MOST_PAIRS):
            if not waiting:
                return
            place, then, now = waiting.pop()
            if self._look_up(then, now)[0] or then.kind in _UNTOLD or now.kind in _UNTOLD:
                continue
            if _is_another(then, now):
                yield f"{place} is {_text(now)}, was {_text(then)}"
                continue
            waiting += reversed([(place, one, other) for one, other in zip(then.args, now.args, strict=True)])
            members = self._look_up(then, now)[1]
            if members is not None and (then, now) not in told:
                told.add((then, now))
                yield from members.words
                waiting += reversed(members.inner)

    def _look_up(self, then: TypeDesc, now: TypeDesc) -> tuple[bool, _Members | None]:
        """Whether two types are the same throughout, and what records or variants have in common."""
        key = id(then), id(now)
        if key not in self._known:
            same = then == now and not (self._named and _has_untold(then))
            paired = then.kind == now.kind and then.kind in _NAMED
            self._known[key] = same, _members(then, now) if paired and not same else None
        return self._known[key]

    def _seen(self, value: Value, then: TypeDesc, now: TypeDesc, walk: _Walk) -> Value:
        key = id(value), id(then), id(now)
        if key not in walk.made:
            made = value
            if walk.depth < _DEEPEST:
                walk.depth += 1
                made = self._made(value, then, now, walk)
                walk.depth -= 1
            walk.made[key] = value, made
        return walk.made[key][1]

    def _made(self, value: Value, then: TypeDesc, now: TypeDesc, walk: _Walk) -> Value:
        if then.kind in _UNTOLD and now.kind in _UNTOLD and isinstance(value, Record | Variant):
            one, other = self._named.get(value.type_name), self._named_now.get(value.type_name)
            then, now = (then, now) if one is None or other is None else (one, other)
        same, members = self._look_up(then, now)
        if same or then.kind in _UNTOLD or now.kind in _UNTOLD:
            return value
        if then.kind != now.kind:
            return _number(value, then.kind, now.kind)
        if len(then.args) != len(now.args) or (then.kind in _NAMED and _is_another(then, now)):
            return UNIT
        if members is not None:
            return self._with_members(value, then, members, walk)
        return self._with_parts(value, then, list(zip(then.args, now.args, strict=True)), walk)

    def _with_members(self, value: Value, then: TypeDesc, members: _Members, walk: _Walk) -> Value:
        if isinstance(value, Record):
            given = dict(value.fields)
            fields = [
                (pair[0][0], self._seen(given[pair[walk.side][0]], pair[0][1] or UNTOLD, pair[1][1] or UNTOLD, walk))
                for pair in members.pairs
                if pair[walk.side][0] in given
            ]
            return Record(then.name, tuple(fields))
        if not isinstance(value, Variant):
            return value
        for tag, (one, other) in enumerate(members.pairs):
            if (one, other)[walk.side][0] == value.case:
                payload = value.payload
                if one[1] is None or other[1] is None:
                    payload = ()
                elif len(payload) == 1:
                    payload = (self._seen(payload[0], one[1], other[1], walk),)
                return Variant(then.name, one[0], tag, payload)
        return Variant(then.name, value.case, value.tag, value.payload)

    def _with_parts(
        self, value: Value, then: TypeDesc, pairs: Sequence[tuple[TypeDesc, TypeDesc]], walk: _Walk
    ) -> Value:
        kinds = [type_for(one) for one in then.args]
        match value:
            case List() | Array():
                items = value.items if isinstance(value, List) else tuple(value)
                return List(kinds[0], tuple([self._seen(item, *pairs[0], walk) for item in items]))
            case Set():
                return Set(kinds[0], tuple([self._seen(item, *pairs[0], walk) for item in value.items]))
            case Option():
                held = None if value.value is None else self._seen(value.value, *pairs[0], walk)
                return Option(kinds[0], held)
            case Result():
                held = self._seen(value.value, *pairs[0 if value.is_ok else 1], walk)
                return Result(kinds[0], kinds[1], value.is_ok, held)
            case Map():
                entries = [
                    (self._seen(key, *pairs[0], walk), self._seen(item, *pairs[1], walk)) for key, item in value.entries
                ]
                return Map(kinds[0], kinds[1], tuple(entries))
            case Tuple() if len(value.items) == len(pairs):
                return Tuple(
                    tuple([self._seen(item, *pair, walk) for item, pair in zip(value.items, pairs, strict=True)])
                )
        return value


class _Walk:
    """What was made so far of the values of one side, 0 for the type as it was: values may share parts."""

    def __init__(self, side: int) -> None:
        self.side = side
        self.depth = 0
        self.made: dict[tuple[int, int, int], tuple[Value, Value]] = {}
        """By identity, each with the value itself: one that is gone might lend its identity to another."""


@dataclass(frozen=True, slots=True)
class _Members:
    """The fields or cases that two types of one kind have in common, and in words what they have not."""

    pairs: tuple[tuple[_Member, _Member], ...]
    words: tuple[str, ...]
    inner: tuple[_Place, ...]


def _members(then: TypeDesc, now: TypeDesc) -> _Members:
    ones, others = _all_members(then), _all_members(now)
    if any(not case for case, _ in (*then.cases, *now.cases)):
        return _shown_cases(then, now)
    pairs, name = _paired(ones, others), now.name or "the record"
    words = [] if then.name == now.name else [f"{then.kind} {then.name} is called {now.name}"]
    paired, paired_now = {one[0] for one, _ in pairs}, {other[0] for _, other in pairs}
    member = "field" if then.kind == "record" else "case"
    words += [f"{name} has no {member} {one} any more" for one, _ in ones if one not in paired]
    words += [_added(name, member, others, at) for at, (other, _) in enumerate(others) if other not in paired_now]
    words += [f"{name}.{one[0]} is called {other[0]}" for one, other in pairs if one[0] != other[0]]
    kept = [other[0] for other in others if other[0] in paired_now]
    if kept != [other[0] for _, other in pairs]:
        words.append(f"the {member}s of {name} stand in another order")
    inner = [(f"{name}.{other[0]}", one[1], other[1]) for one, other in pairs if one[1] and other[1]]
    words += [
        f"{name}.{other[0]} holds {_held_by(other)}" for one, other in pairs if (one[1] is None) != (other[1] is None)
    ]
    return _Members(tuple(pairs), tuple(words), tuple(inner))


def _shown_cases(then: TypeDesc, now: TypeDesc) -> _Members:
    """What variants have in common of which some cases are not told: a case at another place, or of another name."""
    places = {case: (tag, (case, held)) for tag, (case, held) in enumerate(now.cases) if case}
    pairs, words = list[tuple[_Member, _Member]](), list[str]()
    for tag, one in enumerate(then.cases):
        place, other = places.get(one[0], (tag, now.cases[tag] if tag < len(now.cases) else ("", None)))
        if not (one[0] and other[0]):
            continue
        pairs.append((one, other))
        if one[0] != other[0]:
            words.append(f"{now.name}.{one[0]} is called {other[0]}")
        elif tag != place:
            words.append(f"{now.name}.{one[0]} is case {place + 1}, was {tag + 1}")
    inner = [(f"{now.name}.{other[0]}", one[1], other[1]) for one, other in pairs if one[1] and other[1]]
    return _Members(tuple(pairs), tuple(words), tuple(inner))


def _all_members(desc: TypeDesc) -> Sequence[_Member]:
    return desc.fields if desc.kind == "record" else desc.cases


def _text(desc: TypeDesc) -> str:
    text = str(desc)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _held_by(member: _Member) -> str:
    return "nothing any more" if member[1] is None else f"a {_text(member[1])} now"


def _added(name: str, member: str, others: Sequence[_Member], at: int) -> str:
    other, desc = others[at]
    told = f"{other}: {_text(desc)}" if desc is not None and member == "field" else other
    behind = f", put before {others[at + 1][0]}" if member == "case" and at + 1 < len(others) else ""
    return f"{name} has a new {member} {told}{behind}"


def _paired(ones: Sequence[_Member], others: Sequence[_Member]) -> list[tuple[_Member, _Member]]:
    """Members of the same name, and of what is left over those of one type that only have another name."""
    names, names_now = dict(ones), dict(others)
    gone = [(at, one) for at, one in enumerate(ones) if one[0] not in names_now]
    new = [(at, other) for at, other in enumerate(others) if other[0] not in names]
    renamed: dict[str, _Member] = {}
    for at, one in gone:
        alike = [
            (place, other) for place, other in new if other[1] == one[1] and (place == at or len(gone) == len(new) == 1)
        ]
        if alike:
            new.remove(alike[0])
            renamed[one[0]] = alike[0][1]
    pairs = []
    for one in ones:
        if one[0] in names_now:
            pairs.append((one, (one[0], names_now[one[0]])))
        elif one[0] in renamed:
            pairs.append((one, renamed[one[0]]))
    return pairs


def _is_another(then: TypeDesc, now: TypeDesc) -> bool:
    """Whether two types are others by themselves, not by what records and variants in them consist of."""
    if then.kind in _UNTOLD or now.kind in _UNTOLD:
        return False
    if then.kind != now.kind or len(then.args) != len(now.args):
        return True
    if then.kind in _NAMED:
        return then.name != now.name and not _paired(_all_members(then), _all_members(now))
    return any(map(_is_another, then.args, now.args))


def _has_untold(desc: TypeDesc) -> bool:
    parts = [*desc.args, *[field for _, field in desc.fields], *[case for _, case in desc.cases if case is not None]]
    return desc.kind in _UNTOLD or any(map(_has_untold, parts))


def _number(value: Value, then: str, now: str) -> Value:
    """A number as far as both kinds of numbers can say it; of two types that have nothing in common, nothing."""
    if then in _BITS and now in _BITS and isinstance(value, Integer):
        return U64(value.value % (1 << min(_BITS[then], _BITS[now])))
    if {then, now} == _FLOATS and isinstance(value, F32 | F64):
        return _short_float(value)
    return UNIT


def _short_float(value: F32 | F64) -> Value:
    try:
        return F32.of(value.value)
    except OverflowError:
        return value
