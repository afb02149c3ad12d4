"""Checking a chain: every hash computed again, every link compared, and what is missing or damaged named."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Literal

from chainview.chain.event import Kind
from chainview.chain.files.entries.entry import Checked, Damage
from chainview.chain.files.entries.note import OTHER_CHAINS
from chainview.chain.files.opened import OpenedChain, Progress
from chainview.chain.hashing import event_hash
from chainview.chain.table import EventTable

ProblemKind = Literal["hash", "link", "gap", "truncated", "header", "payload"]
_BYTES_A_STEP = 1 << 16
_SHORT = 7
_UNREADABLE = "{} can't be read ({:,} bytes from byte {:,} of the file on)"
_NO_PAYLOAD = "this format keeps no payload, or the one it keeps is not what was hashed: only the links were checked"
_NO_HASH = "its hash is not known, and can't be computed without the events before it"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one event (numbered from 1; 0 is the header), and how far that event could be checked."""

    event: int
    kind: ProblemKind
    checked: str
    message: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking a chain gave; `head` is the last event's hash, `remarks` what is worth saying of a sound one."""

    sound: bool
    events: int
    head: bytes | None
    format: str
    schema: str
    problems: tuple[Problem, ...]
    remarks: tuple[str, ...] = ()


def verify(opened: OpenedChain) -> Verdict:
    """Checks all of a chain, which is read to its end first."""
    steps = verify_steps(opened)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            verdict: Verdict = done.value
            return verdict


def verify_steps(opened: OpenedChain) -> Generator[Progress, None, Verdict]:
    """Checks a chain some 64 kB of payload at a time, telling how far it is; returns the verdict.

    `done_bytes` and `total_bytes` of its progress count events once the chain is indexed.
    """
    yield from opened.steps()
    table = opened.table
    problems: list[Problem] = []
    checker, total, done = _Checker(opened), len(table), 0
    for index in range(total):
        done += checker.check(index, problems)
        if done >= _BYTES_A_STEP:
            done = 0
            yield Progress(index + 1, total, index + 1)
    problems += file_problems(opened)
    problems = sorted(_folded(problems), key=lambda problem: problem.event)
    return Verdict(
        sound=not problems,
        events=total,
        head=table.hash(total - 1) if total else None,
        format=opened.format,
        schema=opened.schema.value,
        problems=tuple(problems),
        remarks=tuple(_remarks(opened)),
    )


class _Checker:
    """Checks one event after the other against the hash that the one before should have."""

    def __init__(self, opened: OpenedChain) -> None:
        self._opened = opened
        self._table = opened.table
        self._damages = {
            number: damage for number, (_, damage) in zip(_damaged(opened.table), _event_damages(opened), strict=False)
        }
        self._true_hash: bytes | None = None
        """What the event before hashes to; its recorded hash where that can't be computed."""

    def check(self, index: int, problems: list[Problem]) -> int:
        """Adds what is wrong with one event; returns the bytes that were hashed for it."""
        table = self._table
        if table.kinds[index] == Kind.DAMAGED:
            damage = self._damages.get(index + 1)
            where = (damage.end - damage.start, damage.start) if damage is not None else (0, 0)
            message = _UNREADABLE.format("what stands here", *where)
            problems.append(Problem(index + 1, "payload", "none", message))
            self._true_hash = None
            return 0
        checked = table.checked(index)
        recorded, parent, before = table.hash(index), table.parent(index), self._true_hash
        if checked is not Checked.FULL or recorded is None:
            self._true_hash = recorded
            self._check_unhashed(index, checked, problems)
            return 0
        payload, event_type = table.payload(index), table.event_type(index)
        computed = self._true_hash = event_hash(parent, event_type, payload)
        linked = self._links_on(index) or (before is not None and parent == before)
        if computed != recorded:
            if not linked and _only_parent(table, index, before, event_type, payload):
                self._true_hash = recorded
                message = f"its parent hash was changed: the rest of it belongs after event {index:,} as recorded"
                problems.append(Problem(index + 1, "link", "full", message))
            else:
                message = f"recorded hash {_short(recorded)}, but what it holds hashes to {_short(computed)}"
                problems.append(Problem(index + 1, "hash", "full", message))
        elif not linked:
            problems.append(Problem(index + 1, "gap", "full", _gap(table, index)))
        if table.is_damaged(index) and computed == recorded:
            message = "its entry fails its checksum: hash and payload are right, but time, duration or checksum changed"
            problems.append(Problem(index + 1, "payload", "full", message))
        return len(payload) + 100

    def _links_on(self, index: int) -> bool:
        """Whether the link holds, or leads to a damaged stretch, which is told of itself."""
        table = self._table
        return table.links_on(index) or (index > 0 and table.kinds[index - 1] == Kind.DAMAGED)

    def _check_unhashed(self, index: int, checked: Checked, problems: list[Problem]) -> None:
        table = self._table
        if not self._links_on(index):
            kind: ProblemKind = "gap" if checked is Checked.PROVED else "link"
            problems.append(Problem(index + 1, kind, checked.word, _gap(table, index)))
        if checked is Checked.LINK:
            problems.append(Problem(index + 1, "payload", "link", _NO_PAYLOAD))
        elif checked is Checked.NONE or table.hash(index) is None:
            problems.append(Problem(index + 1, "payload", "none", _NO_HASH))


