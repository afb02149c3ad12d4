"""What the help of a command says beside its options."""

from __future__ import annotations

from typing import NamedTuple

_UNUSABLE = "something can't be used, as the words typed, a file or the terminal"
_INTERRUPTED = "interrupted before it was done"


# Dataclasses take as long to load as all of the help does otherwise.
class CommandHelp(NamedTuple):
    """Lines to type with what each does, and what an exit code of 0 and of 1 says; empty where none is 1."""

    examples: tuple[tuple[str, str], ...]
    fine: str
    not_fine: str = ""

    @property
    def exit_codes(self) -> tuple[tuple[int, str], ...]:
        """Each exit code, and when the command ends with it."""
        told = ((0, self.fine), (1, self.not_fine), (2, _UNUSABLE), (130, _INTERRUPTED))
        return tuple((code, text) for code, text in told if text)

    @property
    def text(self) -> str:
        """What stands below the options."""
        lines = ["examples:"]
        for line, does in self.examples:
            lines += [f"  {line}", f"      {does}"]
        lines += ["", "exit codes:", *[f"  {code:<4} {text}" for code, text in self.exit_codes]]
        return "\n".join(lines)
