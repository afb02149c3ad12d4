"""A screen whose keys stand in the key table: keys, clicks, the prompt, messages, and what is done between frames."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rich.cells import cell_len
from textual import events
from textual.await_complete import AwaitComplete
from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider
from textual.message import Message
from textual.screen import Screen
from textual.timer import Timer

from chainview.system.clock import wall_moment
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import write_whole
from chainview.system.wording import visible
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.widgets.footer import keys_line, typing_line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_table import ACTIONS, BY_ID, MOVE, TREE
from chainview.ui.widgets.keys import Action, ActionId, Handlers, Scope
from chainview.ui.widgets.overlays import Help, MessageBox, Overlay
from chainview.ui.widgets.prompt import Prompt, Purpose
from chainview.ui.widgets.slices import Slices
from chainview.ui.widgets.text_line import LastLine, PressedKey, Severity, TextLine
from chainview.ui.widgets.themes import NAMES

_WORK_SECONDS = 0.02
_HIDDEN_SECONDS = 0.5

SECONDS: dict[Severity, float] = {"information": 4.0, "warning": 5.0, "error": 10.0}
"""How long a message stays."""
_MOST_LINES = 5
_MORE = ("…", "dim")
_PALETTE_KEYS = (("enter", "do it"), ("↑ ↓", "move"), ("esc", "close"))
_ROLES: dict[Severity, str] = {"information": "accent", "warning": "warn", "error": "bad"}


@dataclass(frozen=True, slots=True, eq=False)
class Notice:
    """A message on a screen's own lines, where it covers nothing: on one of them, or else above the last one."""

    text: str = ""
    role: str = "text"
    is_long: bool = False

    @property
    def line(self) -> Line:
        """The message with its role, where it has room on a line; else nothing."""
        return [(" ", "text"), (self.text, self.role)] if self.text and not self.is_long else []

    def lines(self, width: int) -> list[Line]:
        """The message in lines of so many cells, where one has no room for it; else nothing."""
        if not self.is_long:
            return []
        broken = wrapped([(" ", "text"), (self.text, self.role)], width - 1, 1, words=True)
        return broken if len(broken) <= _MOST_LINES else [*broken[: _MOST_LINES - 1], [*broken[_MOST_LINES - 1], _MORE]]


