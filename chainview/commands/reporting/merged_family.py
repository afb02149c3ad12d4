"""The events of all chains of a family in one order, a line an event."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING, Self

from chainview.chain.event import Kind
from chainview.chain.families.links import Links
from chainview.chain.families.member import places_of
from chainview.chain.families.merged import Merged, OrderBasis
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import file_sentences
from chainview.chain.soundness import soundness
from chainview.chain.words.lanes import Lanes
from chainview.chain.words.notes import note_text
from chainview.chain.words.report import event_line, event_object
from chainview.system.errors import ChainviewError
from chainview.system.files.open_files import let_open
from chainview.system.streams import complain
from chainview.system.wording import plural, visible

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.link import Place
    from chainview.chain.families.member import Member
    from chainview.chain.files.opened import OpenedChain

_MOST_LANES, _WIDE_LANES = 24, 12
_NAME_CELLS = 40
Chosen = Callable[["OpenedChain"], Iterator[int]]
"""The indices of the events of a chain that are shown, in order."""


@dataclass(slots=True)
class _Strand:
    """A chain of which the events come one after the other."""

    member: Member
    opened: OpenedChain
    chosen: Iterator[int]
    notes: deque[tuple[int, str]]
    next: int | None = None

    def takes(self, index: int) -> bool:
        """Whether an event is shown; asked of each in turn."""
        while self.next is not None and self.next < index:
            self.next = next(self.chosen, None)
        return self.next == index


class MergedFamily:
    """The chains of a family, all of them open, and their order; `failed` when one of them can't be read."""

    def __init__(self, family: RecordedFamily) -> None:
        self._where = family.where
        self._members = {member.number: member for member in family.members}
        self._files = ExitStack()
        self._opened: dict[int, OpenedChain] = {}
        self.failed = False
        self.order = Merged(1 + max(member.number for member in family.members))
        links = Links.between(family.members)
        let_open(len(family.members))
        for member in family.members:
            try:
                if member.problem:
                    raise ChainviewError(member.problem)
                opened = self._files.enter_context(open_chain(member.file)).load()
            except ChainviewError as error:
                complain(f"{member.title}: {error.sentence}")
                self.failed = True
                continue
            self._opened[member.number] = opened
            links.read(member.number, opened.table)
            self.order.take(member.number, opened.table, places=places_of(member))
        self.order.link(links.every())
        for _ in self.order.arrange():
            pass

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._files.close()

    @property
    def longest(self) -> int:
        """The events of the longest chain."""
        return max([len(opened.table) for opened in self._opened.values()], default=0)

    @property
    def heading(self) -> str:
        """How many events of how many actors there are, and what their order goes by."""
        counted = f"{plural(len(self._opened), 'actor')}, {plural(len(self.order), 'event')}"
        return visible(f"{self._where}: {counted}, {order_text(self.order)}")

    def lines(self, chosen: Chosen, *, notes: bool) -> Iterator[str]:
        """A line an event, with its time where there is one, the columns of the actors, and whose it is."""
        order, strands = self.order, self._strands(chosen, notes=notes)
        lanes = Lanes(order.extents(), _MOST_LANES)
        cells = 2 if lanes.count <= _WIDE_LANES else 1
        digits = len(str(max(self._opened, default=0)))
        names = {number: strand.member.name for number, strand in strands.items()}
        room = min(_NAME_CELLS, max([len(name) for name in names.values()], default=0))
        timed = order.basis is OrderBasis.TIMES
        for row, place in enumerate(order.places(0, len(order))):
            strand = strands[place.actor]
            table = strand.opened.table
            while strand.notes and strand.notes[0][0] <= place.index:
                yield f"── {place.actor} {visible(names[place.actor])}: {strand.notes.popleft()[1]}"
            if not strand.takes(place.index):
                continue
            # What is found here is what the line marks.
            soundness(table, place.index)
            failed = table.kinds[place.index] in (Kind.ERROR, Kind.DAMAGED)
            sources = [each.actor for each in order.causes(place)]
            columns = "".join(lanes.marks(row, place.actor, sources, failed=failed, cells=cells))
            name = visible(names[place.actor])
            name = name if len(name) <= room else f"{name[: room - 1]}…"
            time = f"{_clock(order.began_ns(row))} " if timed else ""
            yield f"{time}{columns} {place.actor:>{digits}} {name:<{room}} {event_line(table, place.index)}"
        for number, strand in strands.items():
            yield from [f"── {number} {visible(names[number])}: {text}" for _, text in strand.notes]

    def objects(self, chosen: Chosen) -> Iterator[str]:
        """A JSON object an event: what `show` tells of it, whose it is, and where in the order it stands."""
        order, strands = self.order, self._strands(chosen, notes=False)
        for row, place in enumerate(order.places(0, len(order))):
            strand = strands[place.actor]
            if strand.takes(place.index):
                member, began = strand.member, order.began_ns(row)
                told: dict[str, object] = {
                    "member": member.number,
                    "file": member.file.name,
                    "actor": member.name,
                    "order": order.basis.value,
                    "row": row + 1,
                    "began": _moment(began) if began and order.basis is OrderBasis.TIMES else None,
                    "after": [_named(each) for each in order.causes(place)],
                }
                yield json.dumps(event_object(strand.opened.table, place.index) | told)

    def sentences(self) -> Iterator[str]:
        """What there is to be said of the files; raises ChainviewError where one was changed meanwhile."""
        for number, opened in self._opened.items():
            yield from [f"{self._members[number].title}: {sentence}" for sentence in file_sentences(opened)]
            opened.require_unchanged()

    def _strands(self, chosen: Chosen, *, notes: bool) -> dict[int, _Strand]:
        found = {}
        for number, opened in self._opened.items():
            told = deque((note.after, note_text(note)) for note in opened.notes) if notes else deque[tuple[int, str]]()
            strand = _Strand(self._members[number], opened, chosen(opened), told)
            strand.next = next(strand.chosen, None)
            found[number] = strand
        return found


def order_text(order: Merged) -> str:
    """What an order goes by, in words."""
    left_out = plural(order.left_out, "link")
    more = {
        OrderBasis.TIMES: "; a host call stands where it began",
        OrderBasis.LINES: "; a host call stands where it was answered",
        OrderBasis.LINKS: "; each call as early as what brought it about allows",
    }[order.basis]
    return f"{order.words}{more}" + (f"; {left_out} left out, as they contradict others" if order.left_out else "")


def _named(place: Place) -> dict[str, int]:
    return {"member": place.actor, "event": place.index + 1}


def _clock(time_ns: int) -> str:
    return _moment(time_ns)[11:-1] if time_ns else f"{'':15}"


def _moment(time_ns: int) -> str:
    seconds, rest = divmod(time_ns, 1_000_000_000)
    try:
        moment = datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        # A year that no calendar of Python's has is none of a recording either.
        return f"{'?':>26}Z"
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06}Z"