def _only_parent(table: EventTable, index: int, before: bytes | None, event_type: str, payload: bytes) -> bool:
    """Whether the event's hash is right for the parent that it should state."""
    candidates = {before, table.hash(index - 1) if index else None}
    return any(event_hash(parent, event_type, payload) == table.hash(index) for parent in candidates)


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


def _damaged(table: EventTable) -> Iterator[int]:
    at = table.kinds.find(Kind.DAMAGED)
    while at >= 0:
        yield at + 1
        at = table.kinds.find(Kind.DAMAGED, at + 1)


def _event_damages(opened: OpenedChain) -> Iterator[tuple[int, Damage]]:
    return (found for found in opened.damages if found[1].what == "event")


def file_problems(opened: OpenedChain) -> Iterator[Problem]:
    """What is wrong with the file beside its events."""
    count = len(opened.table)
    native = opened.format == "native"
    header_named = False
    for after, damage in opened.damages:
        if damage.what == "event":
            continue
        message = _UNREADABLE.format(
            f"the {damage.what} after event {after:,}", damage.end - damage.start, damage.start
        )
        if damage.what == "header":
            header_named = True
            yield Problem(0, "header", "none", "the header is damaged: actor, start and settings are not known")
        else:
            yield Problem(after, "truncated" if damage.what == "end" else "payload", "none", message)
    if native and opened.header is None and not header_named and opened.cut is None:
        yield Problem(0, "header", "none", "the header is missing")
    if opened.cut is not None:
        message = (
            f"the file ends inside an entry that begins at byte {opened.cut.start:,}; its last whole event is {count:,}"
        )
        yield Problem(count, "truncated", "none", message)
    end = opened.end
    if end is not None and end.events != count:
        message = f"the end of the file counts {end.events:,} events, and {count:,} are here"
        yield Problem(count, "truncated", "none", message)
    head = opened.table.hash(count - 1) if count else None
    if end is not None and end.head != head:
        message = (
            f"the end of the file names {_short(end.head)} as the last hash, and event {count:,} has {_short(head)}"
        )
        yield Problem(count, "truncated", "none", message)


def _remarks(opened: OpenedChain) -> Iterator[str]:
    if opened.format == "native" and opened.end is None and opened.cut is None:
        yield f"not closed after event {len(opened.table):,}"
    for note in opened.notes:
        if note.kind == OTHER_CHAINS:
            yield f"events of other chains in the file, left out: {note.data.get('events', 0):,}"


def _folded(problems: list[Problem]) -> Iterator[Problem]:
    """The problems, with a run of events that only can't be checked as one."""
    for key, group in groupby(enumerate(problems), lambda item: _run_key(*item)):
        run = [problem for _, problem in group]
        if key is None or len(run) == 1:
            yield from run
        else:
            first, last = run[0], run[-1]
            yield replace(first, message=f"events {first.event:,} to {last.event:,}: {first.message}")


def _run_key(position: int, problem: Problem) -> tuple[int, str] | None:
    """Equal for problems of events that follow each other and can't be checked for the same reason."""
    if problem.kind != "payload" or problem.message not in (_NO_PAYLOAD, _NO_HASH):
        return None
    return problem.event - position, problem.message
