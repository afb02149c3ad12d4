"""Checking a chain: every hash computed again, every link compared, and what is missing or damaged named."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Literal

from chainview.chain.files.completeness import NOT_TO_ITS_END, Completeness, RecordingState, ends_in_call
from chainview.chain.files.entries.entry import OTHER_CHAINS, Checked
from chainview.chain.files.opened import Extent, OpenedChain
from chainview.chain.soundness import HashState, Judge, LinkState, Soundness
from chainview.chain.table import EventTable
from chainview.system.wording import plural

ProblemKind = Literal["hash", "link", "gap", "truncated", "header", "payload"]
_MOST_PROBLEMS = 10_000
_MOST_SENTENCES = 20
_SHORT = 7
_UNREADABLE = "{} can't be read ({} from byte {:,} of the file on)"
LINKS_RIGHT = "links right, payloads not held"
"""The verdict on a chain whose format keeps no payloads, in which every link is right."""
PAYLOADS_NOT_HELD = "payloads not held, only types and hashes: links alone can be checked"
_NO_PAYLOAD = "no payload is kept here, or not the one that was hashed: only the link was checked"
_DAMAGED_ENTRY = "its entry fails its checksum: hash and payload are right, but time, duration or checksum changed"
_NO_HASH = "its hash is not known, and can't be computed without the events before it"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one event (numbered from 1; 0 is the header), and how far that event could be checked."""

    event: int
    kind: ProblemKind
    checked: str
    message: str
    until: int = 0
    """How many events at the beginning of the chain it leaves sound."""


@dataclass(frozen=True, slots=True)
class Verification:
    """What checking a chain gave; `head` is the last event's hash, `remarks` what is worth saying of a sound one."""

    sound: bool
    events: int
    head: bytes | None
    format: str
    schema: str
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()
    problems_left_out: int = 0
    """How many more problems there are, of a chain that has very many."""
    cut: bool = False
    """Whether the file ends inside an entry."""
    in_call: bool = False
    """Whether the last call that can be read has no end."""
    payloads_held: bool = True
    """Whether its format keeps payloads, of which hashes are computed."""

    @property
    def checked(self) -> str:
        """How far it could be checked: `full`, or `link` where no payloads are held."""
        return (Checked.FULL if self.payloads_held else Checked.LINK).word

    @property
    def verdict(self) -> str:
        """What it comes to, in the words that every report and screen has for it."""
        if not self.sound:
            return f"not sound, {plural(len(self.problems) + self.problems_left_out, 'problem')}"
        return "sound" if self.payloads_held else LINKS_RIGHT

    @property
    def completeness(self) -> Completeness:
        """How much of what happened the chain holds."""
        return self._completeness(self.problems)

    @property
    def completeness_but_for_start(self) -> Completeness:
        """The same, where it is no fault that the chain began before the file did."""
        late = bool(self.problems) and self.problems[0].event == 1
        return self._completeness([each for each in self.problems if not (late and _is_of_late_start(each))])

    def _completeness(self, problems: Sequence[Problem]) -> Completeness:
        if not problems:
            state = RecordingState.IN_CALL if self.in_call else RecordingState.WHOLE
            return Completeness(state, self.events, self.events)
        first = min(problems, key=lambda problem: problem.until)
        cut = self.cut and first.kind == "truncated" and first.until == self.events
        state = RecordingState.CUT if cut else RecordingState.DAMAGED
        return Completeness(state, first.until, self.events, first.event, first.message)

    @property
    def joined_late(self) -> bool:
        """Whether all that is wrong is that the chain began before the file did, and can't be checked for that."""
        problems = self.problems
        return bool(problems) and problems[0].event == 1 and all(map(_is_of_late_start, problems))


def _is_of_late_start(problem: Problem) -> bool:
    return problem.message.endswith(_NO_HASH) or (problem.event == 1 and problem.kind == "gap")


def verify(opened: OpenedChain) -> Verification:
    """Checks all of a chain, which is read to its end first."""
    steps = verify_steps(opened)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            verdict: Verification = done.value
            return verdict


