"""What a comparison found, as values that reports and screens show."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from hashlib import sha256
from typing import Literal

from chainview.chain.event import Frame
from chainview.chain.files.completeness import Completeness
from chainview.replay.align.alignment import Alignment
from chainview.replay.changes.leaves import Leaf, collapsed
from chainview.replay.differences.call_change import CallKind
from chainview.replay.differences.codes import Code
from chainview.replay.judge.causes import Label
from chainview.replay.judge.seen import Seen, bounded

_ID_LETTERS = 10


class Verdict(StrEnum):
    """What a comparison comes to, by the name that reports have for it."""

    IDENTICAL = "identical"
    ACCEPTED = "accepted"
    DIVERGED = "diverged"
    UNUSABLE = "unusable"


class ControlOutcome(StrEnum):
    """Whether the recorded module, replayed as a check, does as recorded; by the name that reports have for it."""

    PASSED = "passed"
    DIVERGED = "diverged"
    STOPPED = "stopped"
    """The replay's own time-out stopped it."""
    NOT_TESTED = "not tested"


@dataclass(frozen=True, slots=True)
class Finding:
    """A cause: what differs first, where, and how often. Events and calls are numbers from 1, `call` 0 for no call.

    For what is extra `event` is the recorded event before which it stands, one past the last at the end. `events` are
    those of all its places and `rows` all rows on which it shows, the first one first.
    """

    code: Code
    event: int
    call: int
    function: str
    path: str
    recorded: str | None
    now: str | None
    sentence: str
    leaves: tuple[Leaf, ...] = ()
    places: int = 1
    events: tuple[int, ...] = ()
    rows: tuple[int, ...] = ()
    recorded_stack: tuple[Frame, ...] = ()
    """The guest's stack at the first of its places, innermost first, where it is known."""
    now_stack: tuple[Frame, ...] = ()
    seen: tuple[Seen, ...] = ()
    """What changed at all its places, exactly; empty where that is more than is kept, or no change of values."""
    too_many: bool = False
    """Whether that is more than is kept."""
    relations: tuple[str, ...] = ()
    """What holds of the change at every place, such as `+1`, `quote→offer` or `log replaced by print`."""
    kind: CallKind | None = None
    """In which way host calls are others, where they are."""
    own: bool = False
    """Whether the recorded modules do it too when they make their recording again, or the replay's limits make it."""

    @property
    def changes(self) -> tuple[Seen, ...]:
        """What changed at all its places, or what is said if no values did; empty where that is more than is kept."""
        if self.seen or self.leaves or self.too_many:
            return self.seen
        recorded = None if self.recorded is None else bounded(self.recorded)
        now = bounded(self.sentence if self.now is None else self.now)
        return (Seen(bounded(collapsed(self.path)), recorded, now),)

    @property
    def id(self) -> str:
        """A name that stays as long as the same changes in the same function."""
        said = sorted(
            [
                [each.path, each.recorded or "", each.now or "", *([each.how] if each.how else [])]
                for each in self.changes
            ]
        )
        whole = json.dumps([self.code, self.function, collapsed(self.path), said])
        return sha256(whole.encode()).hexdigest()[:_ID_LETTERS]


@dataclass(frozen=True, slots=True)
class Consequences:
    """How many events differ only because of a cause, by the way it reached them."""

    link: int = 0
    state: int = 0
    value: int = 0
    shift: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.link + self.state + self.value + self.shift


@dataclass(frozen=True, slots=True)
class Explanation:
    """A whole comparison. `rows` is the space of rows that both sides share and `labels` a Label for each row."""

    command: Literal["replay", "diff"]
    mode: str
    verdict: Verdict
    sentence: str
    recorded_events: int = 0
    now_events: int = 0
    same: int = 0
    """How many events at the beginning are identical."""
    first_mismatch: Finding | None = None
    causes: tuple[Finding, ...] = ()
    accepted: tuple[Finding, ...] = ()
    consequences: Consequences = Consequences()
    reconverges_at: int | None = None
    control: ControlOutcome = ControlOutcome.NOT_TESTED
    not_tested: tuple[str, ...] = ()
    recorded_module: str = ""
    now_module: str = ""
    recorded_stack: tuple[Frame, ...] = ()
    now_stack: tuple[Frame, ...] = ()
    live_host_calls: int = 0
    reworded: int = 0
    """How many failures before the first mismatch say the same in the words of another release."""
    remarks: tuple[str, ...] = ()
    """What is worth saying of the replay whatever it comes to, such as that it had lower limits."""
    blameless: bool = False
    """Whether all that differs is what the recorded modules do not make again either."""
    recording: Completeness = field(default_factory=Completeness)
    """How much of what happened the recording holds."""
    other: Completeness | None = None
    """How much of it the second one holds, where two recordings are compared."""
    rows: Alignment = field(default_factory=Alignment)
    labels: bytes = b""

    @property
    def passes(self) -> bool:
        """Whether nothing differs but what was accepted."""
        return self.verdict in (Verdict.IDENTICAL, Verdict.ACCEPTED)

    def stacks_of(self, cause: Finding) -> tuple[tuple[Frame, ...], tuple[Frame, ...]]:
        """The guest's stacks of a cause, recorded and now, innermost first; what it lacks of the first mismatch's."""
        if cause != self.first_mismatch:
            return cause.recorded_stack, cause.now_stack
        return cause.recorded_stack or self.recorded_stack, cause.now_stack or self.now_stack

    def label(self, row: int) -> Label:
        """What is said of a row."""
        return Label(self.labels[row])
