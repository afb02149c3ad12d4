"""The screen of a family's replay: a row for each actor, and below them why the one under the cursor differs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.app import ComposeResult

from chainview.chain.families.member import Member, in_tree_order
from chainview.system.wording import visible
from chainview.ui.family_replay.family_actions import FamilyActions
from chainview.ui.family_replay.family_lines import (
    Consequences,
    Standing,
    family_status,
    longest_module,
    member_row,
    module_cells,
    reason_lines,
)
from chainview.ui.family_replay.family_rows import MemberRows
from chainview.ui.family_replay.name_filter import named
from chainview.ui.family_replay.reason_pane import ReasonPane
from chainview.ui.lines.line import Line
from chainview.ui.widgets.footer import MOST_KEYS
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import Action, ActionId, Handler, Handlers, Scope
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.family_thread import FamilyProgress, FamilyReplayThread
from chainview.workbench.replay_thread import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

_TICK_SECONDS = 0.1
_SIDEWAYS = 8


class FamilyReplayScreen(KeyedScreen):
    """Shows the replay of a family while it runs and once it is over, and leads to the replay of each member."""

    def __init__(self, keymap: KeyMap, replay: FamilyReplayThread) -> None:
        super().__init__(keymap, Scope.FAMILY)
        self.replay = replay
        self.progress: FamilyProgress = replay.progress
        """How far the replay was at the last tick."""
        self.rows = MemberRows(self._row, id="members")
        self.in_reason = False
        """Whether the keys move in the lines below."""
        self._depths = {member.number: depth for member, depth in in_tree_order(replay.family.members)}
        self._members = {member.number: member for member in replay.family.members}
        self._only_differing = False
        self.named = ""
        """The text by whose words rows are chosen."""
        self._differing: frozenset[int] = frozenset()
        self._same: dict[int, int] = {}
        self._consequences = Consequences.of(None)
        self._replayed = -1
        self._longest_module = 0
        self._status = TextLine(self._status_line, id="status")
        self.pane = ReasonPane(TextLine(self._title_line, id="why-title"))
        self.reason = self.pane.view
        self.handlers = {**self.common_handlers(), **self._moves(), **FamilyActions(self).handlers()}

    def compose(self) -> ComposeResult:
        """Status, the rows, why below them, the prompt, the footer."""
        yield self._status
        yield self.rows
        yield self.pane
        yield self.prompt
        yield self.footer

    def on_mount(self) -> None:
        """Begins to look at the replay."""
        self.rows.show_numbers(list(self._depths))
        self.tick_on()

    def tick(self) -> float:
        """Shows what has come since the last look; returns in how many seconds to look again."""
        progress = self.replay.progress
        if progress is self.progress and self.replay.replayed == self._replayed:
            return _TICK_SECONDS
        told = progress.findings is not self.progress.findings or progress.failure is not None
        came = self.replay.replayed != self._replayed
        at_first = self.progress.findings is None and self.rows.cursor == next(iter(self._depths), None)
        self.progress, self._replayed = progress, self.replay.replayed
        if came or told:
            self._take()
        self.rows.refresh()
        if at_first and progress.findings is not None and progress.findings.first is not None:
            self.rows.move_to(progress.findings.first.member.number)
        if came or told:
            self.show_reason(keep_scroll=True)
        self.repaint_lines()
        return _TICK_SECONDS

    def _take(self) -> None:
        """Takes note of who differs by now, and, once that is known, for whose cause."""
        found = self.progress.findings
        each = {number: self.replay.found(number) for number in self._depths}
        self._longest_module = longest_module([compared for compared in each.values() if compared is not None])
        self._differing = frozenset(number for number, compared in each.items() if compared and compared.differs)
        self._same = {} if found is None else dict(found.same_causes())
        self._consequences = Consequences.of(found)
        if self._only_differing:
            self._show_rows()

    def _show_rows(self) -> None:
        shown = self._differing | self._consequences.coming.keys() if self._only_differing else self._depths.keys()
        chosen = named(self._members.values(), self.named)
        self.rows.show_numbers([each for each in self._depths if each in shown and each in chosen])

    def show_named(self, text: str) -> int:
        """Shows only the actors that a text names, all for none; returns how many rows that are."""
        self.named = text.strip()
        self._show_rows()
        self.repaint_lines()
        return len(self.rows.numbers)

    # What is looked at

    @property
    def member(self) -> Member | None:
        """Who is under the cursor."""
        return None if self.rows.cursor is None else self._members[self.rows.cursor]

    def standing(self, number: int) -> Standing:
        """A member as it stands."""
        progress = self.progress
        runs = progress.stage is Stage.REPLAYING and progress.member == number
        first = None if progress.findings is None else progress.findings.first
        return Standing(
            self._members[number],
            self._depths[number],
            self.replay.found(number),
            (progress.calls, progress.of) if runs else None,
            is_first=first is not None and first.member.number == number,
            same_as=self._same.get(number),
            coming=self._consequences.coming.get(number, ()),
        )

    def show_reason(self, *, keep_scroll: bool = False) -> None:
        """Shows what is said of the member under the cursor."""
        number = self.rows.cursor
        going = self._consequences.going.get(-1 if number is None else number, ())
        standing = None if number is None else self.standing(number)
        width = self.reason.width if self.reason.wrap else 1 << 20
        self.reason.show(reason_lines(standing, self.progress, going, self._members, width), keep_scroll=keep_scroll)

    def go_to(self, number: int) -> None:
        """Puts the cursor on a member, whose row is shown for that."""
        if number not in self.rows.numbers:
            self.show_named("")
        self.rows.move_to(number)

    def next_differing(self, step: int, beside: int | None) -> int | None:
        """The next member that differs, below the row of another or above it."""
        numbers = list(self.rows.numbers)
        at = numbers.index(beside) if beside in numbers else -1
        ahead = numbers[at + 1 :] if step > 0 else numbers[:at][::-1]
        return next((number for number in ahead if number in self._differing), None)

    def brought_by(self, number: int) -> int | None:
        """Who brought a member's consequence about, or has the same cause, else whom its own differences reach."""
        came, goes = self._consequences.coming.get(number, ()), self._consequences.going.get(number, ())
        return came[0].source if came else self._same.get(number, goes[0].target if goes else None)

    def toggle_only_differing(self) -> bool:
        """Shows only who differs or is reached by what does, or all of them again; returns which."""
        touched = self._differing | self._consequences.coming.keys()
        self._only_differing = not self._only_differing and bool(touched)
        self._show_rows()
        return self._only_differing

    def on_member_rows_moved(self) -> None:
        """Tells of the member moved to."""
        self.show_reason()
        self.repaint_lines()

    async def on_member_rows_chosen(self) -> None:
        """Shows the replay of a member that was clicked twice."""
        await self.act(ActionId.DETAILS)

    def on_resize(self) -> None:
        """Breaks the lines for the new width."""
        self.call_after_refresh(self.show_reason, keep_scroll=True)

    # Lines

    @property
    def lines(self) -> Sequence[TextLine]:
        """Status, the head of what is said of a member, footer."""
        return (self._status, self.pane.title, self.footer)

    @property
    def room(self) -> int:
        """What the head of what is said of a member leaves."""
        return self.size.width - cell_len(self._named)

    @property
    def _named(self) -> str:
        member = self.member
        return "" if member is None else f" why: {member.number} {member.name} "

    def without_meaning(self, action: Action) -> str:
        """That the action has none."""
        return f"{action.label} does nothing where a family is replayed: enter shows the replay of an actor"

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """The keys for what the screen shows, help first and the palette last."""
        chosen = [(ActionId.HELP, "help")]
        if self.in_reason:
            chosen += [(ActionId.PANE_NEXT, "to the actors"), (ActionId.BACK, "back")]
            return [*chosen, (ActionId.WRAP, "cut" if self.reason.wrap else "wrap"), (ActionId.PALETTE, "commands")]
        if self.named:
            chosen.append((ActionId.BACK, "all actors"))
        if not self.progress.over:
            chosen.append((ActionId.CALL_INTERRUPT, "stop"))
        chosen.append((ActionId.DETAILS, "its replay"))
        if self._differing:
            chosen += [(ActionId.DIFF_NEXT, "next difference")]
            if self._explained:
                chosen.append((ActionId.EXPLAIN, "meaning"))
            chosen += [(ActionId.DIFF_ONLY, "all actors" if self._only_differing else "only differences")]
        if self.rows.cursor is not None and self.brought_by(self.rows.cursor) is not None:
            number = self.rows.cursor
            whose = bool(self._consequences.coming.get(number)) or number in self._same
            chosen.append((ActionId.LINK, "whose cause" if whose else "whom"))
        chosen.append((ActionId.PANE_NEXT, "why"))
        return [*chosen[: MOST_KEYS - 1], (ActionId.PALETTE, "commands")]

    @property
    def _explained(self) -> bool:
        """Whether there is a cause of the one under the cursor."""
        compared = None if self.rows.cursor is None else self.replay.found(self.rows.cursor)
        return compared is not None and compared.explanation is not None and bool(compared.explanation.causes)

    def _row(self, number: int, width: int) -> Line:
        found = self.progress.findings
        marks_first = found is not None and found.first is not None
        cells = module_cells(self._longest_module, width)
        return member_row(self.standing(number), self._members, width, marks_first=marks_first, module=cells)

    def _status_line(self, width: int) -> Line:
        count, differing = len(self._members), len(self._differing)
        line = family_status(self.replay.name, self.progress, count, max(0, self._replayed), differing, width)
        return [*line, (f"  / {visible(self.named)}: {len(self.rows.numbers):,}", "key")] if self.named else line

    def _title_line(self, width: int) -> Line:
        return [(" ", "text"), (visible(self._named), "here" if self.in_reason else "title"), *self.notice.line]

    # Keys that move

    def _moves(self) -> Handlers:
        rows, reason = self.rows, self.reason

        def either(move: Callable[[], int], scroll: Callable[[], int]) -> Handler:
            return lambda: reason.scroll_lines(scroll()) if self.in_reason else rows.step(move())

        def page() -> int:
            return max(1, reason.size.height - 1)

        everything = 1 << 40
        return {
            ActionId.CURSOR_DOWN: either(lambda: 1, lambda: 1),
            ActionId.CURSOR_UP: either(lambda: -1, lambda: -1),
            ActionId.PAGE_DOWN: either(lambda: rows.page, page),
            ActionId.PAGE_UP: either(lambda: -rows.page, lambda: -page()),
            ActionId.HALF_DOWN: either(lambda: max(1, rows.page // 2), lambda: max(1, page() // 2)),
            ActionId.HALF_UP: either(lambda: -max(1, rows.page // 2), lambda: -max(1, page() // 2)),
            ActionId.TOP: lambda: reason.to_top() if self.in_reason else rows.step(-everything),
            ActionId.END: lambda: reason.to_end() if self.in_reason else rows.step(everything),
            ActionId.FOLD_OPEN: lambda: reason.scroll_cells(_SIDEWAYS),
            ActionId.FOLD_CLOSE: lambda: reason.scroll_cells(-_SIDEWAYS),
        }
