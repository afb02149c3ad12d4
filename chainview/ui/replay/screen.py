"""The screen of a replay: recorded and now beside each other, and below them why they differ."""

from __future__ import annotations

from collections.abc import Callable

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.screen import Screen

from chainview.chain.files.entries.note import Note
from chainview.chain.table import EventTable
from chainview.ui.lines.line import Line, plain
from chainview.ui.replay.actions import ReplayKeys
from chainview.ui.replay.copy_actions import ReplayTaking
from chainview.ui.replay.find_actions import ReplayLooking
from chainview.ui.replay.pair_panes import PairPanes
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.pairs import Pairs, Sides
from chainview.ui.replay.pane import DETAILS, STACKS, TABS_WIDTH, ReplayPane
from chainview.ui.replay.replay_lines import replay_status
from chainview.ui.widgets.footer import keys_line
from chainview.ui.widgets.keys import BY_ID, ActionId, Handlers, KeyMap, Scope
from chainview.ui.widgets.notice import Notice, Severity
from chainview.ui.widgets.prompt import Mode, Prompt
from chainview.ui.widgets.slices import Slices
from chainview.ui.widgets.text_line import TextLine
from chainview.workbench.replay_thread import Progress, WatchedReplay

_TICK_SECONDS = 0.1
_MORE_SECONDS = 0.005
_WORK_SECONDS = 0.02
_MOST_A_TICK = 20_000
_APP_ACTIONS = (
    ActionId.HELP,
    ActionId.PALETTE,
    ActionId.THEME,
    ActionId.SCREENSHOT,
    ActionId.SUSPEND,
    ActionId.QUIT,
)


