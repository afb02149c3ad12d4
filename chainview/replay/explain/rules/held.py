"""What is accepted by now, looked at again and again: rules end with their day, and other programs change them."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

from chainview.replay.explain.rules.rule import Rule
from chainview.replay.explain.rules.store import rules_if_any
from chainview.system.errors import ChainviewError

Held = tuple[Rule, ...] | str


class HeldRules:
    """The rules of a file that hold today, which is read again only where it is another one, or another day."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read: tuple[object, Held] | None = None

    def now(self) -> Held:
        """The rules that hold; of a file that can't be read why that is so."""
        today = date.today()
        seen = today, self._stamp()
        if self._read is None or self._read[0] != seen:
            self._read = seen, self._held(today)
        return self._read[1]

    def _stamp(self) -> object:
        try:
            found = os.stat(self._path)
        except OSError as error:
            return error.errno
        return found.st_mtime_ns, found.st_size, found.st_ino

    def _held(self, today: date) -> Held:
        try:
            return tuple([rule for rule in rules_if_any(self._path) if rule.expires is None or rule.expires >= today])
        except ChainviewError as error:
            return error.sentence
