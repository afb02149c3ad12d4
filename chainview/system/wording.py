"""Words for people: text from data made safe to show, and numbers of things."""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Sequence
from itertools import repeat

_LAST_YEAR = 9999
_UNITS = ("bytes", "kB", "MB", "GB", "TB")
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ud800-\udfff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff]+"
)
"""Runs of what shows as nothing, or does more than show."""
_JOINERS = frozenset("\u200c\u200d" + "".join(map(chr, range(0xFE00, 0xFE10))))
"""What chooses how the letter before it looks, in scripts that join their letters and in pictures."""
_FIRST_JOINING = "\u0600"
"""The scripts before this one, as Latin and Greek, join nothing: there a joiner only hides."""
_OLD_PICTURES = frozenset("0123456789#*\xa9\xae")
"""Characters of those scripts that a selector makes pictures of."""


def visible(text: str) -> str:
    r"""The text with control characters, bidirectional overrides, and what shows as nothing, written as `\u{1b}`."""
    return _HIDDEN.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    run = found.group()
    if len(run) == 1 and run not in _JOINERS:
        return f"\\u{{{ord(run):x}}}"
    return "".join([f"\\u{{{ord(each):x}}}" if hides else each for each, hides in _told(found)])


def visible_json(text: str) -> str:
    r"""JSON text with the same characters written as its own escapes, such as `\u009b`: it says what it said."""
    return _HIDDEN.sub(_escaped_json, text)


def _escaped_json(found: re.Match[str]) -> str:
    # Every command loads this module, and few of them JSON.
    import json

    return "".join([json.dumps(each)[1:-1] if hides and each not in "\t\n\r" else each for each, hides in _told(found)])


def _told(found: re.Match[str]) -> Iterable[tuple[str, bool]]:
    """Each character of a run, and whether it is to be spelled: unless it does its work where it stands."""
    run = found.group()
    if _JOINERS.isdisjoint(run):
        return zip(run, repeat(True))
    before, told = found.string[found.start() - 1 : found.start()], list[tuple[str, bool]]()
    for each in run:
        drawn = each >= "\ufe00" and before in _OLD_PICTURES
        works = each in _JOINERS and (before >= _FIRST_JOINING or drawn)
        told.append((each, not works))
        before = each if works else ""
    return told


def plural(count: int, noun: str) -> str:
    """A number of things, such as `1 event` or `2,413 events`."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def some_of(names: Sequence[str], most: int = 20) -> str:
    """Names in a sentence; of very many the first ones, and how many there are beside them."""
    listed = ", ".join(names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most:,} more"


def begun(text: str, most: int) -> str:
    """A text; of one that is longer its beginning, and how much there is beside it."""
    more = len(text) - most
    return text if more <= 0 else f"{text[:most]}… and {plural(more, 'more character')}"


def size_words(count: int) -> str:
    """A number of bytes, such as `4.2 kB`."""
    amount, unit = float(count), 0
    while amount >= 1000 and unit + 1 < len(_UNITS):
        amount, unit = amount / 1000, unit + 1
    return plural(count, "byte") if unit == 0 else f"{amount:.1f} {_UNITS[unit]}"


def moment(time_ns: int, separator: str = "T") -> str:
    """A moment in ns since the Unix epoch to the second, in UTC; that epoch for one that no calendar has."""
    try:
        at = time.gmtime(time_ns // 1_000_000_000)
    except (ValueError, OverflowError, OSError):
        at = time.gmtime(0)
    if not 1 <= at.tm_year <= _LAST_YEAR:
        at = time.gmtime(0)
    return time.strftime(f"%Y-%m-%d{separator}%H:%M:%SZ", at)