def verify_steps(opened: OpenedChain) -> Generator[Extent, None, Verification]:
    """Checks a chain some 64 kB of payload at a time, telling how far it is; returns the verdict.

    `done_bytes` and `total_bytes` of its progress count events once the chain is indexed.
    """
    yield from opened.steps()
    table = opened.table
    found, found_in_file = _Found(), _Found()
    checker, judge, total, done = _Checker(opened), Judge(table), len(table), 0
    while done < total:
        done = judge.step()
        for indices, soundness in judge.judge(done):
            checker.tell_all(indices, soundness, found)
        yield Extent(done, total, done)
    for problem in file_problems(opened):
        found_in_file.add(problem)
    problems = sorted([*found.problems(), *found_in_file.problems()], key=lambda problem: problem.event)
    return Verification(
        sound=not problems,
        events=total,
        head=table.hash(total - 1) if total else None,
        format=opened.format,
        schema=opened.schema.value,
        problems=tuple(problems),
        remarks=tuple(_remarks(opened)),
        problems_left_out=found.left_out + found_in_file.left_out,
        cut=opened.cut is not None,
        in_call=ends_in_call(table),
        payloads_held=opened.holds_payloads,
    )


class _Found:
    """What is wrong, in order: events in a row that only can't be checked are one, and only so many are kept."""

    def __init__(self) -> None:
        self.left_out = 0
        self._runs: list[tuple[Problem, int]] = []
        """The first problem of each run, and the last event of the run."""

    @property
    def full(self) -> bool:
        """Whether no further run is kept, so that what is left out needs no words."""
        return len(self._runs) >= _MOST_PROBLEMS

    def add(self, problem: Problem) -> None:
        """Takes in the next problem."""
        if self.full:
            self.left_out += 1
        else:
            self._runs.append((problem, problem.event))

    def add_unchecked(self, event: int, checked: str, message: str, up_to: int = 0) -> None:
        """Takes in that an event can't be checked, or all from it to another, which may go on with a run."""
        last_event = max(event, up_to)
        if self._runs:
            first, last = self._runs[-1]
            if last == event - 1 and first.message == message:
                self._runs[-1] = first, last_event
                return
        if self.full:
            self.left_out += last_event - event + 1
        else:
            self._runs.append((Problem(event, "payload", checked, message, event - 1), last_event))

    def problems(self) -> Iterator[Problem]:
        """The problems that are kept."""
        for first, last in self._runs:
            if last > first.event:
                yield replace(first, message=f"events {first.event:,} to {last:,}: {first.message}")
            else:
                yield first


class _Checker:
    """Puts what is wrong with one event after the other into words."""

    def __init__(self, opened: OpenedChain) -> None:
        self._table, self._holds_payloads = opened.table, opened.holds_payloads
        self._damages = (damage for _, damage in opened.damages if damage.what == "event")

    def tell_all(self, indices: range, soundness: Soundness, found: _Found) -> None:
        """Adds what is wrong with events in a row, of which the same is to be said, and nothing that was computed."""
        gap = soundness.link in (LinkState.CHANGED, LinkState.GAP)
        start = indices.start
        while start < indices.stop and (len(indices) == 1 or (gap and not found.full)):
            self.tell(start, soundness, found)
            start += 1
        if start == indices.stop:
            return
        found.left_out += (indices.stop - start) * gap
        if soundness.hash is HashState.UNKNOWN:
            found.add_unchecked(start + 1, "none", _NO_HASH, indices.stop)
        elif self._holds_payloads:
            found.add_unchecked(start + 1, "link", _NO_PAYLOAD, indices.stop)

    def tell(self, index: int, soundness: Soundness, found: _Found) -> None:
        """Adds what is wrong with one event."""
        number, hash_ = index + 1, soundness.hash
        gap = soundness.link in (LinkState.CHANGED, LinkState.GAP)
        if hash_ is HashState.UNREADABLE or hash_ is HashState.WRONG or gap:
            if found.full:
                found.left_out += 1
            else:
                found.add(self._problem(index, soundness))
        if hash_ is HashState.NOT_HELD and self._holds_payloads:
            found.add_unchecked(number, "link", _NO_PAYLOAD)
        elif hash_ is HashState.UNKNOWN:
            found.add_unchecked(number, "none", _NO_HASH)
        elif hash_ is HashState.RIGHT and soundness.entry_damaged:
            found.add(Problem(number, "payload", "full", _DAMAGED_ENTRY, index))

    def _problem(self, index: int, soundness: Soundness) -> Problem:
        kind, message = self._hash_problem(index, soundness)
        if kind is None:
            kind = "gap" if soundness.hash is HashState.RIGHT else "link"
            message = _gap(self._table, index)
        return Problem(index + 1, kind, soundness.checked.word, message, index)

    def _hash_problem(self, index: int, found: Soundness) -> tuple[ProblemKind | None, str]:
        if found.hash is HashState.UNREADABLE:
            damage = next(self._damages, None)
            if damage is None or damage.start == damage.end:
                return "payload", "it is missing, or is no event"
            return "payload", _UNREADABLE.format(
                "what stands here", plural(damage.end - damage.start, "byte"), damage.start
            )
        if found.hash is not HashState.WRONG:
            return None, ""
        if found.link is LinkState.CHANGED:
            return "link", f"its parent hash was changed: the rest of it belongs after event {index:,} as recorded"
        recorded, computed = _short(self._table.hash(index)), _short(found.computed)
        return "hash", f"recorded hash {recorded}, but what it holds hashes to {computed}"


