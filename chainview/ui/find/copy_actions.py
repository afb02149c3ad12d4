"""Taking something along: copying an event, its hash, its line or the chain's path, and asking where to save it."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from chainview.chain.event import Event
from chainview.chain.payload import Call, read_payload
from chainview.system.errors import ChainviewError
from chainview.system.wording import plural, visible_json
from chainview.ui.find.clipboard import COPYING, Form, Forms, copy, copy_pieces
from chainview.ui.find.held import Held
from chainview.ui.find.save_prompt import SavePurpose
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.find.value_copying import ValueCopying
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.chain.table import EventTable

_JSON_A_BYTE = 4
"""About how many characters of JSON a byte of a payload takes."""
_MOST_PRINTED = 1 << 20
_BYTES = "raw  "
"""What the lines of an event's bytes begin with, which stand behind what it says."""
_OTHERWISE = "save it, or print it from the command palette"


def shorter_form(table: EventTable, index: int, form: Form) -> str:
    """An event in one of the forms that leave its bytes out."""
    from chainview.chain.words.report import event_line, event_text

    if form is Form.LINE:
        return event_line(table, index).strip()
    return "\n".join(takewhile(lambda line: not line.startswith(_BYTES), event_text(table, index)))


class CopyActions:
    """What copies and saves of a chain."""

    def __init__(self, screen: TreeScreen, held: Held) -> None:
        self._screen = screen
        self._held = held
        self._forms = Forms()

    def handlers(self) -> Handlers:
        """What the copying and saving keys do."""
        return {
            **ValueCopying(self._screen, self._copy_event, self._call).handlers(),
            ActionId.COPY_HASH: self._copy_hash,
            ActionId.COPY_PATH: self._copy_path,
            ActionId.COPY_SUMMARY: self._copy_summary,
            ActionId.COPY_PRINT: self._print,
            ActionId.SAVE: self._save,
        }

    def _at(self) -> tuple[EventTable, int] | None:
        """The event of the cursor; None, which is said, when there is none."""
        table, index = self._held.at() or (None, None)
        if table is None or index is None:
            self._screen.say("there is no event to take", "warning")
            return None
        return table, index

    def _copy_event(self, chosen: Form | None) -> None:
        at = self._at()
        if at is None:
            return
        table, index = at
        begin, end = table.raw_payload(index)
        number, size = table.number(index), end - begin
        form = self._forms.next_of(number, size, stops=COPYING in self._screen.slices, chosen=chosen)
        key = self._screen.keymap.key(ActionId.COPY_EVENT)
        shorter = "" if chosen else self._forms.offered(key, size)
        otherwise = _OTHERWISE if size <= _MOST_PRINTED else "save it"
        what = f"event {number:,} {form.value}"
        if form is Form.WHOLE:
            from chainview.chain.files.theater.json_array import event_json_pieces

            pieces = event_json_pieces(table.event(index), number)
            copy_pieces(self._screen, what, pieces, _JSON_A_BYTE * size, otherwise, shorter)
        else:
            copy(self._screen, what, shorter_form(table, index, form), otherwise, shorter)

    def _event(self) -> tuple[int, Event] | None:
        """Number and event of the cursor; None, which is said, when there is none."""
        at = self._at()
        return None if at is None else (at[0].number(at[1]), at[0].event(at[1]))

    def _call(self) -> Call | None:
        """The call that the event under the cursor belongs to."""
        table, index = self._held.at() or (None, None)
        call = None if table is None or index is None else table.call_of(index)
        payload = None if table is None or call is None else read_payload(table.payload(call))
        return payload if isinstance(payload, Call) else None

    def _copy_hash(self) -> None:
        at = self._at()
        if at is None:
            return
        hash_ = at[0].hash(at[1])
        if hash_ is None:
            self._screen.say("this format holds no hash", "warning")
        else:
            self._copy("hash", hash_.hex())

    def _copy_path(self) -> None:
        path = self._held.path()
        if path is None:
            self._screen.say("this chain is in no file", "warning")
        else:
            self._copy("path", str(path))

    def _copy_summary(self) -> None:
        from chainview.chain.words.summary import summary

        at = self._at()
        if at is not None:
            self._copy("summary", "".join([text for text, _ in summary(*at)]))

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, what, text, _OTHERWISE)

    def _print(self) -> None:
        """Writes the event to the terminal itself, where it can be selected."""
        from textual.app import SuspendNotSupported

        event = self._event()
        if event is None:
            return
        number, held = event
        if len(held.payload) > _MOST_PRINTED:
            self._screen.say(
                f"event {number:,} holds {plural(len(held.payload), 'byte')}, too many to print: save it", "warning"
            )
            return
        try:
            from chainview.chain.files.theater.json_array import event_json

            text = event_json(held, number).decode()
        except ChainviewError as error:
            self._screen.say(error.sentence, "warning")
            return
        try:
            with self._screen.app.suspend():
                print(visible_json(text))
                input("\nenter goes back to chainview ")
        except (SuspendNotSupported, EOFError):
            self._screen.say("this terminal can't be lent to anything else", "warning")

    def _save(self) -> None:
        table, cursor = self._held.at() or (None, None)
        if table is None or not len(table):
            self._screen.say("there is nothing to save yet", "warning")
            return
        path, find = self._held.path(), self._screen.find_actions
        stem = path.stem if path is not None else "chain"
        purpose = SavePurpose(self._screen, (table, cursor), stem, find.filter if find.filtering else "", path)
        self._screen.ask(purpose, purpose.proposed())
