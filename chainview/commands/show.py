"""`chainview show`: prints the events of a chain, or of each chain of a family, or one event in full."""

from __future__ import annotations

import argparse
import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from chainview.commands.options.members import add_members_option, chosen_members
from chainview.commands.options.paths import name
from chainview.commands.reporting.shown_events import lines_between, lines_of, matching
from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.signals import interruption
from chainview.system.streams import complain, emit, say

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.linked import LinkedFamily
    from chainview.chain.families.member import Member
    from chainview.chain.files.opened import OpenedChain
    from chainview.chain.query.filter import Filter
    from chainview.chain.table import EventTable

_KINDS = ("call", "host", "result", "error", "shutdown", "other")

HELP = CommandHelp(
    (
        ("chainview show c.chain", "a line an event"),
        ("chainview show c.chain 7", "event 7 in full"),
        ("chainview show c.chain --kind error --json", "every failed call as a JSON object a line"),
    ),
    "the events were printed",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument(
        "chain", type=name, metavar="CHAIN", help="a chain file of any format, or a folder of them; - is standard input"
    )
    parser.add_argument("event", metavar="N", nargs="?", type=int, help="print this event in full")
    parser.add_argument("--json", action="store_true", help="print a JSON object a line")
    parser.add_argument("--from", dest="first", type=int, metavar="N", help="begin at this event")
    parser.add_argument("--to", dest="last", type=int, metavar="N", help="end after this event")
    parser.add_argument("--kind", action="append", choices=_KINDS, help="only events of this kind (repeatable)")
    parser.add_argument(
        "--merged", action="store_true", help="of a folder: the events of all chains in one order, of time or of links"
    )
    add_members_option(parser)
    parser.add_argument(
        "--filter",
        metavar="TEXT",
        help="only events that pass a filter as screens take it, such as 'kind:host !log' (chainview explain filter)",
    )
    parser.add_argument("--grep", metavar="RE", help="only events whose type or values match this regular expression")


def run(args: argparse.Namespace) -> int:
    """Prints what was asked for; raises ChainviewError for an event that is not there."""
    given = (args.first, args.last, args.grep, args.filter)
    if args.event is not None and (args.kind or args.merged or any(each is not None for each in given)):
        args.refuse("N prints one event: it does not go with --from, --to, --kind, --grep, --filter or --merged")
    first = 1 if args.first is None else args.first
    if first < 1 or (args.last is not None and args.last < first):
        raise ChainviewError("--from and --to take event numbers from 1 on, the first not after the last")
    wanted = _Wanted(args, _pattern(args.grep), _filter(args.filter))
    family, chosen = chosen_members(args.chain, args.members)
    if family is not None and chosen is not None:
        if args.event is not None:
            return _show_one(args, _only_one(chosen), wanted)
        return _show_merged(args, chosen, wanted) if args.merged else _show_family(args, chosen, wanted, family)
    if args.merged:
        raise ChainviewError(f"{args.chain} is one chain: --merged is of several")
    return _show_one(args, args.chain, wanted)


def _only_one(family: RecordedFamily) -> str:
    """The file of the only actor that was chosen; raises ChainviewError where it is not one."""
    if len(family.members) > 1:
        raise ChainviewError(f"N prints one event of one chain: {family.choice}")
    return str(family.members[0].file)


def _show_one(args: argparse.Namespace, chain: str, wanted: _Wanted) -> int:
    """Prints the events of one chain, or one event of it."""
    from chainview.chain.files.opened import open_chain
    from chainview.chain.files.verification import file_sentences

    with open_chain(chain) as opened:
        opened.load()
        if args.event is not None:
            index = _index(args, opened)
            emit(_in_full(args, chain, opened, index))
        else:
            if args.first is not None and args.first > len(opened.table):
                raise ChainviewError(
                    f"there is no event {args.first:,} in {args.chain}: it holds {len(opened.table):,}"
                )
            found = _Counted(_lines(args, opened, wanted))
            if emit(found) and not found.count and len(opened.table):
                complain(wanted.none_of(len(opened.table)))
        for sentence in file_sentences(opened):
            complain(sentence)
        opened.require_unchanged()
    return 0


def _show_merged(args: argparse.Namespace, family: RecordedFamily, wanted: _Wanted) -> int:
    """Prints the events of all members in one order; 2 when one can't be read."""
    from chainview.commands.reporting.merged_family import MergedFamily

    for remark in family.remarks:
        complain(remark)
    with MergedFamily(family) as merged:
        _check_first(args, merged.longest)
        if args.json:
            emit(merged.objects(wanted.chosen))
        else:
            emit(chain([merged.heading], merged.lines(wanted.chosen, notes=wanted.all_between)))
        for sentence in merged.sentences():
            complain(sentence)
    return 2 if merged.failed else 0


def _check_first(args: argparse.Namespace, longest: int) -> None:
    if args.first is not None and args.first > longest:
        raise ChainviewError(f"there is no event {args.first:,} in {args.chain}: its longest chain holds {longest:,}")


def _show_family(args: argparse.Namespace, family: RecordedFamily, wanted: _Wanted, whole: RecordedFamily) -> int:
    """Prints the events of each member of a whole family that are wanted; 2 when one can't be read."""
    from chainview.chain.families.linked import linked
    from chainview.chain.files.opened import open_chain
    from chainview.chain.files.verification import file_sentences
    from chainview.system.wording import plural, visible

    for remark in family.remarks:
        complain(remark)
    links = linked(whole) if args.json else None
    code = longest = 0
    for member in family.members:
        if interruption.number is not None:
            break
        try:
            if member.problem:
                raise ChainviewError(member.problem)
            with open_chain(member.file) as opened:
                blank = [""] if longest else []
                longest = max(longest, len(opened.load().table))
                heading = visible(f"{member.title}: {plural(len(opened.table), 'event')}")
                lines = _lines(args, opened, wanted, member, links)
                if not emit(lines if args.json else chain([*blank, heading], lines)):
                    break
                for sentence in file_sentences(opened):
                    complain(f"{member.title}: {sentence}")
                opened.require_unchanged()
        except ChainviewError as error:
            complain(f"{member.title}: {error.sentence}")
            code = 2
    _check_first(args, longest)
    return code


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Which events of a chain are shown."""

    args: argparse.Namespace
    pattern: re.Pattern[str] | None
    filter: Filter | None

    @property
    def all_between(self) -> bool:
        """Whether every event from the first to the last is shown, so that notes have their place between them."""
        return not (self.args.json or self.args.kind or self.pattern or self.filter)

    def none_of(self, events: int) -> str:
        """That of so many events none was chosen."""
        from chainview.system.wording import plural

        meant = "" if self.filter is None else self.filter.meant
        return f"none of {plural(events, 'event')} is shown{f': did you mean the field {meant}?' if meant else ''}"

    def chosen(self, opened: OpenedChain) -> Iterator[int]:
        """The indices of those events, in order."""
        return chain.from_iterable(self.parts(opened))

    def parts(self, opened: OpenedChain) -> Iterator[Iterator[int]]:
        """Those indices; of a search what is found together, and shown before it goes on."""
        table, args = opened.table, self.args
        last = len(table) if args.last is None else min(args.last, len(table))
        passed = None if self.filter is None else _passed(table, self.filter)
        found = (
            index
            for index in range((args.first or 1) - 1, last)
            if (not args.kind or _kind(opened, index) in args.kind) and (passed is None or passed[index])
        )
        return iter([found]) if self.pattern is None else matching(self.pattern, table, found)


class _Counted:
    """Lines, which counts those that were taken."""

    def __init__(self, lines: Iterator[str]) -> None:
        self.count = 0
        self._lines = lines

    def __iter__(self) -> Iterator[str]:
        for line in self._lines:
            self.count += 1
            yield line


def _passed(table: EventTable, wanted: Filter) -> bytearray:
    """A byte for each event, 1 where a filter lets it through."""
    from chainview.chain.query.filter import Selection

    selection, passed = Selection(table, wanted), bytearray(len(table))
    while not selection.step():
        pass
    for index in selection.matches:
        passed[index] = 1
    return passed


def _filter(text: str | None) -> Filter | None:
    if not text or not text.strip():
        return None
    from chainview.chain.query.filter import FilterError, parse_filter
    from chainview.system.wording import visible

    try:
        return parse_filter(text)
    except FilterError as error:
        say(f"  {text}")
        say(f"  {' ' * len(visible(text[: error.at]))}^")
        raise


def _pattern(text: str | None) -> re.Pattern[str] | None:
    if text is None:
        return None
    from chainview.chain.query.pattern import expression

    try:
        return expression(text)
    except re.error as error:
        raise ChainviewError(f"--grep {text[:40]!r} is no regular expression: {error}") from None


def _index(args: argparse.Namespace, opened: OpenedChain) -> int:
    count = len(opened.table)
    if not 1 <= args.event <= count:
        raise ChainviewError(f"there is no event {args.event:,} in {args.chain}: it holds {count:,}")
    return int(args.event) - 1


def _kind(opened: OpenedChain, index: int) -> str:
    word = opened.table.kind(index).word
    return word if word in _KINDS else "other"


def _in_full(args: argparse.Namespace, chain: str, opened: OpenedChain, index: int) -> Iterator[str]:
    """One event with all that is known of it, also of its links to other chains of a family that it lies among."""
    from chainview.chain.families.linked import linked_around
    from chainview.chain.words.report import event_text

    found = linked_around(chain)
    if args.json:
        yield _json(opened, index) if found is None else _json(opened, index, found[1], found[0])
    else:
        yield from event_text(opened.table, index, () if found is None else found[0].lines(found[1], index))


def _lines(
    args: argparse.Namespace,
    opened: OpenedChain,
    wanted: _Wanted,
    member: Member | None = None,
    linked: LinkedFamily | None = None,
) -> Iterator[str]:
    """The events chosen, and, where all that lie between are, the notes that stand between them."""
    from chainview.chain.bulk.ahead import PayloadsAhead
    from chainview.chain.words.notes import note_text

    table = opened.table
    notes = deque(opened.notes if wanted.all_between else ())
    first, last = args.first or 1, len(table) if args.last is None else args.last
    while notes and notes[0].after < first - 1:
        notes.popleft()
    if wanted.all_between:
        yield from lines_between(table, first - 1, min(last, len(table)), notes)
    elif args.json:
        payloads = PayloadsAhead(table)
        yield from (_json(opened, index, member, linked, payloads.of(index)) for index in wanted.chosen(opened))
    else:
        yield from lines_of(table, wanted.parts(opened))
    yield from [f"── {note_text(note)}" for note in notes if note.after <= last]


def _json(
    opened: OpenedChain,
    index: int,
    member: Member | None = None,
    linked: LinkedFamily | None = None,
    payload: bytes | None = None,
) -> str:
    from chainview.chain.words.report import event_object

    told = event_object(opened.table, index, payload)
    if member is not None:
        told |= {"member": member.number, "file": member.file.name, "actor": member.name}
    if member is not None and linked is not None:
        told["links"] = linked.objects(member, opened.table.number(index) - 1)
    return json.dumps(told)
