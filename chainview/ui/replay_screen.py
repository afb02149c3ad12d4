"""The screen of a replay: recorded and now beside each other, and below them why they differ."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Literal

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import Screen

from chainview.chain.native_entry import Note
from chainview.chain.table import EventTable
from chainview.errors import ChainviewError
from chainview.replay.causes import Label
from chainview.replay.explanation import Finding
from chainview.replay.side import NONE
from chainview.replay.watched import Progress, WatchedReplay
from chainview.ui.footer import keys_line
from chainview.ui.keys import BY_ID, KeyMap, Scope
from chainview.ui.line_view import LineView
from chainview.ui.lines import LazyLines, Line
from chainview.ui.pair_painter import Sides
from chainview.ui.pair_tree import PairTree
from chainview.ui.pairs import Pairs
from chainview.ui.replay_lines import pair_blocks, replay_status, stack_lines, why_lines
from chainview.ui.text_line import TextLine

_TICK_SECONDS = 0.1
_MOST_A_TICK = 20_000
WHY, DETAILS, STACKS = "why", "details", "stacks"
_APP_ACTIONS = ("help", "palette", "theme", "screenshot", "suspend", "quit")

Handler = Callable[[], Awaitable[None] | None]


class ReplayScreen(Screen[None], inherit_bindings=False):
    """Shows a replay while it runs and once it is explained; with `returns` esc closes it and goes back."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    def __init__(
        self, keymap: KeyMap, replay: WatchedReplay, app_handlers: Mapping[str, Handler], *, returns: bool = False
    ) -> None:
        super().__init__()
        self.keymap = keymap
        self.scope = Scope.REPLAY
        self.replay = replay
        self.returns = returns
        self.pane = WHY
        self.ticking = True
        """Tests tick by hand."""
        self.pair_tree = PairTree(id="pairs")
        self.view = LineView(id="why-view")
        self._in_pane = False
        self._now = EventTable()
        self._shown: object = None
        self._progress: Progress | None = None
        self._status = TextLine(lambda width: replay_status(replay.name, replay.progress, width), id="status")
        self._title = TextLine(self._title_line, id="why-title")
        self._footer = TextLine(self._footer_line, id="footer")
        self.handlers: Mapping[str, Handler] = {
            **{name: app_handlers[name] for name in _APP_ACTIONS if name in app_handlers},
            **self._own_handlers(),
        }

    def compose(self) -> ComposeResult:
        """Status, the trees, the pane below them, the footer."""
        yield self._status
        yield self.pair_tree
        yield Vertical(self._title, self.view, id="why")
        yield self._footer

    def on_mount(self) -> None:
        """Begins to look at the replay."""
        self._tick_on()

    def _tick_on(self) -> None:
        if self.ticking:
            self.tick()
            self.set_timer(_TICK_SECONDS, self._tick_on)

    # What the replay brings

    def tick(self) -> None:
        """Shows what has come since the last look."""
        replay, progress = self.replay, self.replay.progress
        begun = replay.begun
        if begun is not None and self._shown is None:
            self._shown = begun
            self.pair_tree.show(Pairs.in_step(len(begun.table)), Sides(begun.table, self._now, known=0))
        if replay.made is not None and progress.told is None:
            self._take(_MOST_A_TICK)
            first = progress.first_mismatch
            self.pair_tree.came(len(self._now) if first is None else min(len(self._now), first))
        if progress.told is not None and progress.told is not self._shown and begun is not None:
            again = self._shown is not begun
            self._shown = progress.told
            while self._take(_MOST_A_TICK):
                pass
            if not again:
                known = 0 if replay.made is None else None
                self.pair_tree.show(Pairs.of(progress.told), Sides(begun.table, self._now, progress.asks, known))
                if progress.told.first_mismatch is not None:
                    self._first_mismatch()
        if progress is not self._progress:
            self._progress = progress
            self._show_pane(keep_scroll=True)
        self._repaint_lines()

    def _take(self, most: int) -> int:
        made = self.replay.made
        items = [] if made is None else made.take(most)
        for item in items:
            if not isinstance(item, Note):
                self._now.append(*item)
        return len(items)

    def _repaint_lines(self) -> None:
        self._status.update()
        self._title.update()
        self._footer.update()

    # The pane below

    def _show_pane(self, *, keep_scroll: bool = False) -> None:
        width = self.view.width
        if self.pane == DETAILS:
            recorded, now = self.pair_tree.pair
            blocks = pair_blocks(self.pair_tree.sides, recorded, now, width, wrap=True)
            self.view.show(LazyLines(blocks), keep_scroll=keep_scroll)
        elif self.pane == STACKS:
            self.view.show(stack_lines(self.replay.progress, width), keep_scroll=keep_scroll)
        else:
            self.view.show(why_lines(self.replay.progress, width), keep_scroll=keep_scroll)

    def _title_line(self, width: int) -> Line:
        line: Line = [(" ", "text")]
        for pane in (WHY, DETAILS, STACKS):
            role = "dim" if pane != self.pane else "here" if self._in_pane else "tab"
            line += [(f" {pane} ", role), (" ", "text")]
        recorded, now = self.pair_tree.pair
        if recorded != NONE or now != NONE:
            of_recorded = "–" if recorded == NONE else f"{recorded + 1:,}"
            line += [("  recorded ", "dim"), (of_recorded, "text"), ("  now ", "dim")]
            line += [(f"{now + 1:,}" if now >= 0 else "–", "text")]
        self._title.words = {" why ": "back", " details ": "details", " stacks ": "stacks"}
        return line

    def _choose(self, pane: str) -> None:
        self.pane = WHY if self.pane == pane else pane
        self._show_pane()

    def on_chain_tree_cursor_moved(self) -> None:
        """Shows the events moved to."""
        if self.pane == DETAILS:
            self._show_pane()
        self._title.update()

    def on_chain_tree_activated(self) -> None:
        """Shows an event that was clicked twice."""
        self.pane = DETAILS
        self._show_pane()

    def on_resize(self) -> None:
        """Breaks the lines for the new width."""
        self.call_after_refresh(self._show_pane)

    # Keys

    def _own_handlers(self) -> dict[str, Handler]:
        tree, view = self.pair_tree, self.view

        def either(in_tree: Handler, in_pane: Handler) -> Handler:
            return lambda: in_pane() if self._in_pane else in_tree()

        def page(part: float) -> int:
            return max(1, int((view.size.height - 1) * part))

        return {
            "cursor.down": either(tree.cursor_down, lambda: view.scroll_lines(1)),
            "cursor.up": either(tree.cursor_up, lambda: view.scroll_lines(-1)),
            "page.down": either(tree.page_down, lambda: view.scroll_lines(page(1))),
            "page.up": either(tree.page_up, lambda: view.scroll_lines(-page(1))),
            "half.down": either(tree.half_page_down, lambda: view.scroll_lines(page(0.5))),
            "half.up": either(tree.half_page_up, lambda: view.scroll_lines(-page(0.5))),
            "top": either(tree.to_top, view.to_top),
            "end": either(tree.to_end, view.to_end),
            "fold.toggle": tree.toggle_fold,
            "fold.open": tree.open_or_child,
            "fold.close": tree.close_or_parent,
            "fold.none": tree.unfold_all,
            "fold.all": tree.fold_all,
            "sibling.next": tree.next_sibling,
            "sibling.prev": tree.previous_sibling,
            "diff.first": self._first_mismatch,
            "diff.next": lambda: self._difference(1),
            "diff.prev": lambda: self._difference(-1),
            "diff.only": self._only_differences,
            "stacks": lambda: self._choose(STACKS),
            "details": lambda: self._choose(DETAILS),
            "pane.next": self._next_pane,
            "accept": self._accept,
            "back": self._back,
        }

    def _next_pane(self) -> None:
        self._in_pane = not self._in_pane

    def _first_mismatch(self) -> None:
        told, progress = self.replay.progress.told, self.replay.progress
        if told is not None and told.first_mismatch is not None:
            self.pair_tree.to_cause(told.first_mismatch)
        elif progress.first_mismatch is not None and progress.first_mismatch < len(self.pair_tree.table):
            self.pair_tree.move_to(progress.first_mismatch, centre=True)
        elif told is not None:
            self.say("nothing differs")

    def _difference(self, step: int) -> None:
        labels = self.pair_tree.aligned.labels
        rows = [row for row in self.pair_tree.aligned.differing() if labels[row] == Label.CAUSE]
        if not self.pair_tree.to_difference(rows, step):
            self.say("there is none further " + ("down" if step > 0 else "up") if rows else "nothing differs")

    def _only_differences(self) -> None:
        before = self.pair_tree.only_differences
        if not self.pair_tree.toggle_only_differences() and not before:
            self.say("nothing differs")

    def _accept(self) -> None:
        told = self.replay.progress.told
        cause = None if told is None else self._cause_here(told.causes)
        if cause is None:
            self.say("there is no difference left to accept", "warning")
            return
        try:
            path = self.replay.accept(cause)
        except ChainviewError as error:
            self.say(error.sentence, "error")
        else:
            self.say(f"{cause.code} in {cause.function} is accepted from now on: {path}")

    def _cause_here(self, causes: tuple[Finding, ...]) -> Finding | None:
        """The cause that shows under the cursor, else the first one."""
        cursor = self.pair_tree.cursor
        row = None if cursor is None else self.pair_tree.pairs.pairs[cursor]
        return next((cause for cause in causes if row in cause.rows), next(iter(causes), None))

    def _back(self) -> None:
        """One level: the pane, its text, only differences, then the screen before."""
        if self._in_pane:
            self._in_pane = False
        elif self.pane != WHY:
            self._choose(WHY)
        elif self.pair_tree.only_differences:
            self.pair_tree.toggle_only_differences()
        elif self.returns:
            self.dismiss(None)

    def on_unmount(self) -> None:
        """Ends a replay that nobody looks at any more."""
        if self.returns:
            self.replay.close()

    async def on_key(self, event: events.Key) -> None:
        """Does what the key table says."""
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self.keymap.action_for(typed, event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.act(action.id)

    async def act(self, action_id: str) -> None:
        """Does an action, or says that it has no meaning here."""
        handler = self.handlers.get(action_id)
        if handler is None:
            self.say(f"{BY_ID[action_id].label} has no meaning while a replay is looked at", "warning")
            return
        waiting = handler()
        if waiting is not None:
            await waiting
        self._repaint_lines()

    def say(self, text: str, severity: Literal["information", "warning", "error"] = "information") -> None:
        """A toast; what is in it is never read as markup."""
        self.app.notify(text, severity=severity, markup=False, timeout=8 if severity == "error" else 4)

    async def on_text_line_clicked(self, event: TextLine.Clicked) -> None:
        """A key in the footer was clicked."""
        event.stop()
        await self.act(event.action_id)

    def _footer_line(self, width: int) -> Line:
        told = self.replay.progress.told
        chosen = [("help", "help")]
        if told is not None and told.first_mismatch is not None:
            chosen += [("diff.next", "next difference"), ("diff.first", "first mismatch")]
            chosen.append(("diff.only", "all events" if self.pair_tree.only_differences else "only differences"))
            chosen.append(("details", "why" if self.pane == DETAILS else "details"))
            chosen.append(("stacks", "why" if self.pane == STACKS else "stacks"))
            if told.causes:
                chosen.append(("accept", "accept"))
        else:
            chosen.append(("fold.toggle", "fold"))
        if self.returns:
            chosen.insert(1, ("back", "back"))
        line, self._footer.words = keys_line([*chosen, ("palette", "commands")], self.keymap, width)
        return line
