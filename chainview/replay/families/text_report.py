"""What was found of a family, for people: the verdict, then member by member, the first that differs in full."""

from __future__ import annotations

from collections.abc import Iterator

from chainview.chain.words.spans import cells
from chainview.replay.explain.text_report import WIDTH, real_calls_told, report_text
from chainview.replay.families.findings import Compared, FamilyFindings, Reach
from chainview.system.wording import plural, some_of, visible

_MOST_REACHES = 8
_MOST_PASSING = 20
"""Members in which nothing differs that are told, each in a line."""
_INDENT = "  "


def family_text(found: FamilyFindings, width: int = WIDTH) -> str:
    """The report."""
    counter = f" · {real_calls_told(found.live_host_calls)}" if found.command == "replay" else ""
    verb = "" if found.first is None else "DIVERGES  " if found.command == "replay" else "DIFFERS  "
    lines = [visible(f"{verb}{found.sentence}{counter}")]
    lines += [visible(f"{_INDENT}{remark}") for remark in found.remarks]
    same, passing = found.same_causes(), 0
    for each in found.ordered:
        passes = each.explanation is not None and each.explanation.passes
        passing += passes
        if not each.alone and (not passes or passing <= _MOST_PASSING):
            lines += _member(found, each, width, is_told=each.member.number in same)
    if passing > _MOST_PASSING:
        lines.append(f"and {plural(passing - _MOST_PASSING, 'more actor')} in which nothing differs: --json lists them")
    for folder in (found.folder, found.other):
        only = [each.member.title for each in found.members if each.alone and each.only_in == folder]
        if only:
            lines.append(visible(f"only in {folder}: {some_of(only)}"))
    if found.reaches:
        lines += _reaches(found)
    return "\n".join(lines)


def _member(found: FamilyFindings, each: Compared, width: int, *, is_told: bool) -> Iterator[str]:
    title = visible(each.member.title)
    if each.explanation is None:
        said = "not replayed" if found.command == "replay" else "not compared"
        yield visible(f"{title}: {said}: {each.problem}")
        return
    follows, said = (found.following or {}).get(each.member.number), ""
    if each.explanation.passes:
        said = f": {visible(each.explanation.sentence)}"
    elif follows is not None:
        said = f": only what follows from {_end(found, follows.source, follows.source_event)}"
    elif is_told:
        cause = each.explanation.causes[0]
        said = f": the same cause, {cause.code} at event {cause.event:,}"
    room = width - cells(f"{title} ↔ {said}")
    yield f"{title}{'' if each.by is None else f' ↔ {visible(each.by.within(room))}'}{said}"
    if said:
        return
    for line in report_text(each.explanation, width - len(_INDENT)).split("\n"):
        yield f"{_INDENT}{line}"


def _reaches(found: FamilyFindings) -> Iterator[str]:
    """Where what differs goes on, which a replay does not follow: each member is given what was recorded."""
    given = ", which were replayed with what was recorded" if found.command == "replay" else ""
    yield f"found by contents and order, what differs reaches other actors{given}:"
    for reach in found.reaches[:_MOST_REACHES]:
        yield f"{_INDENT}{_said(found, reach)}"
    more = len(found.reaches) - _MOST_REACHES
    if more > 0:
        yield f"{_INDENT}and {plural(more, 'more place')}: --json lists them"


def _said(found: FamilyFindings, reach: Reach) -> str:
    return (
        f"{reach.kind:<9} {_end(found, reach.source, reach.source_event)}"
        f" → {_end(found, reach.target, reach.target_event)}"
    )


def _end(found: FamilyFindings, number: int, event: int) -> str:
    title = next((each.member.title for each in found.members if each.member.number == number), str(number))
    return visible(f"{title} event {event:,}")
