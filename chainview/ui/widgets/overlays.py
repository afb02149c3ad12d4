"""What lies over the screen for a moment: help, a question, a message."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.containers import Container
from textual.screen import ModalScreen
from textual.timer import Timer

from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, wrapped
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_table import ACTIONS
from chainview.ui.widgets.keys import ActionId, Scope
from chainview.ui.widgets.line_view import LineView

_QUIET_SECONDS = 0.4
_KEYS_CELLS = 16
"""What the keys of an action have room in."""
_CLOSING = {"escape", "q", "ctrl+q"}
SCROLLING = (("esc", "close"), ("↑ ↓", "scroll"))
"""The keys of a box that may be longer than the screen."""


class Overlay(ModalScreen[str | None], inherit_bindings=False):
    """A box of lines; esc, q and a click beside it close it, the moving keys scroll it."""

    AUTO_FOCUS = None
    ALLOW_SELECT = False
    INDENT: ClassVar[int] = 4
    """The cells before what continues a line."""
    KEYS: ClassVar[Sequence[tuple[str, str]]] = (("esc", "close"),)
    """The keys that do something here, with what they do, for the last line of the screen below."""

    def __init__(self, title: str, lines: list[Line], keymap: KeyMap | None = None) -> None:
        super().__init__()
        self._lines = lines
        self._keymap = keymap or KeyMap()
        self._quiet: Timer | None = None
        self.deaf = False
        """Whether it takes no keys for the moment: they were typed before it could be read."""
        self.view = LineView(id="overlay-lines")
        self.box = Container(self.view, id="overlay")
        self.box.border_title = title

    def compose(self) -> ComposeResult:
        """The box."""
        yield self.box

    def on_mount(self) -> None:
        """Makes the lines for the box's width."""
        self.call_after_refresh(self._paint)
        self._hear_later()

    def _hear_later(self) -> None:
        """Takes keys once none has come for a moment."""
        if self._quiet is not None:
            self._quiet.stop()
        self._quiet = self.set_timer(_QUIET_SECONDS, self.hear) if self.deaf else None

    def dismiss(self, result: str | None = None) -> AwaitComplete:
        """Closes it, once: what was typed before it was gone closes nothing that lies below."""
        return super().dismiss(result) if self.is_current else AwaitComplete()

    def hear(self) -> None:
        """Takes keys from now on."""
        self.deaf = False

    def on_resize(self) -> None:
        """Makes the lines for the new width."""
        self.call_after_refresh(self._paint)

    def _paint(self) -> None:
        width = max(20, self.view.width)
        lines = [piece for line in self._lines for piece in wrapped(line, width, self.INDENT, words=True)]
        self.view.styles.height = min(len(lines), max(3, int(self.size.height * 0.9) - 2))
        self.view.show([Fixed(*lines)])

    def on_key(self, event: events.Key) -> None:
        """Closes or scrolls; no key goes on to what lies below."""
        if event.key in ("ctrl+c", "ctrl+z"):
            return
        event.stop()
        event.prevent_default()
        action = self._keymap.action_for(event.key)
        if self.deaf:
            self._hear_later()
        elif action is not None and action.id is ActionId.REDRAW:
            self.app.refresh(layout=True)
        else:
            self.pressed(event)

    def on_click(self, event: events.Click) -> None:
        """A click beside the box closes it, and one on a line does what the line stands for."""
        event.stop()
        at = event.screen_offset
        if not self.box.region.contains_point(at):
            self.dismiss(None)
        elif self.view.content_region.contains_point(at):
            self.clicked(at.y - self.view.content_region.y + self.view.scroll_offset.y)

    def clicked(self, row: int) -> None:
        """What a click on a line does: what its key would do, where it begins with one."""
        text, role = next(iter(self.view.line(row)), ("", ""))
        if role == "key":
            self.answer(text)

    def answer(self, key: str) -> None:
        """What the key that a line begins with does."""
        if key == "esc":
            self.dismiss(None)

    def pressed(self, event: events.Key) -> None:
        """What a key does here."""
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self._keymap.action_for(typed, event.key)
        name = None if action is None else action.id
        page = max(1, self.view.size.height - 1)
        moves = {
            ActionId.CURSOR_DOWN: 1,
            ActionId.CURSOR_UP: -1,
            ActionId.PAGE_DOWN: page,
            ActionId.PAGE_UP: -page,
            ActionId.HALF_DOWN: page // 2,
            ActionId.HALF_UP: -(page // 2),
        }
        if event.key in _CLOSING or name in (ActionId.QUIT, ActionId.BACK, ActionId.HELP):
            self.dismiss(None)
        elif name in moves:
            self.view.scroll_lines(moves[name])
        elif name is ActionId.TOP:
            self.view.to_top()
        elif name is ActionId.END:
            self.view.to_end()


class Help(Overlay):
    """The keys, from the key table, and behind them what the marks on the screen mean."""

    KEYS = SCROLLING

    def __init__(self, keymap: KeyMap, scope: Scope, legend: Sequence[Line] = ()) -> None:
        end = keymap.key(ActionId.END) or "the end"
        told: list[Line] = [[(end, "key"), (" goes to the end: what marks and colours mean", "dim")], []]
        lines = help_lines(keymap, scope)
        super().__init__("keys and marks", [*told, *lines, [], *legend] if legend else lines, keymap)


class MessageBox(Overlay):
    """Something that went wrong, in a box that stays until it is closed."""

    def __init__(self, title: str, text: str) -> None:
        lines: list[Line] = [[(row, "text")] for row in text.split("\n")]
        super().__init__(title, [*lines, [], [("esc", "key"), (" closes this", "dim")]])
        self.add_class("-error")


class Question(Overlay):
    """A question that is answered with the key of a choice; esc, q and n answer nothing."""

    def __init__(self, title: str, text: str, choices: Mapping[str, str]) -> None:
        """`choices` maps keys to what they do, in words."""
        self._choices = choices
        offered: list[Line] = [[(key, "key"), (f"  {words}", "text")] for key, words in choices.items()]
        told: list[Line] = [[(line, "text")] for line in text.split("\n")]
        super().__init__(title, [*told, [], *offered, [("n", "key"), ("  go back", "dim")]])

    def pressed(self, event: events.Key) -> None:
        """Answers."""
        self.answer("n" if event.key in _CLOSING else (event.character or "").lower())

    def answer(self, key: str) -> None:
        """Answers with a choice, or with nothing."""
        if key in self._choices:
            self.dismiss(key)
        elif key == "n":
            self.dismiss(None)


def help_lines(keymap: KeyMap, scope: Scope) -> list[Line]:
    """Every action with its keys and its id, in groups."""
    groups: dict[str, list[Line]] = {}
    for action in ACTIONS:
        if action.scope & scope:
            keys = "  ".join(keymap.keys(action.id))
            told: Line = [(f"  {keys:<{_KEYS_CELLS}}", "key"), (action.text, "text"), (f"  ({action.id})", "quiet")]
            groups.setdefault(action.group, []).append(told)
    lines = [line for group, told in groups.items() for line in ([(group, "title")], *told, [])]
    ids = "In brackets stand the ids by which [keys] in the settings gives other keys."
    return [*lines, [(ids, "dim")]]
