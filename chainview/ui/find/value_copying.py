"""Copying what is under the cursor in the details: the value, its place, its literal, and the call around it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chainview.chain.payload import Call
from chainview.chain.words.taken_text import call_option, value_text
from chainview.pack.literal import format_literal
from chainview.system.wording import visible
from chainview.ui.find.clipboard import Form, copy
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question

if TYPE_CHECKING:
    from chainview.ui.lines.placed import Place

_MOST = 1 << 20
"""The letters that are copied of one value."""
_CHOICES = {
    "v": ("the value", ActionId.COPY_VALUE),
    "l": ("its literal, as it is typed in calls", ActionId.COPY_LITERAL),
    "p": ("its path", ActionId.COPY_PLACE),
    "c": ("the call, as --call '…'", ActionId.COPY_CALL),
    "y": ("the whole event as JSON", ActionId.COPY_EVENT),
    "t": ("the whole event as text", ActionId.COPY_EVENT),
    "h": ("the event's hash", ActionId.COPY_HASH),
}
_EVENT_AS = {"y": Form.WHOLE, "t": Form.VALUES}
"""The form of an event that a choice copies."""


class ValueCopying:
    """What copies of the details: with the keys there, copying asks what of it."""

    def __init__(
        self, screen: TreeScreen, copy_event: Callable[[Form | None], None], call_of_cursor: Callable[[], Call | None]
    ) -> None:
        """`copy_event` copies an event in a form, or for None in the next one."""
        self._screen = screen
        self._copy_event = copy_event
        self._call = call_of_cursor

    def handlers(self) -> Handlers:
        """What the copying keys do."""
        return {
            ActionId.COPY_EVENT: self._choose,
            ActionId.COPY_VALUE: lambda: self._value("value", lambda place: value_text(place.value, _MOST)),
            ActionId.COPY_LITERAL: lambda: self._value("literal", lambda place: format_literal(place.value, _MOST)),
            ActionId.COPY_PLACE: lambda: self._value("path", lambda place: place.text),
            ActionId.COPY_CALL: self._copy_call,
        }

    @property
    def _place(self) -> Place | None:
        pane = self._screen.pane
        placed = pane.view.placed if pane.active else None
        return None if placed is None else placed.place

    @property
    def _otherwise(self) -> str:
        key = self._screen.keymap.key(ActionId.OPEN_PAGER)
        return f"{key} shows it in your pager" if key else "open it in your pager, by the command palette"

    def _choose(self) -> None:
        place = self._place
        if place is None:
            self._copy_event(None)
            return

        async def chosen(answer: str | None) -> None:
            if answer in _EVENT_AS:
                self._copy_event(_EVENT_AS[answer])
            elif answer is not None:
                await self._screen.act(_CHOICES[answer][1])

        choices = {key: words for key, (words, action) in _CHOICES.items() if action in self._screen.handlers}
        self._screen.app.push_screen(Question("copy", visible(place.text) or "the value", choices), chosen)

    def _value(self, what: str, text_of: Callable[[Place], str]) -> None:
        place = self._place
        if place is None:
            key = self._screen.keymap.key(ActionId.PANE_NEXT)
            self._screen.say(
                f"no value is under the cursor: {key} moves the keys to {self._screen.pane_name}", "warning"
            )
            return
        text = text_of(place)
        if len(text) > _MOST:
            self._screen.say(f"the {what} has more than {_MOST:,} characters: {self._otherwise}", "warning")
        else:
            copy(self._screen, f"{what} of {visible(place.text)}" if what != "path" else what, text, self._otherwise)

    def _copy_call(self) -> None:
        call = self._call()
        if call is None:
            self._screen.say("this event belongs to no call", "warning")
            return
        text = call_option(call, _MOST)
        if len(text) > _MOST:
            self._screen.say(f"the call has more than {_MOST:,} characters: save it as a chain instead", "warning")
        else:
            copy(self._screen, "call", text, self._otherwise)
