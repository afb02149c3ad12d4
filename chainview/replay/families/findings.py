"""What a comparison of families found: each member's explanation, who differs first, and what follows from whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from chainview.chain.families.link import LinkKind, Place
from chainview.chain.families.links import Links
from chainview.chain.families.member import Member
from chainview.chain.table import EventTable
from chainview.replay.align.history import NONE
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.families.counterpart import Counterpart
from chainview.replay.judge.causes import Label
from chainview.system.wording import plural

_MOST_FOLLOWED = 1000
_CHANGED = bytes((Label.CAUSE, Label.ACCEPTED, Label.VALUE, Label.STATE))


@dataclass(frozen=True, slots=True)
class Compared:
    """A member and what is said of it; without an explanation `problem` says why there is none."""

    member: Member
    by: Counterpart | None = None
    """What it was replayed with, or compared with."""
    explanation: Explanation | None = None
    problem: str = ""
    is_idle: bool = False
    """Whether its chain holds no call, so that there is nothing to be said of it."""
    only_in: str = ""
    """The folder of the one of two families that alone has such a member; empty for one that both have."""
    time_ns: int = 0
    """When what differs first was recorded, in ns since the Unix epoch; 0 where that is not known."""

    @property
    def alone(self) -> bool:
        """Whether the other one of two families has no such member."""
        return bool(self.only_in)

    @property
    def differs(self) -> bool:
        """Whether there is more to it than what was accepted."""
        return self.alone or (self.explanation is not None and not self.explanation.passes)


@dataclass(frozen=True, slots=True)
class Reach:
    """What differs in one member and is given to another one, at their events, numbers from 1."""

    kind: LinkKind
    source: int
    source_event: int
    target: int
    target_event: int
    alike: int = 0
    """How many others look the same, so that only their order tells which of them belong together."""


@dataclass(frozen=True, slots=True)
class FamilyFindings:
    """The members in their order. `reaches` are where a difference of one goes on in another, as far as found.

    In a replay the other one was given what was recorded; in a comparison those in `following` differ in nothing else.
    """

    command: Literal["replay", "diff"]
    mode: str
    folder: str
    members: tuple[Compared, ...]
    reaches: tuple[Reach, ...] = ()
    following: Mapping[int, Reach] | None = None
    """By the number of the member, what all that differs in it came with."""
    remarks: tuple[str, ...] = ()
    other: str = ""
    """The folder of the family that this one is compared with."""

    @property
    def first(self) -> Compared | None:
        """Who differs first and not only for what another one does: by time where all have it, else by their order."""
        following = self.following or {}
        differing = [each for each in self.members if each.differs and each.member.number not in following]
        differing = differing or [each for each in self.members if each.differs]
        # Who has nobody to be compared with says less than what differs in both.
        differing = [each for each in differing if not each.alone] or differing
        if differing and all(each.time_ns for each in differing):
            return min(differing, key=lambda each: each.time_ns)
        return differing[0] if differing else None

    @property
    def ordered(self) -> Sequence[Compared]:
        """Who differs first, then the others in their order."""
        first = self.first
        return [each for each in self.members if each is first] + [each for each in self.members if each is not first]

    def same_causes(self) -> Mapping[int, int]:
        """By the numbers of members that have one cause: who has the same one and comes before in `ordered`."""
        told, same = dict[tuple[object, ...], int](), dict[int, int]()
        for each in self.ordered:
            number, explanation = each.member.number, each.explanation
            if explanation is None or explanation.passes or not explanation.causes or number in (self.following or {}):
                continue
            cause = explanation.causes[0]
            signs = cause.code, cause.function, cause.path, _said(cause)
            if len(explanation.causes) == 1 and signs in told:
                same[number] = told[signs]
            else:
                told.setdefault(signs, number)
        return same

    @property
    def left_out(self) -> int:
        """How many members nothing is said of."""
        return sum(each.explanation is None and not each.alone for each in self.members)

    @property
    def verdict(self) -> Verdict:
        """What they come to together."""
        found = {each.explanation.verdict for each in self.members if each.explanation is not None}
        if any(each.alone for each in self.members):
            return Verdict.DIVERGED
        for verdict in (Verdict.DIVERGED, Verdict.UNUSABLE, Verdict.ACCEPTED):
            if verdict in found:
                return verdict
        return Verdict.IDENTICAL if found else Verdict.UNUSABLE

    @property
    def exit_code(self) -> int:
        """0 where nothing differs but what was accepted, 1 where something does, else 2 where a member was left out.

        One that was never called leaves nothing out.
        """
        if any(each.differs for each in self.members):
            return 1
        return 2 if any(each.explanation is None and not each.is_idle for each in self.members) else 0

    @property
    def live_host_calls(self) -> int:
        """How many host calls real host functions answered."""
        return sum(each.explanation.live_host_calls for each in self.members if each.explanation is not None)

    @property
    def sentence(self) -> str:
        """The verdict in a sentence."""
        count, first = len(self.members), self.first
        events = sum(each.explanation.recorded_events for each in self.members if each.explanation is not None)
        left_out = f", {self.left_out:,} not {'replayed' if self.command == 'replay' else 'compared'}"
        behind = left_out if self.left_out else ""
        if any(each.alone for each in self.members):
            return f"{self._of_both}{behind}"
        if first is None:
            same = count - self.left_out
            said = "differ only in what was accepted" if self.verdict is Verdict.ACCEPTED else "identical"
            if not same:
                return f"nothing can be said of {plural(count, 'actor')}"
            return f"{said}: {plural(same, 'actor')}, {plural(events, 'event')}{behind}"
        differing = sum(each.differs for each in self.members)
        verb = "diverge" if self.command == "replay" else "differ"
        of = f"{differing:,} of {plural(count, 'actor')} {verb}{'s' if differing == 1 else ''}"
        return f"{of}, first {first.member.title}{behind}"

    @property
    def _of_both(self) -> str:
        """How many members each of two families has, what differs of those in both, and how many are in one alone."""
        alone = {folder: sum(each.only_in == folder for each in self.members) for folder in (self.folder, self.other)}
        both = len(self.members) - sum(alone.values())
        recorded, now = both + alone[self.folder], both + alone[self.other]
        differing, first = sum(each.differs and not each.alone for each in self.members), self.first
        said = f"of {both:,} in both none differs" if both else "none is in both"
        if differing and first is not None:
            verb = "differs" if differing == 1 else "differ"
            said = f"of {both:,} in both {differing:,} {verb}, first {first.member.title}"
        only = "".join([f"; {count:,} only in {folder}" for folder, count in alone.items() if count])
        return f"{plural(recorded, 'actor')} in {self.folder}, {now:,} in {self.other}: {said}{only}"


def _said(cause: Finding) -> str:
    """What became what, alike wherever one edit shows with other data, else the whole sentence."""
    change = cause.leaves[0].text_change if cause.leaves else None
    return cause.sentence if change is None or change.only_numbers else change.pattern


def findings(
    command: Literal["replay", "diff"],
    mode: str,
    folder: str,
    compared: Sequence[Compared],
    tables: Mapping[int, EventTable],
    remarks: Sequence[str] = (),
    other: str = "",
) -> FamilyFindings:
    """What comes of the members' explanations; `tables` hold what is recorded, by their numbers."""
    by_number = {each.member.number: each for each in compared}
    changed = {
        number: {finding.event - 1: finding for finding in each.explanation.causes}
        for number, each in by_number.items()
        if each.explanation is not None and each.differs
    }
    if not changed:
        return FamilyFindings(command, mode, folder, tuple(compared), remarks=tuple(remarks), other=other)
    reaches = _reaches(compared, tables)
    following = _following(changed, reaches) if command == "diff" else {}
    return FamilyFindings(command, mode, folder, tuple(compared), tuple(reaches), following, tuple(remarks), other)


