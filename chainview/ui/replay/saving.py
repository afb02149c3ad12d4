"""Saving what a replay came to: a page of both sides, or its report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.wording import visible_json
from chainview.ui.lines.line import Line
from chainview.ui.widgets.file_prompt import FilePurpose, Format, format_among
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint

if TYPE_CHECKING:
    from chainview.replay.explain.explanation import Explanation
    from chainview.ui.replay.replay_screen import ReplayScreen

PAGE, TEXT, JSON = (
    Format("page", ".html", "a page for a browser, with both sides"),
    Format("text", ".txt", "the report"),
    Format("json", ".json", "the report as one JSON object, for a program"),
)
_FORMATS = (PAGE, TEXT, JSON)
_ROWS_A_STEP = 10


class SavingActions:
    """Asks where to save the replay that is shown."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen

    def handlers(self) -> Handlers:
        """What the key does."""
        return {ActionId.SAVE: self._save}

    def _save(self) -> None:
        explanation = self._screen.progress.explanation
        if explanation is None:
            self._screen.say("what differs is not explained yet", "warning")
        else:
            self._screen.ask(_SavePurpose(self._screen, explanation), "replay.html")


class _SavePurpose(FilePurpose):
    """The prompt that asks for the file; its name tells what is written."""

    label = "save the replay to"

    def __init__(self, screen: ReplayScreen, explanation: Explanation) -> None:
        super().__init__(screen, _FORMATS)
        self._name, self._sides = screen.replay.name, screen.panes.sides
        self._explanation = explanation

    @property
    def keys(self) -> Sequence[tuple[str, str]]:
        """Saving, and in which format."""
        return (("enter", "save"), ("↑ ↓", "another format"), ("esc", "leave"))

    def changed(self, text: str) -> Hint:
        """How the format is told."""
        form = format_among(_FORMATS, text)
        formats: Line = [(f" {each.suffix} ", "tab" if each is form else "dim") for each in _FORMATS]
        return Hint([("↑↓: ", "dim"), *formats, (f" {form.words}", "dim")])

    def work(self, path: Path, *, force: bool) -> Iterator[None]:
        """Writes the page or the report, and says so."""
        form = format_among(_FORMATS, path.name)
        if (yield from self.written(path, self._pieces(form), _ROWS_A_STEP, force=force)):
            instead = ", in the place of what was there" if force else ""
            self.screen.say(f"saved {form.words} to {path}{instead}")

    def _pieces(self, form: Format) -> Iterator[bytes]:
        from chainview.pages.replay_page import replay_page
        from chainview.replay.explain.json_report import report_object
        from chainview.replay.explain.text_report import report_text

        if form is PAGE:
            yield from replay_page(self._name, self._explanation, self._sides.recorded, self._sides.now)
        elif form is TEXT:
            yield f"{report_text(self._explanation)}\n".encode()
        else:
            yield f"{visible_json(json.dumps(report_object(self._explanation), ensure_ascii=False))}\n".encode()
