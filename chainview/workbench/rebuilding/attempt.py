"""One run of a build command: how far it is, and what it came to."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from chainview.chain.words.spans import Forms
from chainview.system.wording import plural


class Stage(StrEnum):
    """How far it is."""

    BUILDING = "building"
    BUILT = "built"
    SAME = "built the same"
    """It built, and the module holds what it held before."""
    NO_MODULE = "built no module"
    """The command ended well, and there is no module."""
    FAILED = "failed"
    ENDED = "ended"
    """It was ended, by a newer save or at the end of all."""

    @property
    def over(self) -> bool:
        """Whether nothing more comes."""
        return self is not Stage.BUILDING

    @property
    def is_failure(self) -> bool:
        """Whether there is something to mend."""
        return self in (Stage.FAILED, Stage.NO_MODULE)


@dataclass(frozen=True, slots=True)
class Attempt:
    """A run of the command by its number, from 1; replaced as a whole, so that any thread may read it.

    `seconds` are those that it took, or has taken so far.
    """

    number: int
    stage: Stage = Stage.BUILDING
    seconds: float = 0.0
    errors: int = 0
    how: str = ""
    """How the command ended, where it ended badly, such as `exit code 101`."""
    cause: str = ""
    """Its first error, in a line."""
    ended_ns: int = 0
    """When it was over, in ns since the Unix epoch."""

    @property
    def forms(self) -> Forms:
        """What it comes to in fewer and fewer words."""
        if self.stage is Stage.BUILDING:
            so_far = (f"building… {self.seconds:,.0f} s",) if self.seconds >= 1 else ()
            return (*so_far, "building…")
        if self.stage is Stage.BUILT:
            return (f"built in {self.seconds:,.1f} s", "built")
        if self.stage is Stage.SAME:
            return (f"built in {self.seconds:,.1f} s: the same bytes", "built: the same bytes", "built the same")
        if self.stage is Stage.NO_MODULE:
            return ("built, but there is no module", "no module was built")
        if self.stage is Stage.ENDED:
            return ("the build was ended", "build ended")
        why = plural(self.errors, "error") if self.errors else self.how
        return (f"build failed: {why}", "build failed")
