"""Every cause that a replay found as a list to go through."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events

from chainview.chain.words.spans import middle_cut
from chainview.replay.explain.explanation import Explanation, Finding
from chainview.replay.explain.headline import sentence_in
from chainview.replay.explain.text_report import note_of
from chainview.system.wording import plural, visible
from chainview.ui.find.code_page import CodePage
from chainview.ui.lines.line import Line
from chainview.ui.replay.pair_painter import ACCEPTED_MARK
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId

_PLACES = 6
_TITLED = 80
"""From so many cells on the titles of the codes have room."""


def all_causes(explanation: Explanation) -> list[Finding]:
    """Those that count and those that are accepted, in the order of their events."""
    return sorted([*explanation.causes, *explanation.accepted], key=lambda each: each.event)


class Causes(Choices):
    """Enter answers with the place of a cause among all of them, those that are accepted too, from 0."""

    def __init__(self, explanation: Explanation, shown: int, keymap: KeyMap) -> None:
        """`shown` is the place of the cause that the screen is on."""
        causes, accepted = all_causes(explanation), len(explanation.accepted)
        title = plural(len(causes), "cause") if len(causes) > 1 else "cause"
        title += f", {accepted:,} of them accepted" if 0 < accepted < len(causes) else ", accepted" if accepted else ""
        super().__init__(title, str(shown), ActionId.CAUSES, "goes there", keymap)
        self._causes = causes
        self._accepted = frozenset([id(each) for each in explanation.accepted])

    def pressed(self, event: events.Key) -> None:
        """Moves and chooses, or shows what the code under the cursor means."""
        action = self._keymap.action_for(event.character if event.is_printable else None, event.key)
        if action is not None and action.id is ActionId.EXPLAIN:
            self.app.push_screen(CodePage(self._causes[int(self.cursor)].code, self._keymap))
        else:
            super().pressed(event)

    def told(self) -> Sequence[Line]:
        """The key to the page of a code, and what the mark of those means that are accepted."""
        key = self._keymap.key(ActionId.EXPLAIN)
        told: list[Line] = [[(key, "key"), (" what it means", "dim")]] if key else []
        back = self._keymap.key(ActionId.ACCEPTED)
        undo = f": {back}, outside of this list, takes that back" if back else ""
        return [*told, *([[(ACCEPTED_MARK, "good"), (f" accepted{undo}", "dim")]] if self._accepted else [])]

    def choices(self, width: int) -> Sequence[Choice]:
        """A line for each cause: its event, its code, how many places it shows at, and what it says."""
        number = len(f"{max([each.event for each in self._causes], default=0):,}")
        title = max([len(each.code.description.title) for each in self._causes], default=0) if width >= _TITLED else 0
        rows = list[Choice]()
        for at, cause in enumerate(self._causes):
            mark: Line = []
            if self._accepted:
                mark = [(ACCEPTED_MARK if id(cause) in self._accepted else " ", "good"), (" ", "text")]
            rows.append((str(at), [*mark, *_row(cause, number, title, width - 2 * len(mark[:1]))]))
        return rows


def _row(cause: Finding, number: int, title: int, width: int) -> Line:
    places = f"×{cause.places:,}" if cause.places > 1 else ""
    head: Line = [
        (f"{cause.event:>{number},}", "text"),
        (f"  {cause.code:<4}", "warn"),
        (f"{cause.code.description.title[:title]:<{title}}", "name"),
        (f" {places:<{_PLACES}}", "dim"),
    ]
    return [*head, (_says(cause, max(24, width - sum([len(text) for text, _ in head]))), "text")]


def _says(cause: Finding, room: int) -> str:
    """What changed at the first place of a cause, or its sentence where no values tell it."""
    note = note_of(cause)
    if note or not cause.leaves:
        return sentence_in(cause, note or cause.sentence, room)
    path = middle_cut(visible(cause.leaves[0].path), room // 3)
    half = (room - len(path) - len("  → ")) // 2
    sides = [middle_cut(visible(each or "nothing"), half) for each in cause.leaves[0].literals_in(half - 2)]
    return f"{path}  {sides[0]} → {sides[1]}".strip()
