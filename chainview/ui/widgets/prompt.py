"""The line at the bottom where something is typed: a call, a search, a filter, an event to go to, a file name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widgets import Input

from chainview.system.wording import visible
from chainview.ui.lines.blocks import Fixed
from chainview.ui.lines.line import Line, in_cells, wrapped
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.prompt_input import PromptInput
from chainview.ui.widgets.text_line import TextLine

MOST_CANDIDATES = 8
PAUSE_SECONDS = 0.5
"""Without a key, after which typing has paused."""
BESIDE_PROMPT = {"pageup", "pagedown", "ctrl+p", "f1"}
"""The keys that keep their meaning while something is typed."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with the text, and at which of its letters, where it is one."""

    reason: str
    at: int | None = None
    unfinished: bool = False
    """Whether what comes next may mend it: then it is told only where the text is entered."""


@dataclass(frozen=True, slots=True)
class Hint:
    """What is said about the text so far: a line beneath it, and what it could become above it."""

    note: Line = field(default_factory=list)
    candidates: Sequence[tuple[str, str]] = ()
    """Texts with what is to be known about them."""
    complaint: Complaint | None = None
    """Told beneath its place once typing pauses."""


class Purpose(Protocol):
    """What a prompt is for."""

    @property
    def label(self) -> str: ...
    @property
    def stays(self) -> bool:
        """Whether the prompt stays for the next text when one was entered, until esc."""
        ...

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """The keys that type nothing, with what they do now."""
        ...

    def changed(self, text: str) -> Hint:
        """Takes note of the text as it is typed."""
        ...

    def above(self, text: str, cursor: int) -> list[Line]:
        """What stands over the text, told by where its cursor is."""
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

    def chosen(self, text: str, candidate: str) -> str:
        """The text with a candidate in it that was clicked."""
        ...

    def joined(self, text: str) -> str:
        """The one line that a text of several lines is pasted as."""
        ...


