"""Accepting a difference on the replay screen: why, and until when."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from chainview.replay.explain.explanation import Finding
from chainview.system.wording import visible
from chainview.ui.widgets.prompt import Hint, PlainPurpose

_LAST_DAY = re.compile(r"(?:^|\s+)until\s+(?P<day>\S+)\s*$")

Accept = Callable[[Finding, str, date | None], str]
"""Accepts a cause for a reason, up to a last day; returns why it can't be."""


class AcceptPurpose(PlainPurpose):
    """A prompt for the reason to accept a cause."""

    def __init__(self, cause: Finding, accept: Accept) -> None:
        self._cause = cause
        self._accept = accept
        self.label = f"accept {cause.code}, because"

    def changed(self, text: str) -> Hint:
        """What is accepted, and what can be typed."""
        where = f"wherever it shows in {self._cause.function or 'this chain'}"
        help_ = f"enter accepts it {where}; a last day may follow: until 2027-01-31"
        return Hint([(visible(help_), "dim")])

    def entered(self, text: str) -> str:
        """Accepts, unless the last day is no date."""
        found = _LAST_DAY.search(text)
        if found is None:
            return self._accept(self._cause, text.strip(), None)
        try:
            day = date.fromisoformat(found["day"])
        except ValueError:
            return f"{visible(found['day'])} is no day such as 2027-01-31"
        return self._accept(self._cause, text[: found.start()].strip(), day)