def _gap(table: EventTable, index: int) -> str:
    parent = table.parent(index)
    if index == 0:
        return f"events before it are missing: its parent is {_short(parent)}"
    if parent is None:
        return f"it states no parent, as the first event of a chain does, but follows event {index:,}"
    if not parent:
        return f"events are missing between event {index:,} and this one"
    before = _short(table.hash(index - 1))
    return f"events are missing before it: its parent is {_short(parent)}, event {index:,} is {before}"


def _short(hash_: bytes | None) -> str:
    return hash_.hex()[:_SHORT] if hash_ else "none"


def file_problems(opened: OpenedChain) -> Iterator[Problem]:
    """What is wrong with the file beside its events."""
    yield from stretch_problems(opened)
    yield from _end_problems(opened)


def stretch_problems(opened: OpenedChain) -> Iterator[Problem]:
    """What of the file can't be read, but for events and its end: what is appended makes none of it right."""
    count = len(opened.table)
    native = opened.format == "native"
    header_named = False
    for after, damage in opened.damages:
        if damage.what == "event":
            continue
        message = _UNREADABLE.format(
            f"the {damage.what} after event {after:,}", plural(damage.end - damage.start, "byte"), damage.start
        )
        if damage.what == "header":
            header_named = True
            message = "the header is damaged: actor, start and settings are not known"
            yield Problem(0, "header", "none", message, count)
        else:
            yield Problem(after, "truncated" if damage.what == "end" else "payload", "none", message, after)
    if native and opened.header is None and not header_named and opened.cut is None:
        yield Problem(0, "header", "none", "the header is missing", count)


def _end_problems(opened: OpenedChain) -> Iterator[Problem]:
    count = len(opened.table)
    if opened.cut is not None:
        message = (
            f"the file ends inside an entry that begins at byte {opened.cut.start:,}; its last whole event is {count:,}"
        )
        yield Problem(count, "truncated", "none", message, count)
    end = opened.end
    if end is not None and end.events != count:
        here = f"{count:,} {'is' if count == 1 else 'are'} here"
        message = f"the end of the file counts {plural(end.events, 'event')}, and {here}"
        yield Problem(count, "truncated", "none", message, count)
    head = opened.table.hash(count - 1) if count else None
    if end is not None and end.head != head:
        message = (
            f"the end of the file names {_short(end.head)} as the last hash, and event {count:,} has {_short(head)}"
        )
        yield Problem(count, "truncated", "none", message, count)


def file_sentences(opened: OpenedChain) -> list[str]:
    """What is wrong with the file beside its events, in a few sentences."""
    problems = file_problems(opened)
    sentences = [problem.message for problem in islice(problems, _MOST_SENTENCES)]
    more = sum(1 for _ in problems)
    if more:
        sentences.append(f"… and {plural(more, 'more problem')}: verify tells of them")
    return [*sentences, *_what_is_not_held(opened)]


def _what_is_not_held(opened: OpenedChain) -> Iterator[str]:
    if not opened.holds_payloads:
        yield PAYLOADS_NOT_HELD
    if opened.notes_left_out:
        yield f"{plural(opened.notes_left_out, 'note')} of very many in the file left out"


def _remarks(opened: OpenedChain) -> Iterator[str]:
    if not len(opened.table) and opened.notes and opened.cut is None and not opened.damages:
        yield f"it holds no event, only {plural(len(opened.notes), 'note')}"
    if opened.format == "native" and opened.end is None and opened.cut is None:
        yield f"not closed after event {len(opened.table):,}"
    yield from _what_is_not_held(opened)
    if opened.cut is None and ends_in_call(opened.table):
        yield NOT_TO_ITS_END
    for note in opened.notes:
        if note.kind == OTHER_CHAINS:
            events = note.data.get("events")
            yield f"events of other chains in the file, left out: {events if isinstance(events, int) else 0:,}"
