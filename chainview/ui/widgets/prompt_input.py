"""The field that the prompt is typed into: it does what its keys mean in the order in which they were pressed."""

from __future__ import annotations

from collections.abc import Callable

from textual import events
from textual.binding import Binding
from textual.message import Message
from textual.widgets import Input

_ASKED = ("enter", "escape", "up", "down", "tab")
"""The keys that the prompt answers."""
_ACTIONS = {
    key: binding.action
    for binding in Input.BINDINGS
    if isinstance(binding, Binding)
    for key in binding.key.split(",")
    if key not in (*_ASKED, "ctrl+c")
}
"""What the keys do that move and delete. ^c explains how to quit, here too."""


_Typed = events.Key | events.Paste


class PromptInput(Input):
    """A text field that loses and swaps no key, however fast they come while it opens, is filled and closes.

    Textual runs a bound key once its event has bubbled up to the app, which may be after the characters that were typed
    behind it; here each key is done when it arrives.
    """

    class CaughtUp(Message, bubble=False):
        """The screen has handed on every key that came to it."""

    def __init__(self, asked: Callable[[str], None], joined: Callable[[str], str]) -> None:
        """`asked` answers the keys that the prompt does, `joined` makes one line of several that are pasted."""
        super().__init__(id="prompt-input", select_on_focus=False, compact=True)
        self._asked, self._joined = asked, joined
        self._open = False
        # Whether keys that were pressed before those that come here may still lie with the screen.
        self._early = False
        self._handed: list[_Typed] = []
        self._waiting: list[_Typed] = []

    def uses(self, event: events.Key) -> bool:
        """Whether a key has a meaning in the field."""
        return event.is_printable or event.key in _ASKED or event.key in _ACTIONS

    def begin(self) -> None:
        """Takes the keys, in their order; `CaughtUp` is to come behind those that the screen has got already."""
        self._open = self._early = True
        self._handed, self._waiting = [], []

    def end(self) -> None:
        """Leaves the keys to the screen, also those that have come here already."""
        self._open = self._early = False
        for event in self._waiting:
            if isinstance(event, events.Key):
                self.screen.post_message(_again(event))
        self._waiting = []

    def hand(self, event: _Typed) -> None:
        """Takes a key, or what was pasted, that came to the screen."""
        key = _again(event)
        self._handed.append(key)
        self.post_message(key)

    def on_prompt_input_caught_up(self) -> None:
        """Goes on with the keys that had to wait for earlier ones."""
        waiting, self._waiting = self._waiting, []
        for event in waiting:
            self.hand(event)
        if waiting:
            self.post_message(self.CaughtUp())
        else:
            self._early = False

    async def on_key(self, event: events.Key) -> None:
        """Does what the key means; characters are left to the field that this one is made from."""
        if not self.uses(event):
            return
        if self._open and not self._waits(event) and event.is_printable:
            return
        event.stop()
        event.prevent_default()
        if not self._open:
            self.screen.post_message(_again(event))
        elif self._waits(event):
            self._waiting.append(event)
        elif event.key in _ASKED:
            self._asked(event.key)
        else:
            await self.run_action(_ACTIONS[event.key])

    def _on_paste(self, event: events.Paste) -> None:
        event.stop()
        event.prevent_default()
        if not self._open:
            return
        if self._waits(event):
            self._waiting.append(event)
        else:
            self.replace(self._joined(event.text), *self.selection)

    def _waits(self, event: _Typed) -> bool:
        return self._early and not any(event is each for each in self._handed)


def _again(event: _Typed) -> _Typed:
    """A key of its own: one that was stopped does nothing where it is posted."""
    if isinstance(event, events.Paste):
        return events.Paste(event.text)
    return events.Key(event.key, event.character)