def _differing(explanation: Explanation | None) -> set[int]:
    """The recorded events, by index, whose content differs, whatever for."""
    if explanation is None or not explanation.labels:
        return set()
    rows = explanation.rows.recorded
    return {rows[row] for row, label in enumerate(explanation.labels) if label in _CHANGED and rows[row] != NONE}


def _reaches(compared: Sequence[Compared], tables: Mapping[int, EventTable]) -> list[Reach]:
    """Where what differs in one member goes on in another; of very many events that differ the first are followed."""
    links = Links.between([each.member for each in compared])
    for number, table in tables.items():
        links.read(number, table)
    found = list[Reach]()
    for each in compared:
        for index in sorted(_differing(each.explanation))[:_MOST_FOLLOWED]:
            place = Place(each.member.number, index)
            found += [
                Reach(link.kind, place.actor, index + 1, link.target.actor, link.target.index + 1, link.alike)
                for link in links.of(place)
                if link.source == place and link.target.actor != place.actor
            ]
    return found


def _following(changed: Mapping[int, Mapping[int, Finding]], reaches: Sequence[Reach]) -> dict[int, Reach]:
    """The members each of whose causes is what another one sent or answered otherwise, with the first such thing."""
    following = dict[int, Reach]()
    for number, causes in changed.items():
        came = [
            next((each for each in reaches if _brought(each, number, index, finding)), None)
            for index, finding in causes.items()
        ]
        if came and all(each is not None for each in came) and came[0] is not None:
            following[number] = came[0]
    return following


def _brought(reach: Reach, number: int, index: int, finding: Finding) -> bool:
    """Whether a finding is that a member was given something else, which a reach tells of."""
    if (reach.target, reach.target_event) != (number, index + 1):
        return False
    answered = finding.code is Code.OTHER_ANSWER
    return answered if reach.kind is LinkKind.REPLY else finding.path.startswith("params") or not answered


def time_of_first(explanation: Explanation, recorded: EventTable) -> int:
    """When that was recorded which differs first, in ns since the Unix epoch; 0 where nobody knows."""
    if explanation.passes or not explanation.causes:
        return 0
    index = min(explanation.causes[0].event, len(recorded)) - 1
    return recorded.extras(index).time_ns if index >= 0 else 0
