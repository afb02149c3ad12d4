"""The line at the bottom where something is typed: a call, a search, a filter, an event to go to, a file name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Input

from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.prompt_input import PromptInput
from chainview.ui.widgets.text_line import TextLine

MOST_CANDIDATES = 8
BESIDE_PROMPT = {"pageup", "pagedown", "ctrl+p", "f1"}
"""The keys that keep their meaning while something is typed."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said about the text so far: a line beneath it, and what it could become above it."""

    note: Line = field(default_factory=list)
    candidates: Sequence[tuple[str, str]] = ()
    """Texts with what is to be known about them."""


class Purpose(Protocol):
    """What a prompt is for."""

    @property
    def label(self) -> str: ...
    def changed(self, text: str) -> Hint:
        """Takes note of the text as it is typed."""
        ...

    def entered(self, text: str) -> str:
        """Does what was asked for; returns why not, or nothing."""
        ...

    def left(self, text: str) -> None:
        """The prompt was closed without entering."""
        ...

    def recalled(self, step: int, text: str) -> str | None:
        """The text of the history one step on, if there is one."""
        ...

    def completed(self, text: str) -> str:
        """The text as tab completes it."""
        ...


class PlainPurpose:
    """What a purpose without history and completion has in common with its like."""

    def recalled(self, step: int, text: str) -> str | None:
        """Nothing."""
        return None

    def completed(self, text: str) -> str:
        """The text as it is."""
        return text

    def left(self, text: str) -> None:
        """Does nothing."""


class Prompt(Vertical):
    """One line of input with its purpose's label before it, candidates above and a note beneath."""

    class Closed(Message):
        """The prompt is no longer open."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.purpose: Purpose | None = None
        self._hint = Hint()
        self._refusal = ""
        self.candidates = LineView(id="prompt-candidates")
        self._label = TextLine(self._label_line, id="prompt-label")
        self._note = TextLine(self._note_line, id="prompt-note")
        self.input = PromptInput(self._asked)

    def compose(self) -> ComposeResult:
        """Candidates, the line itself, the note."""
        yield self.candidates
        yield Horizontal(self._label, self.input, id="prompt-line")
        yield self._note

    def _label_line(self, width: int) -> Line:
        return [(f" {self.purpose.label} " if self.purpose else "", "key")]

    def _note_line(self, width: int) -> Line:
        return [(" ", "text"), (self._refusal, "bad")] if self._refusal else [(" ", "text"), *self._hint.note]

    def open(self, purpose: Purpose, text: str = "") -> None:
        """Asks for a text."""
        self.purpose, self._refusal = purpose, ""
        self.display = True
        self._label.styles.width = len(purpose.label) + 2
        with self.prevent(Input.Changed):
            self.input.value = text
        self.input.cursor_position = len(text)
        self.input.begin()
        # At once: until the field has the keys they go to the screen.
        self.screen.set_focus(self.input)
        self.screen.call_later(self.input.post_message, PromptInput.CaughtUp())
        self._say(text)

    def takes(self, event: events.Key) -> bool:
        """Whether a key that has come to the screen is the prompt's; one that came before the field had the keys is
        handed on to it."""
        if self.purpose is None:
            return False
        if not self.input.uses(event):
            return event.key not in BESIDE_PROMPT
        event.stop()
        event.prevent_default()
        self.input.hand(event)
        return True

    def close(self) -> None:
        """Ends asking."""
        self.purpose = None
        self.input.end()
        self.screen.set_focus(None)
        self.display = False
        self.post_message(self.Closed())

    def _say(self, text: str) -> None:
        if self.purpose is None:
            return
        self._hint = self.purpose.changed(text)
        self._label.styles.width = len(self.purpose.label) + 2
        shown = self._hint.candidates[:MOST_CANDIDATES]
        more = len(self._hint.candidates) - len(shown)
        rows: list[Line] = [[(f"  {name}  ", "name"), (detail, "dim")] for name, detail in shown]
        if more > 0:
            rows.append([(f"  and {more} more", "quiet")])
        self.candidates.styles.height = len(rows)
        self.candidates.display = bool(rows)
        self.candidates.show([Fixed(*rows)])
        self._label.update()
        self._note.display = bool(self._hint.note or self._refusal)
        self._note.update()

    def refresh_hint(self) -> None:
        """Says anew what there is to say about the text."""
        self._say(self.input.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells what it is asked for."""
        event.stop()
        self._refusal = ""
        self.refresh_hint()

    def _asked(self, key: str) -> None:
        if key == "enter":
            self._enter()
        elif key == "escape":
            self.leave()
        elif self.purpose is not None:
            self._step(self.purpose, key)

    def _enter(self) -> None:
        if self.purpose is None:
            return
        purpose = self.purpose
        self._refusal = purpose.entered(self.input.value)
        if self._refusal:
            self.refresh_hint()
        elif self.purpose is purpose:
            self.close()

    def _step(self, purpose: Purpose, key: str) -> None:
        text = self.input.value
        if key == "tab":
            new: str | None = purpose.completed(text)
        else:
            new = purpose.recalled(-1 if key == "up" else 1, text)
        if new is not None and new != text:
            self.input.value = new
            self.input.cursor_position = len(new)
        else:
            self._say(text)

    def leave(self) -> None:
        """Closes without entering."""
        if self.purpose is not None:
            purpose, text = self.purpose, self.input.value
            self.close()
            purpose.left(text)
