"""By what a difference is known again in another chain."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Self

from chainview.replay.changes.leaves import collapsed
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.run.recording import Recording


@dataclass(frozen=True, slots=True)
class Mark:
    """What differs: its code, in the call of which export, at which function, and where in that; `[*]` is any index."""

    code: Code
    export: str
    function: str
    path: str

    @classmethod
    def of(cls, cause: Finding, recording: Recording) -> Self:
        """The mark of a cause that was found in a recording."""
        export = recording.call(position_of(cause, recording)).function if cause.call else ""
        return cls(cause.code, export, cause.function, collapsed(cause.path))

    def found_in(self, explanation: Explanation, recording: Recording) -> Finding | None:
        """The cause by which a chain differs in this way, whatever else differs in it."""
        return next((each for each in explanation.causes if Mark.of(each, recording) == self), None)


def position_of(cause: Finding, recording: Recording) -> int:
    """The position of the call in which a cause lies, or behind which it does."""
    return max(0, bisect_right(recording.starts, (cause.call or cause.event) - 1) - 1)
