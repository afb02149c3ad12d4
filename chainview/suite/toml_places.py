"""Where in a TOML text a key is given a value: its parser does not tell."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import Any

Path = Sequence[str | int]
"""Keys, and numbers from 0 in lists, that lead to a value."""


def place_of(text: str, path: Path) -> tuple[int, int]:
    """The line and the column, from 1, at which the value of a valid text begins to be given; (1, 1) where none is.

    What the first lines of a text say stays true with the others, wherever these lines can be parsed at all: where the
    key is there for the first time is looked for by halves.
    """
    lines = text.splitlines(keepends=True)
    without, with_ = 0, len(lines)
    if not _has(_parsed(lines, with_), path):
        return 1, 1
    while True:
        middle = _parsable(lines, (without + with_) // 2, without)
        if middle == without:
            # All lines up to the middle belong to one value: what comes after them is next.
            middle = next(
                each for each in range((without + with_) // 2 + 1, with_ + 1) if _parsed(lines, each) is not None
            )
            if middle == with_:
                break
        if _has(_parsed(lines, middle), path):
            with_ = middle
        else:
            without = middle
    first = lines[without]
    key = next((each for each in reversed(path) if isinstance(each, str)), "")
    found = re.search(rf"(?<![\w-])[\"']?{re.escape(key)}[\"']?(?![\w-])", first)
    return without + 1, (found.start() if found else len(first) - len(first.lstrip())) + 1


def _parsable(lines: Sequence[str], number: int, least: int) -> int:
    """The most of so many lines that are a text of their own."""
    while number > least and _parsed(lines, number) is None:
        number -= 1
    return number


def _parsed(lines: Sequence[str], number: int) -> dict[str, Any] | None:
    try:
        return tomllib.loads("".join(lines[:number]).replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return None


def _has(value: Any, path: Path) -> bool:
    for each in path:
        if isinstance(each, str):
            if not isinstance(value, dict) or each not in value:
                return False
        elif not isinstance(value, list) or each >= len(value):
            return False
        value = value[each]
    return True
