"""What the screen of a family's replay says: its status, a row for each actor, why the one under the cursor differs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len, set_cell_size

from chainview.chain.families.link import LinkKind
from chainview.chain.families.member import Member
from chainview.chain.words.spans import fitting
from chainview.replay.explain.explanation import Explanation, Verdict
from chainview.replay.explain.headline import verdict_forms
from chainview.replay.families.findings import Compared, FamilyFindings, Reach
from chainview.system.wording import plural, visible
from chainview.ui.lines.blocks import Block, Fixed
from chainview.ui.lines.line import Line, in_cells, plain, wrapped
from chainview.ui.replay.replay_lines import explanation_lines
from chainview.workbench.family_thread import FamilyProgress
from chainview.workbench.replay_thread import Stage

_NAME_CELLS = 22
_INDENT = 2
_MOST_INDENT = 10
_WITH = "  ↔ "
_WIDE = 100
"""From this many cells on a row has a column for the module."""
_MODULE_SHARE = 4
"""That column has one in so many of the row's cells at most."""
_ENDLESS = 1 << 20
_MOST_REACHES = 20
_BROUGHT: Mapping[LinkKind, str] = {
    LinkKind.SEND: "is sent something else",
    LinkKind.REQUEST: "is asked something else",
    LinkKind.REPLY: "is answered something else",
    LinkKind.CHANNEL: "gets another channel opened to it",
    LinkKind.MESSAGE: "is sent something else on a channel",
    LinkKind.CLOSE: "gets a channel closed in another way",
    LinkKind.SPAWN: "is spawned in another way",
    LinkKind.RPC: "is called in another way",
    LinkKind.TRANSFER: "is handed another connection",
    LinkKind.CHILD_EVENT: "is told something else about its child",
    LinkKind.CHILD_END: "is told that its child ended in another way",
    LinkKind.ACTOR_EVENT: "is told something else about an actor",
    LinkKind.SPAWN_NOTICE: "is told something else about a spawn",
    LinkKind.STOP: "is stopped in another way",
    LinkKind.FATE: "ends in another way, since they end together",
}
"""What becomes of who is at the other end of a link, from what differs at this one."""


@dataclass(frozen=True, slots=True)
class Consequences:
    """What of what differs in some members goes on in others, by the numbers of those that it comes from or goes to."""

    coming: Mapping[int, Sequence[Reach]]
    going: Mapping[int, Sequence[Reach]]

    @classmethod
    def of(cls, found: FamilyFindings | None) -> Consequences:
        """Those that were found."""
        coming, going = dict[int, list[Reach]](), dict[int, list[Reach]]()
        for reach in () if found is None else found.reaches:
            coming.setdefault(reach.target, []).append(reach)
            going.setdefault(reach.source, []).append(reach)
        return cls(coming, going)


def named(members: Mapping[int, Member], number: int) -> str:
    """A member in a few words."""
    return visible(f"{number} {members[number].name}" if number in members else f"{number}")


def family_status(name: str, progress: FamilyProgress, count: int, replayed: int, differing: int, width: int) -> Line:
    """The status line: how far the replay of so many members is, or what it came to."""
    head: Line = [(" ", "text"), (visible(name), "name"), (" │ ", "quiet")]
    line = _stands(progress, count, replayed, differing)
    return [*head, *line] if cell_len(plain([*head, *line])) <= width else [(" ", "text"), *line]


def _stands(progress: FamilyProgress, count: int, replayed: int, differing: int) -> Line:
    if progress.failure is not None:
        return [("✖ can't be replayed", "bad")]
    found = progress.findings
    if found is None:
        doing = {Stage.OPENING: "opening", Stage.EXPLAINING: "following what differs"}.get(progress.stage, "replaying")
        line: Line = [(f"◌ {doing}  {replayed:,} of {plural(count, 'actor')}", "accent")]
        return [*line, (f"  ≠ {differing:,} so far", "warn")] if differing else line
    role = "bad" if found.first is None and found.left_out else "good"
    mark = "✖" if role == "bad" else "✓"
    line = [(f"{mark} {visible(found.sentence)}", role)]
    if found.first is not None:
        line = [(f"≠ {visible(found.sentence)}", "warn")]
    return [*line, ("  stopped", "warn")] if progress.stopped else line


@dataclass(frozen=True, slots=True)
class Standing:
    """A member as it stands in the replay; `same_as` is the number of who differs for the same cause, told before."""

    member: Member
    depth: int
    compared: Compared | None
    calls: tuple[int, int] | None = None
    """How many of its calls were made of how many, while it is replayed."""
    is_first: bool = False
    same_as: int | None = None
    coming: Sequence[Reach] = ()


def longest_module(compared: Iterable[Compared]) -> int:
    """The cells that the members' modules need, seen from where the person stands."""
    return max([cell_len(visible(each.by.within(_ENDLESS))) for each in compared if each.by is not None], default=0)