class ReplayScreen(Screen[None], inherit_bindings=False):
    """Shows a replay while it runs and once it is explained; with `returns` esc closes it and goes back."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    def __init__(self, keymap: KeyMap, replay: WatchedReplay, app_handlers: Handlers, *, returns: bool = False) -> None:
        super().__init__()
        self.keymap = keymap
        self.scope = Scope.REPLAY
        self.replay = replay
        self.returns = returns
        self.ticking = True
        """Tests tick by hand."""
        self.slices = Slices()
        self.line_says: Callable[[int], Line] = lambda width: []
        self.searching: Callable[[], bool] = lambda: False
        self.search_moved: Callable[[bool, bool], None] = lambda found, wrapped: None
        self.panes = PairPanes(self._rows_changed, id="panes")
        self.pane = ReplayPane(self.panes, lambda: self.progress, self._beside_tabs)
        self.notice = Notice(self, self.pane.title.update)
        self.looking = ReplayLooking(self, self.panes)
        self.prompt = Prompt(id="prompt")
        self._now = EventTable()
        self._shown: object = None
        self.progress: Progress = replay.progress
        """How far the replay was at the last tick: all that is shown and done goes by this."""
        self._told_of: Progress | None = None
        self._status = TextLine(lambda width: replay_status(replay.name, self.progress, width), id="status")
        self._footer = TextLine(self._footer_line, id="footer")
        self._keys = ReplayKeys(self)
        self.handlers: Handlers = {
            **{name: app_handlers[name] for name in _APP_ACTIONS if name in app_handlers},
            **self._keys.handlers(),
            **self.looking.handlers(),
            **ReplayTaking(self, self.say, self.panes).handlers(),
        }

    def compose(self) -> ComposeResult:
        """Status, the trees, the pane below them, the prompt, the footer."""
        yield self._status
        yield self.panes
        yield self.pane
        yield self.prompt
        yield self._footer

    @property
    def chain_tree(self) -> PairTree:
        """The tree that the keys move."""
        return self.panes.active

    def on_mount(self) -> None:
        """Begins to look at the replay."""
        self._tick_on()

    def _tick_on(self) -> None:
        if self.ticking:
            self.tick()
            self.set_timer(_MORE_SECONDS if self.slices else _TICK_SECONDS, self._tick_on)

    # What the replay brings

    def tick(self) -> None:
        """Shows what has come since the last look."""
        replay, progress = self.replay, self.replay.progress
        self.progress = progress
        begun = replay.begun
        if begun is not None and self._shown is None:
            self._shown = begun
            self.panes.show(Pairs.in_step(len(begun.table)), Sides(begun.table, self._now, known=0))
        if replay.made is not None and progress.explanation is None and self._shown is begun:
            self._take(_MOST_A_TICK)
            first = progress.first_mismatch
            self.panes.came(len(self._now) if first is None else min(len(self._now), first))
        if progress.explanation is not None and progress.explanation is not self._shown and begun is not None:
            again = self._shown is not begun
            self._shown = progress.explanation
            while self._take(_MOST_A_TICK):
                pass
            if not again:
                known = 0 if replay.made is None else None
                self.panes.show(Pairs.of(progress.explanation), Sides(begun.table, self._now, progress.asks, known))
                if progress.explanation.first_mismatch is not None:
                    for tree in self.panes.trees:
                        self._keys.to_first_mismatch(tree)
        if progress is not self._told_of:
            self._told_of = progress
            self.pane.progressed()
        self.slices.run(_WORK_SECONDS)
        self._repaint_lines()

    def _take(self, most: int) -> int:
        made = self.replay.made
        items = [] if made is None else made.take(most)
        for item in items:
            if not isinstance(item, Note):
                self._now.append(*item)
        return len(items)

    def _rows_changed(self) -> None:
        """Goes on in trees that show something else now."""
        self.looking.again()
        self.pane.title.update()

    def _repaint_lines(self) -> None:
        for line in (self._status, self.panes.head, self.pane.title, self._footer):
            line.update()

    def _beside_tabs(self) -> Line:
        return [*self.looking.sought(), *self._left_out(), *self.notice.line]

    def _left_out(self) -> Line:
        tree = self.panes.active
        if not tree.only_differences:
            return []
        return [("only differences  ", "text"), (f"{tree.different:,} of {len(tree.pairs.pairs):,} rows   ", "warn")]

    def on_chain_tree_cursor_moved(self) -> None:
        """Shows the events moved to."""
        if self.pane.text == DETAILS:
            self.pane.show()
        self._repaint_lines()

    def on_chain_tree_activated(self) -> None:
        """Shows an event that was clicked twice."""
        self.pane.text = DETAILS
        self.pane.show()

    def on_chain_tree_search_moved(self, event: PairTree.SearchMoved) -> None:
        """Tells when there was nothing to find."""
        self.search_moved(event.index is not None, event.wrapped)

    def on_unmount(self) -> None:
        """Ends a replay that nobody looks at any more."""
        if self.returns:
            self.replay.close()

    # Keys

    async def on_key(self, event: events.Key) -> None:
        """Does what the key table says, unless the prompt has the keys."""
        if self.prompt.takes(event):
            return
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self.keymap.action_for(typed, event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.act(action.id)

    async def act(self, action_id: ActionId) -> None:
        """Does an action, or says that it has no meaning here."""
        handler = self.handlers.get(action_id)
        if handler is None:
            self.say(f"{BY_ID[action_id].label} does nothing on the replay screen", "warning")
            return
        waiting = handler()
        if waiting is not None:
            await waiting
        self._repaint_lines()

    def ask(self, mode: Mode, text: str = "") -> None:
        """Opens the prompt."""
        self.prompt.open(mode, text)

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message for some seconds."""
        self.notice.say(text, severity, self.size.width - TABS_WIDTH - cell_len(plain(self.looking.sought())))

    async def on_text_line_clicked(self, event: TextLine.Clicked) -> None:
        """A key in the footer or a word in the lines above was clicked."""
        event.stop()
        await self.act(event.action_id)

    def _footer_line(self, width: int) -> Line:
        chosen = [(ActionId.HELP, "help"), *self._ways_back()]
        chosen += self._useful_in_pane() if self.pane.active else self._useful()
        line, self._footer.words = keys_line([*chosen, (ActionId.PALETTE, "commands")], self.keymap, width)
        return line

    def _useful_in_pane(self) -> list[tuple[ActionId, str]]:
        zoom = "give the screen back" if self.pane.zoomed else "whole screen"
        return [
            (ActionId.PANE_NEXT, "to the events"),
            (ActionId.DETAILS_ZOOM, zoom),
            (ActionId.WRAP, "cut" if self.pane.view.wrap else "wrap"),
        ]

    def _ways_back(self) -> list[tuple[ActionId, str]]:
        if self.searching() and not self.pane.active:
            return [(ActionId.FIND_NEXT, "next hit"), (ActionId.FIND_PREV, "previous"), (ActionId.BACK, "end search")]
        return [(ActionId.BACK, "back")] if self.returns or self.pane.active else []

    def _useful(self) -> list[tuple[ActionId, str]]:
        """The keys that are of use now, the most useful first."""
        explanation, panes, searching = self.progress.explanation, self.panes, self.searching()
        chosen: list[tuple[ActionId, str]] = []
        if not panes.linked:
            chosen += [(ActionId.SYNC, "link"), (ActionId.PANE_NEXT, "other side")]
        if explanation is not None and explanation.first_mismatch is not None:
            chosen.append((ActionId.DIFF_NEXT, "next difference"))
            if panes.linked or not searching:
                chosen.append(
                    (ActionId.DIFF_ONLY, "all events" if panes.active.only_differences else "only differences")
                )
        else:
            chosen.append((ActionId.FOLD_TOGGLE, "fold"))
        if searching:
            return chosen
        chosen += [(ActionId.FIND, "find"), (ActionId.DETAILS, "why" if self.pane.text == DETAILS else "details")]
        if explanation is not None and explanation.first_mismatch is not None:
            chosen.append((ActionId.STACKS, "why" if self.pane.text == STACKS else "stacks"))
            chosen += [(ActionId.ACCEPT, "accept")] if explanation.causes else []
        if panes.wide and panes.linked:
            chosen.append((ActionId.SYNC, "unlink"))
        return chosen