class PlainPurpose:
    """What a purpose without history and completion has in common with its like."""

    @property
    def stays(self) -> bool:
        """It does not."""
        return False

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Entering and leaving."""
        return (("enter", "do it"), ("esc", "leave"))

    def recalled(self, step: int, text: str) -> str | None:
        """Nothing."""
        return None

    def completed(self, text: str) -> str:
        """The text as it is."""
        return text

    def chosen(self, text: str, candidate: str) -> str:
        """The candidate in its place."""
        return candidate

    def left(self, text: str) -> None:
        """Does nothing."""

    def above(self, text: str, cursor: int) -> list[Line]:
        """Nothing."""
        return []

    def joined(self, text: str) -> str:
        """Its lines with blanks between them."""
        return " ".join([line for line in text.splitlines() if line])


class _Note(TextLine):
    """Some lines beneath what is typed."""

    def __init__(self, make: Callable[[int], list[Line]], *, id: str) -> None:
        super().__init__(self._first, id=id)
        self._make_all = make
        self._all: list[Line] = []

    def _first(self, width: int) -> Line:
        self._all = self._make_all(width) if width else []
        self.styles.height = max(1, len(self._all))
        # As one, so that a change of any of them is seen.
        return [span for line in self._all for span in (*line, ("\n", "text"))]

    def render_line(self, y: int) -> Strip:
        """The strip of one of the lines."""
        width = self.size.width
        return self.painted(in_cells(self._all[y], width, "dim"), width) if y < len(self._all) else self.blank(width)


class Prompt(Vertical):
    """One line of input with its purpose's label before it, candidates above and a note beneath."""

    class Closed(Message):
        """The prompt is no longer open."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.purpose: Purpose | None = None
        self._hint = Hint()
        self._candidates_at = 0
        """The row above the text from which on the candidates stand."""
        self._complaint: Complaint | None = None
        self._pause: Timer | None = None
        self.candidates = LineView(id="prompt-candidates")
        self._label = TextLine(self._label_line, id="prompt-label")
        self._note = _Note(self._note_lines, id="prompt-note")
        self.input = PromptInput(self._asked, self._pasted)

    def compose(self) -> ComposeResult:
        """Candidates, the line itself, the note."""
        yield self.candidates
        yield Horizontal(self._label, self.input, id="prompt-line")
        yield self._note

    def on_mount(self) -> None:
        """Tells by the cursor, too, what stands over the text."""
        self.watch(self.input, "selection", self._on_cursor_moved, init=False)

    def _label_line(self, width: int) -> Line:
        return [(f" {self.purpose.label} " if self.purpose else "", "key")]

    def _note_lines(self, width: int) -> list[Line]:
        complaint = self._complaint
        if complaint is None:
            return wrapped([(" ", "text"), *self._hint.note], width, 1, words=True) if self._hint.note else []
        reason = visible(complaint.reason)
        if complaint.at is None:
            return wrapped([(" ", "text"), (reason, "bad")], width, 1, words=True)
        at, size = self._column(complaint.at, width), cell_len(reason)
        if at + 2 + size <= width:
            return [[(" " * at, "text"), ("^ ", "bad"), (reason, "bad")]]
        if size + 2 <= at:
            return [[(" " * (at - size - 1), "text"), (reason, "bad"), (" ^", "bad")]]
        return [
            [(" " * at, "text"), ("^", "bad")],
            *wrapped([(" ", "text"), (reason, "bad")], width, 1, words=True),
        ]

    def _column(self, at: int, width: int) -> int:
        """The cell under a letter of what is typed, of which a long one shows a part."""
        before = cell_len(self.input.value[:at]) - int(self.input.scroll_offset.x)
        return max(0, min(width - 1, (cell_len(self.purpose.label) + 2 if self.purpose else 0) + before))

    def open(self, purpose: Purpose, text: str = "") -> None:
        """Asks for a text."""
        self.purpose, self._complaint = purpose, None
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
        self._wait(False)
        self.input.end()
        self.screen.set_focus(None)
        self.display = False
        self.post_message(self.Closed())

    def _say(self, text: str) -> None:
        if self.purpose is None:
            return
        self._hint = self.purpose.changed(text)
        self._label.styles.width = len(self.purpose.label) + 2
        self._show_above(text)
        self._label.update()
        self._show_note()

    def _show_above(self, text: str) -> None:
        if self.purpose is None:
            return
        width = max(8, self.size.width)
        above = self.purpose.above(text, self.input.cursor_position)
        rows = [row for line in above for row in wrapped([(" ", "text"), *line], width, 3, words=True)]
        shown = self._hint.candidates[:MOST_CANDIDATES]
        more = len(self._hint.candidates) - len(shown)
        self._candidates_at = len(rows)
        rows += [[(f"  {name}  ", "name"), (detail, "dim")] for name, detail in shown]
        if more > 0:
            rows.append([(f"  and {more} more", "quiet")])
        self.candidates.styles.height = len(rows)
        self.candidates.display = bool(rows)
        self.candidates.show([Fixed(*rows)])

    def _show_note(self) -> None:
        self._note.display = bool(self._hint.note or self._complaint)
        self._note.update()

    def refresh_hint(self) -> None:
        """Says anew what there is to say about the text."""
        self._say(self.input.value)

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells what it is asked for; what is wrong with it once typing pauses."""
        event.stop()
        self._complaint = None
        self.refresh_hint()
        self._wait(self._hint.complaint is not None and not self._hint.complaint.unfinished)

    def on_click(self, event: events.Click) -> None:
        """Puts a candidate that is clicked into the text."""
        shown = self._hint.candidates[:MOST_CANDIDATES]
        at = event.y + self.candidates.scroll_offset.y - self._candidates_at
        if event.widget is self.candidates and self.purpose is not None and 0 <= at < len(shown):
            self.input.value = self.purpose.chosen(self.input.value, shown[at][0])
            self.input.cursor_position = len(self.input.value)

    def on_resize(self) -> None:
        """Breaks the lines at the new width."""
        self._show_above(self.input.value)

    def _on_cursor_moved(self) -> None:
        self._show_above(self.input.value)
        if self._complaint is not None:
            # What is typed may be shown from elsewhere on.
            self.call_after_refresh(self._note.update)

    def _wait(self, waiting: bool) -> None:
        if self._pause is not None:
            self._pause.stop()
        self._pause = self.set_timer(PAUSE_SECONDS, self._paused) if waiting else None

    def _paused(self) -> None:
        if self.purpose is not None:
            self._complaint = self._hint.complaint
            self._show_note()

    def _pasted(self, text: str) -> str:
        return text if self.purpose is None else self.purpose.joined(text)

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
        purpose, text = self.purpose, self.input.value
        refusal = purpose.entered(text)
        self._wait(False)
        if refusal:
            self._hint = purpose.changed(text)
            self._complaint = self._hint.complaint or Complaint(refusal)
            self._show_note()
        elif self.purpose is purpose and purpose.stays:
            with self.prevent(Input.Changed):
                self.input.value = ""
            self._complaint = None
            self._say("")
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
