"""A person at the terminal, who is asked on standard error and answers on standard input."""

from __future__ import annotations

import sys

from chainview.system.streams import say, show_progress
from chainview.system.wording import visible


class AtTerminal:
    """Asks a line at a time; nothing that is told drives the terminal."""

    def ask(self, question: str) -> str | None:
        """What is answered; None at the end of the input."""
        show_progress(visible(question))
        answer = sys.stdin.readline()
        return answer.rstrip("\n") if answer else None

    def tell(self, line: str) -> None:
        """Tells a line."""
        say(visible(line))
