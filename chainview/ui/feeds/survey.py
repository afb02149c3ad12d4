"""How the chains of a folder are: each is opened, checked and closed again, one after the other, on a thread."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING

from chainview.chain.families.condition import ChainState, Condition, condition_of
from chainview.chain.families.identity.names import Told, named_by, told_in
from chainview.chain.families.index import Entry
from chainview.chain.query.failures import FailureFinder
from chainview.system.errors import ChainviewError

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.links import Links
    from chainview.chain.families.member import Member
    from chainview.chain.files.entries.file_bytes import Stamp
    from chainview.chain.files.opened import OpenedChain
    from chainview.chain.table import EventTable

_LINKED_AT_ONCE = 500
_LOOK_SECONDS = 1.0
_SHARE = 10
"""A file that grows is looked through again when this many times as long as that took has passed."""
_NAMES_SECONDS = 1.0
_WORK_SECONDS, _REST_SECONDS = 0.008, 0.004


class Survey:
    """Looks through the chains of a family, with `follow` again where one has grown, or has come into the folder.

    `links` are told of all events; who else uses them holds `linking` meanwhile.
    """

    def __init__(self, family: RecordedFamily, links: Links, *, follow: bool) -> None:
        self.family = family
        """The family, with the names and parents that are known by now."""
        self.conditions: dict[int, Condition] = {}
        self.linking = threading.Lock()
        self._links = links
        self._linked = 0
        self._follow = follow
        self._told: dict[int, Told] = {}
        self._remarks = family.remarks
        """What is amiss with the folder, beside what is said of who its actors are."""
        self._seen: dict[int, tuple[Stamp | None, float]] = {}
        """Of a file that was looked through: how it was then, and from when on it may be again."""
        self._closed = threading.Event()
        self._rested = 0.0
        self._thread = threading.Thread(target=self._run, name="survey", daemon=True)
        self._take_in(family)

    def start(self) -> None:
        """Begins."""
        self._thread.start()

    def close(self) -> None:
        """Ends after the step it is at."""
        self._closed.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        self._look_through()
        while self._follow and not self._closed.wait(_LOOK_SECONDS):
            self._look_for_more()
            self._look_through()

    def _look_through(self) -> None:
        named_at, named = time.monotonic(), len(self._told)
        for member in self.family.members:
            if self._closed.is_set():
                return
            self._look_at(member)
            if len(self._told) > named and time.monotonic() - named_at > _NAMES_SECONDS:
                self._name()
                named_at, named = time.monotonic(), len(self._told)
        if len(self._told) > named:
            self._name()

    def _name(self) -> None:
        family, whole = self.family, len(self.conditions) >= len(self.family.members)
        named = named_by(family.folder, family.members, self._told, whole=whole)
        self.family = replace(family, members=named.members, remarks=(*self._remarks, *named.remarks))
        with self.linking:
            for member in self.family.members:
                self._links.identify(member.number, member.entry.id, guessed=member.is_guessed)

    def _look_for_more(self) -> None:
        """Takes in what came to lie in the folder since."""
        from chainview.chain.families.folder import found_again

        try:
            found = found_again(self.family)
        except ChainviewError:
            return
        members = list(self.family.members)
        known = {member.file.name: at for at, member in enumerate(members)}
        for each in () if found is None else found.members:
            at = known.get(each.file.name)
            if at is None:
                members.append(replace(each, number=len(members)))
            elif _differs(each.entry, members[at].entry) or each.problem != members[at].problem:
                members[at] = replace(each, number=at)
        if found is not None and members != list(self.family.members):
            self._remarks = found.remarks
            self._take_in(replace(found, members=named_by(found.folder, members, self._told).members))

    def _take_in(self, family: RecordedFamily) -> None:
        with self.linking:
            for member in family.members[self._linked :]:
                self._links.add(member.entry.id)
            self._linked = len(family.members)
        self.family = family

    def _ends(self) -> bool:
        """Whether it is to end; rests before it says so."""
        self._rest()
        return self._closed.is_set()

    def _rest(self) -> None:
        """Lets the keys have their turn: who waits for what this thread holds would else wait some ms at each step."""
        if time.perf_counter() - self._rested > _WORK_SECONDS:
            self._closed.wait(_REST_SECONDS)
            self._rested = time.perf_counter()

    # One chain

    def _look_at(self, member: Member) -> None:
        """Looks through one chain, unless it is as it was."""
        from chainview.chain.files.opened import open_chain

        number, began = member.number, time.monotonic()
        if member.problem:
            self.conditions[number] = Condition(ChainState.UNREADABLE, member.problem)
            return
        seen = self._seen.get(number)
        if seen is not None and (not self._follow or began < seen[1]):
            return
        try:
            with open_chain(member.file) as opened:
                stamp = opened.stamp
                if self._follow:
                    # What is not all there yet is no damage.
                    opened.let_grow()
                if seen is None or seen[0] != stamp:
                    self._look_into(number, opened)
        except ChainviewError as error:
            stamp = None
            self.conditions[number] = Condition(ChainState.UNREADABLE, error.sentence)
        self._seen[number] = stamp, time.monotonic() + _SHARE * (time.monotonic() - began)

    def _look_into(self, number: int, opened: OpenedChain) -> None:
        from chainview.chain.files.verification import verify_steps

        steps = verify_steps(opened)
        while not self._ends():
            try:
                next(steps)
            except StopIteration as end:
                table = opened.table
                errors = FailureFinder(table)
                while not self._ends() and not errors.count_step():
                    pass
                self.conditions[number] = condition_of(table, end.value, errors.total)
                self._told[number] = told_in(opened, self.family.members)
                self.link(number, table)
                with self.linking:
                    self._links.forget(number)
                return

    def link(self, number: int, table: EventTable, until: float = float("inf")) -> None:
        """Tells the links of an actor's events, piece by piece so that nobody else has to wait, up to a moment."""
        while not self._closed.is_set() and time.monotonic() < until:
            if threading.current_thread() is self._thread:
                self._rest()
            with self.linking:
                if self._links.read(number, table, _LINKED_AT_ONCE):
                    return


def _differs(entry: Entry, known: Entry) -> bool:
    """Whether an index tells something else than is known; an id that it does not tell may be known by the chain."""
    return replace(entry, id=entry.id or known.id) != known
