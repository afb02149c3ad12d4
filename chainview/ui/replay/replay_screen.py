"""The screen of a replay: recorded and now beside each other, and below them why they differ."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.message import Message

from chainview.chain.files.entries.entry import Note
from chainview.chain.table import EventTable
from chainview.replay.align.alignment import Alignment
from chainview.replay.explain.explanation import Explanation
from chainview.replay.judge.causes import Label
from chainview.system.errors import ChainviewError
from chainview.ui.find.frames import FrameActions, Stacks
from chainview.ui.find.place_actions import PlaceActions
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.lines.line import Line, plain
from chainview.ui.replay.accepting import AcceptActions
from chainview.ui.replay.pair_panes import PairPanes
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.pairs import Pairs, Sides
from chainview.ui.replay.replay_actions import CompareActions, SideCopyActions, SideGoToActions
from chainview.ui.replay.replay_lines import replay_legend, replay_status, stacks_at
from chainview.ui.replay.replay_pane import DETAILS, TABS_WIDTH, ReplayPane
from chainview.ui.replay.saving import SavingActions
from chainview.ui.replay.useful_keys import useful_keys
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import Action, ActionId, Scope
from chainview.ui.widgets.prompt import Purpose
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.module_look import ModuleLook
from chainview.workbench.replay_thread import Progress, ReplayThread

_TICK_SECONDS = 0.1
_MORE_SECONDS = 0.005
_LOOK_SECONDS = 0.5
_MOST_A_TICK = 20_000


class ReplayScreen(TreeScreen):
    """Shows a replay while it runs and once it is explained; with `returns` esc closes it and goes back."""

    pane: ReplayPane
    pane_name = "the pane below"

    class Again(Message):
        """The replay is to be run again, by the module as it is now."""

    class Unusable(Message):
        """There is no recorded event to be shown, and there never will be."""

        def __init__(self, failure: ChainviewError) -> None:
            super().__init__()
            self.failure = failure

    def __init__(
        self, keymap: KeyMap, replay: ReplayThread, *, returns: bool = False, watch: ModuleLook | None = None
    ) -> None:
        """With `watch` the replay is run again whenever the module that it looks at has changed."""
        super().__init__(keymap, Scope.REPLAY)
        self._watch = watch
        self.replay = replay
        self.returns = returns
        self.progress: Progress = replay.progress
        """How far the replay was at the last tick: all that is shown and done goes by this."""
        self.panes = PairPanes(self, replay.made_by, id="panes")
        self.pane = ReplayPane(self.panes, self)
        self._now = EventTable()
        self._shown: object = None
        self._shown_progress: Progress | None = None
        self._change = self._lost = ""
        self._is_behind = False
        """Whether it could not be run again when that was due."""
        self._looked_at = 0.0
        self._left_on: int | None = None
        """The row that the cursor was put on when both sides were laid beside each other."""
        self._only = False
        """Whether to show only what differs once that is known, as the screen before did."""
        self._status = TextLine(self._status_line, id="status")
        self._compare = CompareActions(self)
        self._places = PlaceActions(self)
        self.handlers = {
            **self.common_handlers(),
            **SideGoToActions(self).handlers(),
            **SideCopyActions(self).handlers(),
            **self._places.handlers(),
            ActionId.REPLAY: self._run_again,
            **FrameActions(self, self.stacks).handlers(),
            **self._compare.handlers(),
            **AcceptActions(self).handlers(),
            **SavingActions(self).handlers(),
        }

    def compose(self) -> ComposeResult:
        """Status, the trees, the pane below them, the prompt, the footer."""
        yield self._status
        yield self.panes
        yield self.pane
        yield self.prompt
        yield self.footer

    @property
    def chain_tree(self) -> PairTree:
        """The tree that the keys move."""
        return self.panes.active

    @property
    def trees(self) -> Sequence[PairTree]:
        """Both sides where they move apart."""
        return self.panes.trees

    def on_mount(self) -> None:
        """Begins to look at the replay."""
        self.tick_on()

    def _status_line(self, width: int) -> Line:
        amiss = [self._change] if self._change else []
        if self._lost:
            amiss.append("there is no module now")
        elif self._is_behind:
            amiss.append("can't be replayed again")
        return replay_status(self.replay.name, self.progress, width, *amiss)

    def _run_again(self) -> None:
        if self.returns:
            key = self.keymap.key(ActionId.BACK)
            self.say(f"{key} goes back, and {self.keymap.key(ActionId.REPLAY)} replays what was recorded by then")
        else:
            self.post_message(self.Again())

    def continue_from(self, before: ReplayScreen) -> None:
        """Shows a replay in the place of the one before, with its text, search and filter."""
        self.pane.text = before.pane.text
        self._only = before.panes.active.only_differences
        if isinstance(self._shown, Alignment | Explanation):
            self._show_only()
        self.find_actions.take_over(before.find_actions)
        explained = before.progress.explanation
        compared = explained is not None and explained.command == "diff"
        self.say(
            f"it is {'compared again, as the chains are' if compared else 'replayed again, by the module as it is'} now"
        )

    def stay(self, failure: ChainviewError) -> None:
        """Goes on showing its replay, as it can't be run again."""
        # Where nothing was replayed yet, nothing is older than the module.
        self._is_behind = self.progress.failure is None
        kept = "; what was replayed before is still shown" if self._is_behind else ""
        self.say(f"{failure.sentence}{kept}", "error")

    # What the replay brings

    def tick(self) -> float:
        """Shows what has come since the last look; returns in how many seconds to look again."""
        replay, progress = self.replay, self.replay.progress
        self.progress = progress
        now = time.monotonic()
        if now - self._looked_at >= _LOOK_SECONDS:
            self._looked_at, self._change = now, replay.change
            if self._watch is not None:
                self._look_at_module(self._watch)
        recorded = replay.recorded
        if recorded is not None and self._shown is None:
            self._shown = recorded
            self.panes.show(Pairs.in_step(len(recorded)), Sides(recorded, self._now, known=0))
        if recorded is not None and progress.explanation is not None:
            self._show_explained(recorded, progress.explanation)
        elif recorded is not None and progress.rows is not None:
            self._show_laid_out(recorded, progress.rows)
        elif replay.made is not None and self._shown is recorded:
            self._take(_MOST_A_TICK)
            ends = [end for end in (progress.first_mismatch, progress.stopped_at) if end is not None]
            self.panes.came(min([len(self._now), *ends]))
        if progress is not self._shown_progress:
            self._shown_progress = progress
            self.pane.progressed()
            if progress.failure is not None:
                self._show_failed(progress.failure)
        self.work_on()
        self.repaint_lines()
        return _MORE_SECONDS if self.slices else _TICK_SECONDS

    def _look_at_module(self, watch: ModuleLook) -> None:
        """Has the replay run again where the module is another one, and says once where there is none any more."""
        if watch.has_changed():
            self.post_message(self.Again())
        lost, self._lost = self._lost, watch.lost
        if self._lost and self._lost != lost:
            self.say(f"{self._lost}; what was replayed before is still shown", "error")

    def _show_laid_out(self, recorded: EventTable, rows: Alignment) -> None:
        """Shows both sides as they stand beside each other, while why they differ is still being found out."""
        if self._shown is not recorded:
            return
        self._shown = rows
        self._take_all()
        first = self.progress.first_mismatch or 0
        self.panes.show(Pairs.untold(rows, first), Sides(recorded, self._now, self.progress.asks))
        self._show_only()
        self._to_first_mismatch()
        self._left_on = self.panes.row

    def _show_explained(self, recorded: EventTable, explanation: Explanation) -> None:
        """Says of each row what is known of it, and puts the rows in their places where they are not yet."""
        if self._shown is explanation:
            return
        before, self._shown = self._shown, explanation
        self._take_all()
        laid_out = before is not recorded and self.panes.active.aligned.are_of(explanation)
        if laid_out:
            self.panes.relabel(explanation.labels)
            self._show_only()
        elif not isinstance(before, Explanation):
            replay = self.replay
            known = 0 if replay.made is None and replay.now is None else None
            self._now = replay.now or self._now
            self.panes.show(Pairs.of(explanation), Sides(recorded, self._now, self.progress.asks, known))
            self._show_only()
        if not isinstance(before, Explanation) and not (laid_out and self.panes.row != self._left_on):
            self._to_first_mismatch()

    def _to_first_mismatch(self) -> None:
        explanation = self.progress.explanation
        if explanation is None or explanation.first_mismatch is not None:
            for tree in self.panes.trees:
                self._compare.to_first_mismatch(tree)

    def _show_failed(self, failure: ChainviewError) -> None:
        """Leaves a screen on which there is nothing to be seen, nor to be waited for."""
        if self.replay.recorded:
            return
        self.panes.say_nothing_comes("there is nothing to be shown beside each other")
        if not self.returns and self._watch is None:
            self.post_message(self.Unusable(failure))

    def _show_only(self) -> None:
        wanted, self._only = self._only, False
        if wanted and not self.panes.active.only_differences:
            self.panes.toggle_only_differences()

    def _take_all(self) -> None:
        while self._take(_MOST_A_TICK):
            pass

    def _take(self, most: int) -> int:
        made = self.replay.made
        items = [] if made is None else made.take(most)
        for item in items:
            if not isinstance(item, Note):
                self._now.append(*item)
        return len(items)

    def rows_changed(self) -> None:
        """Goes on in trees that show something else now."""
        self.find_actions.go_on()
        self.pane.title.update()

    def beside_tabs(self) -> Line:
        """What is searched for and filtered by, what is left out, and a message."""
        return [*self._sought(), *self._left_out(), *self.notice.line]

    def _sought(self) -> Line:
        return self.find_actions.sought().line(self.size.width - TABS_WIDTH)

    def stacks(self) -> Stacks:
        """Those of the cause under the cursor, the stack of now first: its module is the one at hand."""
        explanation = self.progress.explanation
        if explanation is None or explanation.first_mismatch is None:
            return []
        recorded, now = stacks_at(explanation, self.panes.row)
        return [("now", now), ("recorded", recorded)]

    def _left_out(self) -> Line:
        tree = self.panes.active
        if not tree.only_differences:
            return []
        line: Line = [("only differences  ", "text"), (f"{tree.different:,} of {len(tree.pairs):,} rows", "warn")]
        accepted = tree.pairs.labels.count(Label.ACCEPTED)
        return [*line, (f", {accepted:,} accepted" if accepted else "", "good"), ("   ", "text")]

    def on_chain_tree_cursor_moved(self) -> None:
        """Shows the events moved to."""
        self._places.moved()
        self.pane.show()
        self.repaint_lines()

    def on_chain_tree_activated(self) -> None:
        """Shows an event that was clicked twice."""
        self.pane.text = DETAILS
        self.pane.show()

    def ask_about_row(self, purpose: Purpose) -> None:
        """Opens the prompt for what is on the row under the cursor, which stays there: the mouse moves nothing."""
        self.panes.disabled = True
        self.ask(purpose)

    def on_prompt_closed(self) -> None:
        """The mouse moves in the rows again."""
        self.panes.disabled = False
        super().on_prompt_closed()

    def on_value_view_clicked(self) -> None:
        """Gives the keys to the pane, where it was clicked."""
        self._compare.give_keys(to_pane=True)

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Gives the keys to the rows, where those were clicked."""
        if isinstance(event.widget, PairTree) and self.pane.active:
            self._compare.give_keys(to_pane=False)

    def on_unmount(self) -> None:
        """Ends a replay that nobody looks at any more."""
        if self.returns:
            self.replay.close()

    def beyond(self, step: int) -> bool:
        """Goes on to what differs beyond the last difference, or the first; whether there is anything."""
        return False

    # Lines

    def legend(self) -> Sequence[Line]:
        """What the marks on the screen mean."""
        return replay_legend()

    @property
    def lines(self) -> Sequence[TextLine]:
        """Status, the heads of the trees and of the pane, footer."""
        return (self._status, self.panes.head, self.pane.title, self.footer)

    @property
    def room(self) -> int:
        """What the tabs of the pane and a search leave."""
        return self.size.width - TABS_WIDTH - cell_len(plain(self._sought()))

    def without_meaning(self, action: Action) -> str:
        """Where the action has one."""
        return self.keymap.elsewhere(action, self.scope, returns=self.returns)

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """The keys for what the screen shows."""
        return useful_keys(self)
