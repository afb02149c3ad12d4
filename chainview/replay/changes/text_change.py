"""Two texts word by word: what changed, where it stands, and the change in few characters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha1

from chainview.replay.align.sequence import alike_at_ends, matches, stretches

_TOKEN = re.compile(r"\w+|\s+|[^\w\s]")
_DIGITS = re.compile(r"\d+")
_WHOLE_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NUMBER_BEFORE = re.compile(r"\d[\d.,]{,40}\Z")
_NUMBER_BEHIND = re.compile(r"\A[.,]?\d[\d.,]{,40}")
_LAST_NAME = re.compile(r"([^\W\d_]{3,})[^\w]*$")
_FIRST_NAME = re.compile(r"^[^\w]*([^\W\d_]{3,})")
_LETTER, _WORD_BEGIN, _WORD_END = re.compile(r"\w"), re.compile(r"\A\w+"), re.compile(r"\w+\Z")
_LONGEST_WORD = 20
_MOST_TOKENS = 20_000
_MOST_COMPARED = 400
_CONTEXT = 12
_LONGEST = 1 << 16
"""Of longer texts only what is near to the change is looked through, up to so many characters."""
_NEAR = 4096
_SHORT = 500
_LETTERS = str.maketrans("0123456789", "ghijklmnop")


# Without slots, as what is asked of it again and again has its place in it.
@dataclass(frozen=True)
class TextChange:
    """The words that changed between two texts, with the words around them; both texts agree before and behind."""

    before: str
    recorded: str
    now: str
    behind: str
    atoms: tuple[tuple[str, str], ...]
    """The single words that changed, each with what it became; the whole stretch where they can't be told apart."""

    @cached_property
    def pattern(self) -> str:
        """What became what, with every number as `N`: equal wherever one edit shows with other data."""
        return f"{_plain(self.recorded)}→{_plain(self.now)}"

    @cached_property
    def only_numbers(self) -> bool:
        """Whether numbers became others, and nothing else."""
        return len({_WHOLE_NUMBER.sub("N", text) for text in self._with_whole_numbers}) == 1

    @cached_property
    def numbers(self) -> tuple[tuple[str, str], ...]:
        """The numbers that became others, each with what it became, where nothing else did; else none."""
        if not self.only_numbers:
            return ()
        pairs = zip(*map(_WHOLE_NUMBER.findall, self._with_whole_numbers), strict=True)
        return tuple([(one, other) for one, other in pairs if one != other])

    @property
    def _with_whole_numbers(self) -> tuple[str, str]:
        """Both sides with what belongs to a number at their edges."""
        begun, ended = _NUMBER_BEFORE.search(self.before), _NUMBER_BEHIND.search(self.behind)
        before, behind = begun[0] if begun else "", ended[0] if ended else ""
        return f"{before}{self.recorded}{behind}", f"{before}{self.now}{behind}"

    @cached_property
    def words(self) -> frozenset[tuple[str, str]]:
        """What became what between words that stayed, each without white space at its ends and with numbers as `N`."""
        one, other = _TOKEN.findall(self.recorded), _TOKEN.findall(self.now)
        if max(len(one), len(other)) > _MOST_COMPARED:
            return frozenset({(_plain(self.recorded), _plain(self.now))})
        apart = [(part, now) for part, now, same in stretches(matches(one, other), len(one), len(other)) if not same]
        pairs = [("".join(one[a.start : a.stop]).strip(), "".join(other[b.start : b.stop]).strip()) for a, b in apart]
        return frozenset([(_plain(a), _plain(b)) for a, b in pairs if a or b])

    @cached_property
    def neighbours(self) -> tuple[str, ...]:
        """The words next to the change on either side."""
        found = _LAST_NAME.search(self.before[-80:]), _FIRST_NAME.search(self.behind[:80])
        return tuple([each[1] for each in found if each is not None])

    @cached_property
    def place(self) -> str:
        """The words next to the change, with every number as `N`; empty where too little stands around it."""
        before, behind = _last_words(self.before), _first_words(self.behind)
        return f"{before}‹›{behind}" if any(letter.isalpha() for letter in before + behind) else ""


def text_change(recorded: str, now: str) -> TextChange:
    """What changed between two texts that are not equal; of very long ones what is near to that."""
    return (_of_short if max(len(recorded), len(now)) <= _SHORT else _of_long)(recorded, now)


