"""Saving what a replay came to: a page of both sides, or its report."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from chainview.system.wording import visible_json
from chainview.ui.lines.line import Line
from chainview.ui.prompts.file_prompt import FilePurpose, Format, format_among
from chainview.ui.prompts.new_test_prompt import NewTestPurpose, proposed_name
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint

if TYPE_CHECKING:
    from chainview.replay.explain.explanation import Explanation
    from chainview.suite.adding.recorded import ToAdd
    from chainview.ui.replay.replay_screen import ReplayScreen
    from chainview.workbench.replay_thread import Begun

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
        return {ActionId.SAVE: self._save, ActionId.AS_TEST: self._as_test}

    def _as_test(self) -> None:
        begun, path = self._screen.replay.begun, self._screen.replay.chain_path
        if begun is None or path is None:
            self._screen.say("nothing is replayed here yet", "warning")
        elif (found := _as_test(begun, path)) is None:
            self._screen.say("no actor was replayed here, so there is nothing to test", "warning")
        else:
            self._screen.ask(NewTestPurpose(self._screen, found), proposed_name(path.name.partition(".")[0]))

    def _save(self) -> None:
        explanation = self._screen.progress.explanation
        if explanation is None:
            self._screen.say("what differs is not explained yet", "warning")
        else:
            self._screen.ask(_SavePurpose(self._screen, explanation), "replay.html")


def _as_test(begun: Begun, path: Path) -> ToAdd | None:
    """The recorded chain, as it is to become a test; None where two chains are compared, or nothing can be replayed."""
    from chainview.pack.literal import format_literal
    from chainview.replay.run.replay import Replay
    from chainview.suite.adding.recorded import ToAdd
    from chainview.system.files.lock import being_written

    replay = begun.replay
    if not isinstance(replay, Replay):
        return None
    given = None if replay.recording.initial_state is not None else replay.initial_state
    return ToAdd(
        path,
        str(replay.loaded.file.path),
        None if given is None else format_literal(given),
        begun.rules,
        running=path.is_file() and being_written(path),
    )


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
