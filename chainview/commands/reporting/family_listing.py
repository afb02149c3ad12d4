"""The actors of a family's folder as a table, and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from chainview.chain.families.condition import ChainState, Condition, condition_of
from chainview.chain.families.member import in_tree_order
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import being_written
from chainview.system.wording import moment, plural, size_words, visible

if TYPE_CHECKING:
    from chainview.chain.families.folder import RecordedFamily
    from chainview.chain.families.member import Member

_LEAST_NAME, _MOST_NAME = 8, 40
_UNENDED = (ChainState.SOUND, ChainState.LINKS_RIGHT)
_STATE_CELLS = max(map(len, ChainState))


@dataclass(frozen=True, slots=True)
class ListedMember:
    """An actor of a family with how its chain is, and how deep it is below a root."""

    member: Member
    depth: int
    condition: Condition
    time_ns: int = 0
    """When its chain began, in ns since the Unix epoch; 0 where nobody knows."""
    size: int = 0
    closed: bool = False
    live: bool = False
    """Whether a program is writing it."""

    @property
    def state(self) -> str:
        """How it is, in a word."""
        return "live" if self.live and self.condition.state in _UNENDED else self.condition.state.value


def listed_members(family: RecordedFamily) -> list[ListedMember]:
    """The actors of a family, children behind their parent; each chain is read and checked for it."""
    return [_listed(member, depth) for member, depth in in_tree_order(family.members)]


def _listed(member: Member, depth: int) -> ListedMember:
    found = ListedMember(member, depth, Condition(ChainState.UNREADABLE, member.problem))
    if member.problem:
        return found
    try:
        found = replace(found, size=member.file.stat().st_size, live=being_written(member.file))
        with open_chain(member.file) as opened:
            condition, header, table = condition_of(opened.load().table, verify(opened)), opened.header, opened.table
            began = header.time_ns if header is not None and header.time_ns else 0
            began = began or (table.extras(0).time_ns if len(table) else 0)
            return replace(found, condition=condition, time_ns=began, closed=opened.end is not None)
    except (OSError, ChainviewError) as error:
        reason = error.sentence if isinstance(error, ChainviewError) else str(error)
        return replace(found, condition=Condition(ChainState.UNREADABLE, reason))


def family_table(family: RecordedFamily, listed: Sequence[ListedMember]) -> list[str]:
    """A line for the family, and one for each of its actors."""
    events, size = sum(each.condition.events for each in listed), sum(each.size for each in listed)
    lines = [f"{visible(family.where)}: {plural(len(listed), 'actor')}, {plural(events, 'event')}, {size_words(size)}"]
    lines += [f"  {visible(remark)}" for remark in family.remarks]
    names = [visible(f"{'  ' * each.depth}{each.member.number} {each.member.name}") for each in listed]
    wide = max(_LEAST_NAME, min(_MOST_NAME, max(map(len, names), default=0)))
    lines.append(f"{'actor':<{wide}}  {'events':>11}  {'size':>10}  {'state':<{_STATE_CELLS}}  file")
    for name, each in zip(names, listed, strict=True):
        counted = "" if each.condition.state is ChainState.UNREADABLE else f"{each.condition.events:,}"
        reason = f"  {each.condition.reason}" if each.condition.reason and each.state != "live" else ""
        lines.append(
            f"{name:<{wide}}  {counted:>11}  {size_words(each.size):>10}  {each.state:<{_STATE_CELLS}}  "
            + visible(f"{each.member.file.name}{reason}")
        )
    return lines


def family_listing(family: RecordedFamily, listed: Sequence[ListedMember]) -> dict[str, object]:
    """The object for programs, with the family as one of `chains` and its actors as `members`."""
    events = [each.condition.events for each in listed if each.condition.state is not ChainState.UNREADABLE]
    problems = [each.condition.reason for each in listed if each.condition.state is ChainState.UNREADABLE]
    began = [each.time_ns for each in listed if each.time_ns]
    whole = {
        "path": family.where,
        "actor": family.members[0].name,
        "time": moment(min(began)) if began else None,
        "actors": len(listed),
        "events": sum(events) if events else None,
        "bytes": sum(each.size for each in listed),
        "closed": all(each.closed for each in listed),
        "live": any(each.live for each in listed),
        "problem": problems[0] if problems else None,
    }
    return {
        "chainview": 1,
        "command": "chains",
        "folder": family.where,
        "chains": [whole],
        "members": [
            _member_object(each, str(each.member.file) if family.division is None else None)
            for each in sorted(listed, key=lambda each: each.member.number)
        ],
        "remarks": list(family.remarks),
    }


def _member_object(each: ListedMember, path: str | None) -> dict[str, object]:
    unreadable = each.condition.state is ChainState.UNREADABLE
    return each.member.as_object() | {
        "path": path,
        "actor": each.member.name,
        "time": moment(each.time_ns) if each.time_ns else None,
        "events": None if unreadable else each.condition.events,
        "bytes": each.size,
        "state": each.state,
        "reason": each.condition.reason or None,
        "closed": each.closed,
        "live": each.live,
        "problem": each.condition.reason if unreadable else None,
    }