class KeyedScreen(Screen[None], inherit_bindings=False):
    """What the screens have in common; `handlers` tell what the keys do, by action id."""

    class MouseAskedFor(Message):
        """The mouse is to go to the terminal, or to come back from there."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False

    def __init__(self, keymap: KeyMap, scope: Scope) -> None:
        super().__init__()
        self.keymap = keymap
        self.scope = scope
        self.slices = Slices(self._tick_soon)
        self.prompt = Prompt(id="prompt")
        self.notice = Notice()
        self._waiting: list[tuple[Overlay, Callable[[str | None], None] | None]] = []
        """What is to be shown once nothing is typed any more."""
        self.ticking = True
        """Tests tick by hand."""
        self._next_tick: Timer | None = None
        self.footer = LastLine(self._footer_line, id="footer")
        self.handlers: Handlers = {}

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Closes it, once: what was typed before it was gone closes nothing that lies below."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def common_handlers(self) -> Handlers:
        """What the keys do that mean the same on every screen."""
        return {
            ActionId.HELP: lambda: self._show(Help(self.keymap, self.scope, self.legend())),
            ActionId.PALETTE: self._show_palette,
            ActionId.THEME: self._next_theme,
            ActionId.SCREENSHOT: self._save_picture,
            ActionId.SUSPEND: lambda: self.app.action_suspend_process(),
            ActionId.REDRAW: self._redraw,
            ActionId.MOUSE: self._ask_for_mouse,
            ActionId.QUIT: lambda: self.app.exit(),
        }

    # What every screen says of itself

    def legend(self) -> Sequence[Line]:
        """What the marks on the screen mean."""
        return ()

    def useful_keys(self) -> list[tuple[ActionId, str]]:
        """The actions that are of use now with what they would do, the most useful first."""
        raise NotImplementedError

    def typing_keys(self) -> Sequence[tuple[str, str]]:
        """While something is typed, the keys that type nothing, with what they do; none otherwise."""
        return () if self.prompt.purpose is None else self.prompt.purpose.keys

    @property
    def lines(self) -> Sequence[TextLine]:
        """The lines that may say something else whenever something was done."""
        raise NotImplementedError

    @property
    def room(self) -> int:
        """The cells that a message may take on the line where messages stand."""
        return self.size.width

    def without_meaning(self, action: Action) -> str:
        """Why an action does nothing here."""
        raise NotImplementedError

    def tick(self) -> float:
        """Shows what has come; returns in how many seconds to look again."""
        raise NotImplementedError

    # Ticking

    def tick_on(self) -> None:
        """Ticks from now on."""
        if self.ticking:
            shown = self in self.app.screen_stack
            self._next_tick = self.set_timer(self.tick() if shown else _HIDDEN_SECONDS, self.tick_on)

    def _tick_soon(self) -> None:
        """Begins with work at once, however long nothing was to be looked for."""
        if self.is_running:
            self.call_later(self._tick_early)

    def _tick_early(self) -> None:
        if self._next_tick is not None:
            self._next_tick.stop()
            self.tick_on()

    def on_screen_suspend(self) -> None:
        """The last line tells the keys of the box that lies over the screen now."""
        self.footer.update()

    def on_screen_resume(self) -> None:
        """Shows at once what came while another screen was in the place of this one."""
        if self.is_mounted:
            self.footer.update()
            if self.ticking:
                self.tick()

    def _compositor_refresh(self) -> None:
        super()._compositor_refresh()
        if self is not self.app.screen:
            # Textual has a screen that another one covers in part paint itself again whenever it has painted.
            self._repaint_required = False

    def work_on(self) -> None:
        """Goes on with what takes long, for a slice."""
        self.slices.run(_WORK_SECONDS)

    # Keys

    async def on_key(self, event: events.Key) -> None:
        """Does what the key table says; a key typed into a prompt that has only just opened goes there."""
        if self.prompt.takes(event):
            return
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self.keymap.action_for(typed, event.key)
        if action is not None:
            event.stop()
            event.prevent_default()
            await self.act(action.id)

    def on_paste(self, event: events.Paste) -> None:
        """Hands on what was pasted into a prompt that has only just opened; elsewhere a paste is no keys."""
        if self.prompt.purpose is not None:
            event.stop()
            self.prompt.input.hand(event)

    async def act(self, action_id: ActionId) -> None:
        """Does an action, or says why it has no meaning here."""
        handler = self.handlers.get(action_id)
        if handler is None:
            self.say(self.without_meaning(BY_ID[action_id]), "warning")
            return
        waiting = handler()
        if waiting is not None:
            await waiting
        self.repaint_lines()

    async def on_text_line_clicked(self, event: TextLine.Clicked) -> None:
        """A word that stands for an action or a key was clicked; while something is typed, going back leaves that."""
        event.stop()
        if isinstance(event.asked, PressedKey):
            self.app.simulate_key(event.asked.name)
        elif event.asked is ActionId.BACK and self.prompt.purpose is not None:
            self.prompt.leave()
        else:
            await self.act(event.asked)

    def ask(self, purpose: Purpose, text: str = "") -> None:
        """Opens the prompt; what was said before does not stay over it."""
        self.unsay()
        self.prompt.open(purpose, text)
        self.footer.update()

    def interrupt(self, overlay: Overlay, answered: Callable[[str | None], None] | None = None) -> None:
        """Shows what nobody asked for, once nothing is typed; keys meant for something else do nothing there."""
        overlay.deaf = True
        if self.prompt.purpose is None:
            self.app.push_screen(overlay, answered)
        else:
            self._waiting.append((overlay, answered))

    def withdraw(self, overlay: Overlay) -> None:
        """Takes away what was shown by `interrupt`, or was about to be."""
        self._waiting = [each for each in self._waiting if each[0] is not overlay]
        if overlay.is_current:
            overlay.dismiss(None)

    def on_prompt_closed(self) -> None:
        """The footer tells the screen's keys again, and what waited until nothing is typed is shown."""
        self.footer.update()
        waiting, self._waiting = self._waiting, []
        for overlay, answered in waiting:
            self.app.push_screen(overlay, answered)

    # Lines

    def repaint_lines(self) -> None:
        """Paints the lines again that say something else now."""
        for line in self.lines:
            line.update()

    def _footer_line(self, width: int) -> Line:
        typing = self._box_keys() or self.typing_keys()
        if typing:
            line, self.footer.words = typing_line(typing, width)
            return line
        line, self.footer.words = keys_line(self.useful_keys(), self.keymap, width)
        return line

    def _box_keys(self) -> Sequence[tuple[str, str]]:
        """The keys of the box that lies over the screen, with what they do; none where nothing does."""
        over = self.app.screen
        return over.KEYS if isinstance(over, Overlay) else _PALETTE_KEYS if isinstance(over, CommandPalette) else ()

    def say(self, text: str, severity: Severity = "information") -> None:
        """Shows a message for some seconds, on lines of its own where the screen's have no room for it."""
        text = visible(text)
        self.notice = Notice(text, _ROLES[severity], is_long=cell_len(text) + 1 > self.room)
        self.set_timer(SECONDS[severity], partial(self._end_notice, self.notice))
        self._told()

    def unsay(self) -> None:
        """Takes the message away before its time: what it says holds no more."""
        self._end_notice(self.notice)

    def _end_notice(self, notice: Notice) -> None:
        if notice is self.notice:
            self.notice = Notice()
            self._told()

    def _told(self) -> None:
        self.footer.tell(self.notice.lines(self.size.width))
        self.repaint_lines()

    # What means the same on every screen

    def _show(self, overlay: Help | MessageBox) -> None:
        self.app.push_screen(overlay)

    def _show_palette(self) -> None:
        # One that was just closed is still there for a moment, so that none has an id.
        if not isinstance(self.app.screen, CommandPalette):
            self.app.push_screen(_Palette(providers=[_Commands], placeholder="what to do"))

    def _ask_for_mouse(self) -> None:
        self.post_message(self.MouseAskedFor())

    def _redraw(self) -> None:
        self.app.refresh(layout=True)

    def _next_theme(self) -> None:
        theme = self.app.theme
        self.app.theme = NAMES[(NAMES.index(theme) + 1) % len(NAMES)] if theme in NAMES else NAMES[0]
        self.say(f"theme {self.app.theme}")

    def _save_picture(self) -> None:
        try:
            path = Path(f"{self.app.title} {wall_moment().astimezone():%Y-%m-%d %H_%M_%S_%f}.svg")
            write_whole(path, [self.app.export_screenshot().encode()])
        except ChainviewError as error:
            self._show(MessageBox("no picture", error.sentence))
        else:
            self.say(f"picture saved as {path}")