def module_cells(longest: int, width: int) -> int:
    """The cells of the column with the members' modules: none where lines are short."""
    return min(longest, width // _MODULE_SHARE) if width >= _WIDE else 0


def member_row(
    standing: Standing, members: Mapping[int, Member], width: int, *, marks_first: bool, module: int = 0
) -> Line:
    """One line for a member: who it is, how its replay went and why it differs, whose consequence it has, its module.

    With `marks_first` there is room for the mark of who differs first, and `module` cells are for the module. Without
    any it stands where there is room left.
    """
    name = f"{' ' * min(_MOST_INDENT, _INDENT * standing.depth)}{named(members, standing.member.number)}"
    cells = min(_NAME_CELLS, max(12, width // 4))
    if cell_len(name) > cells:
        name = set_cell_size(name, cells - 1) + "…"
    taken = len("  m ") + cells + (len(" first ") if marks_first else 0)
    column = module + len(_WITH) if module else 0
    mark, role, said = _verdict(standing, members, width - taken - column)
    quiet = role == "dim"
    line: Line = [(f" {mark} ", role), (set_cell_size(name, cells), "dim" if quiet else "name")]
    if marks_first:
        line.append((" first ", "tab") if standing.is_first else (" " * 7, "text"))
    line.append((f" {said}", role))
    if standing.coming:
        line.append((f"  {_because(standing.coming, members)}", "dim"))
    by = None if standing.compared is None else standing.compared.by
    if by is None:
        return line
    if column:
        return [*in_cells(line, width - column, "dim"), (f"{_WITH}{visible(by.within(module))}", "dim")]
    room = width - cell_len(plain(line)) - len(_WITH)
    name = visible(by.within(room))
    return [*line, (f"{_WITH}{name}", "dim")] if cell_len(name) <= room else line


def _verdict(standing: Standing, members: Mapping[int, Member], room: int) -> tuple[str, str, str]:
    """The mark of a row, its role, and what it says in so many cells."""
    compared = standing.compared
    if compared is None:
        if standing.calls is None:
            return "·", "dim", "waits"
        made, of = standing.calls
        return "◌", "accent", f"replaying {made:,} of {plural(of, 'call')}" if of else "opening"
    explanation = compared.explanation
    if explanation is None:
        return "✖", "bad", visible(f"not replayed: {compared.problem}")
    if explanation.passes:
        if standing.coming:
            return "✓", "dim", explanation.verdict.value
        return "✓", "good", visible(explanation.sentence)
    if explanation.verdict is Verdict.UNUSABLE:
        return "✖", "bad", visible(explanation.sentence)
    return "≠", "warn", _cause(explanation, standing.same_as, members, room)


def _cause(explanation: Explanation, same_as: int | None, members: Mapping[int, Member], room: int) -> str:
    if same_as is not None:
        return f"differs at {explanation.causes[0].event:,}: the same cause as {named(members, same_as)}"
    return fitting(verdict_forms(explanation), room)


def _because(coming: Sequence[Reach], members: Mapping[int, Member]) -> str:
    """Whose differences would reach a member, which was replayed with what is recorded."""
    first = coming[0]
    others = len({reach.source for reach in coming}) - 1
    more = f" and {plural(others, 'other')}" if others else ""
    return f"because of {named(members, first.source)}, event {first.source_event:,}{more}: {_BROUGHT[first.kind]}"


def reason_lines(
    standing: Standing | None,
    progress: FamilyProgress,
    going: Sequence[Reach],
    members: Mapping[int, Member],
    width: int,
) -> list[Block]:
    """All that is said of the member under the cursor: its report, and what of it goes on elsewhere."""
    if progress.failure is not None:
        return [Fixed(*wrapped([(visible(progress.failure.sentence), "bad")], width, 0))]
    if standing is None:
        return []
    compared, lines = standing.compared, list[Line]()
    if compared is None:
        lines.append([("it is not replayed yet", "dim")])
    elif compared.explanation is None:
        lines.append([(visible(f"not replayed: {compared.problem}"), "bad")])
    else:
        title = f"{compared.member.title} ↔ "
        by = "" if compared.by is None else compared.by.within(width - cell_len(title))
        lines.append([(visible(f"{title}{by}"), "dim")])
        lines += explanation_lines(compared.explanation, width)
    lines += _reaches(standing.coming, going, members)
    remarks = () if progress.findings is None else progress.findings.remarks
    lines += [[(visible(remark), "dim")] for remark in remarks]
    return [Fixed(*[piece for line in lines for piece in wrapped(line, width, 4, words=True)])]


def _reaches(coming: Sequence[Reach], going: Sequence[Reach], members: Mapping[int, Member]) -> Iterator[Line]:
    if coming:
        yield [("what differs in other actors changes what it gets; it was replayed with what was recorded", "dim")]
    for reach in coming[:_MOST_REACHES]:
        whose = f"because of {named(members, reach.source)}, event {reach.source_event:,}"
        yield _link(f"event {reach.target_event:,}: {_BROUGHT[reach.kind]} {whose}", reach)
    yield from _more(coming)
    for reach in going[:_MOST_REACHES]:
        whom = f"{named(members, reach.target)} {_BROUGHT[reach.kind]} at its event {reach.target_event:,}"
        yield _link(f"event {reach.source_event:,} differs, so that {whom}", reach)
    yield from _more(going)


def _link(said: str, reach: Reach) -> Line:
    by_order = f" (matched by order among {reach.alike + 1:,} alike)" if reach.alike else ""
    return [("⇄ ", "accent"), (f"{said}{by_order}", "text")]


def _more(reaches: Sequence[Reach]) -> Iterator[Line]:
    if len(reaches) > _MOST_REACHES:
        yield [(f"  and {plural(len(reaches) - _MOST_REACHES, 'more')}", "dim")]