def _text_change(recorded: str, now: str) -> TextChange:
    if max(len(recorded), len(now)) > _LONGEST:
        recorded, now = _near_change(recorded, now)
    one, other = _tokens(recorded), _tokens(now)
    shorter = min(len(one), len(other))
    head = 0
    while head < shorter and one[head] == other[head]:
        head += 1
    tail = 0
    while tail < shorter - head and one[-1 - tail] == other[-1 - tail]:
        tail += 1
    middle, middle_now = one[head : len(one) - tail], other[head : len(other) - tail]
    if len(middle) == len(middle_now):
        atoms = tuple([(a, b) for a, b in zip(middle, middle_now, strict=True) if a != b])
    else:
        atoms = (("".join(middle), "".join(middle_now)),)
    return TextChange(
        "".join(one[:head]),
        "".join(middle),
        "".join(middle_now),
        "".join(one[len(one) - tail :]),
        atoms,
    )


# The same texts stand in one state after the other.
_of_short, _of_long = lru_cache(maxsize=4096)(_text_change), lru_cache(maxsize=16)(_text_change)


def _near_change(recorded: str, now: str) -> tuple[str, str]:
    """Both texts without most of what they share at their ends, and of what is left no more than is looked through."""
    head, tail = alike_at_ends(recorded, now)
    begin, behind = max(0, head - _NEAR), max(0, tail - _NEAR)
    return _bounded(recorded[begin : len(recorded) - behind]), _bounded(now[begin : len(now) - behind])


def _bounded(text: str) -> str:
    """A text, or the ends of a very long one around a word that is equal only where the whole text is."""
    if len(text) <= _LONGEST:
        return text
    name = sha1(text.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest().translate(_LETTERS)
    return f"{text[: _LONGEST // 2]} …{name}… {text[-_LONGEST // 2 :]}"


def _tokens(text: str) -> list[str]:
    found = _TOKEN.findall(text)
    return found if len(found) <= _MOST_TOKENS else [text]


def _plain(text: str) -> str:
    return _DIGITS.sub("N", text)


def _last_words(text: str) -> str:
    return "".join([_plain(token) for token in _TOKEN.findall(text[-80:])[-2:]])


def _first_words(text: str) -> str:
    return "".join([_plain(token) for token in _TOKEN.findall(text[:80])[:2]])


def pattern_of(text: str) -> str:
    """A text with every number as `N`."""
    return _plain(text)


def around_change(recorded: str, now: str, longest: int) -> tuple[str, str]:
    """Both texts in about `longest` characters each: what changed by words, some context, and `…` for the rest.

    The same is left out of both, so that what changed begins in one column.
    """
    if max(len(recorded), len(now)) <= longest:
        return recorded, now
    head, tail = alike_at_ends(recorded, now)
    changed = max(len(recorded), len(now)) - head - tail
    spare = longest - changed
    before = _of_word(
        _WORD_END, recorded[max(0, head - _LONGEST_WORD) : head], recorded[head : head + 1], now[head : head + 1]
    )
    ended, ended_now = recorded[: len(recorded) - tail], now[: len(now) - tail]
    behind = _of_word(_WORD_BEGIN, recorded[len(ended) : len(ended) + _LONGEST_WORD], ended[-1:], ended_now[-1:])
    if before + behind > spare:
        # There is no room for the whole of the words.
        before = behind = 0
    before = max(before, min(_CONTEXT, max(0, spare - behind) // 2))
    behind = max(behind, min(_CONTEXT, max(0, spare - before)))
    begin = head - before if head - before > 1 else 0
    keep = tail - behind if tail - behind > 1 else 0
    return _part(recorded, begin, keep, longest), _part(now, begin, keep, longest)


def _of_word(word: re.Pattern[str], text: str, *beside: str) -> int:
    """How many letters of a text belong to the word that goes on beside it, in one of some texts."""
    found = word.search(text) if any(_LETTER.match(each) for each in beside) else None
    return 0 if found is None else len(found[0])


def _part(text: str, begin: int, behind: int, longest: int) -> str:
    middle = text[begin : len(text) - behind]
    if len(middle) > longest:
        half = (longest - 1) // 2
        middle = f"{middle[:half]}…{middle[-half:]}"
    return f"{'…' if begin else ''}{middle}{'…' if behind else ''}"