class _Palette(CommandPalette):
    """Textual's command palette, which would take the screen below with it where it is closed twice at once."""

    def dismiss(self, result: None = None) -> AwaitComplete:
        """Closes it, once: what was typed before it was gone closes nothing that lies below."""
        return super().dismiss(result) if self.is_current else AwaitComplete()


_Command = tuple[str, str, Callable[[], object]]


class _Commands(Provider):
    """The actions of a screen in Textual's command palette, with the keys they have, and the themes."""

    _chosen = False

    def _once(self, run: Callable[[], object]) -> object:
        """Runs it, unless something was chosen in this palette already: keys that come at once choose twice."""
        chosen, self._chosen = self._chosen, True
        return None if chosen else run()

    def _commands(self) -> list[_Command]:
        screen = self.screen
        if not isinstance(screen, KeyedScreen):
            return []
        commands: list[_Command] = []
        for action in sorted(ACTIONS, key=lambda action: action.group in (MOVE, TREE)):
            if action.id in screen.handlers and action.id is not ActionId.PALETTE:
                keys = " ".join(screen.keymap.keys(action.id))
                text = action.text + (f"  ({keys})" if keys else "")
                name = action.label[0].upper() + action.label[1:]
                commands.append((name, text, partial(screen.act, action.id)))
        commands += [
            (f"Theme {name}", "Change the colours", partial(setattr, screen.app, "theme", name)) for name in NAMES
        ]
        return commands

    async def discover(self) -> Hits:
        """All of them."""
        for name, text, run in self._commands():
            yield DiscoveryHit(name, partial(self._once, run), help=text)

    async def search(self, query: str) -> Hits:
        """Those whose name or text matches what was typed."""
        matcher = self.matcher(query)
        for name, text, run in self._commands():
            score = max(matcher.match(name), 0.5 * matcher.match(text))
            if score > 0:
                yield Hit(score, matcher.highlight(name), partial(self._once, run), help=text)
