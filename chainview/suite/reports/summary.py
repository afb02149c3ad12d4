"""What all tests of a suite came to together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from chainview.suite.case import Outcome, Result
from chainview.suite.reports.reach import Reach
from chainview.system.wording import plural

_TOLD = {Outcome.CRASHED: "crashed", Outcome.ERROR: "could not be replayed"}


@dataclass(frozen=True, slots=True)
class SuiteSummary:
    """The results in the order of the tests; those in `left_out` were not begun, because another one had failed."""

    results: Sequence[Result]
    left_out: Sequence[str] = ()
    remarks: Sequence[str] = ()
    module: str = ""
    seconds: float = 0.0
    reach: Reach = field(default_factory=Reach)

    @property
    def counts(self) -> dict[Outcome, int]:
        """How many came to what, of each outcome that occurred."""
        counted = Counter(each.outcome for each in self.results)
        return {outcome: counted[outcome] for outcome in Outcome if counted[outcome]}

    @property
    def failing(self) -> list[Result]:
        """Those that do not pass."""
        return [each for each in self.results if not each.outcome.passes]

    @property
    def events(self) -> int:
        """The recorded events of all."""
        return sum(each.events for each in self.results)

    @property
    def live_host_calls(self) -> int:
        """How many host calls real host functions answered."""
        return sum(each.live_host_calls for each in self.results)

    @property
    def in_call(self) -> int:
        """How many chains that pass end inside a call."""
        return sum(each.in_call and each.outcome.passes for each in self.results)

    @property
    def exit_code(self) -> int:
        """0 where all pass, else 1."""
        return 1 if self.failing else 0

    @property
    def sentence(self) -> str:
        """What it comes to: the counts of each outcome, and of how much."""
        told = [_counted(outcome, count) for outcome, count in self.counts.items()]
        if cached := sum(each.from_cache for each in self.results):
            told[0] += f" ({cached:,} from the cache)"
        if self.left_out:
            told.append(f"{len(self.left_out):,} not begun")
        done = ", ".join(told) or "nothing to replay"
        return f"{done}: {plural(len(self.results), 'chain')}, {plural(self.events, 'event')}"


def _counted(outcome: Outcome, count: int) -> str:
    if outcome is Outcome.DIFFERS and count != 1:
        return f"{count:,} differ"
    return f"{count:,} {_TOLD.get(outcome, outcome.value)}"
