"""Taking something along: copying an event, its hash, its line or the chain's path, and saving to a file."""

from __future__ import annotations

from chainview.chain.files.theater.json_array import event_json
from chainview.system.errors import ChainviewError
from chainview.ui.feeds.sources import Source
from chainview.ui.find.clipboard import copy
from chainview.ui.find.saving import SavePurpose
from chainview.ui.find.tree_screen import TreeScreen
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.keys import ActionId, Handlers


class CopyActions:
    """What copies and saves of one chain."""

    def __init__(self, screen: TreeScreen, tree: ChainTree, source: Source) -> None:
        self._screen = screen
        self._tree = tree
        self._source = source

    def handlers(self) -> Handlers:
        """What the copying and saving keys do."""
        return {
            ActionId.COPY_EVENT: self._copy_event,
            ActionId.COPY_HASH: self._copy_hash,
            ActionId.COPY_PATH: self._copy_path,
            ActionId.COPY_SUMMARY: self._copy_summary,
            ActionId.COPY_PRINT: self._print,
            ActionId.SAVE: self._save,
        }

    def _index(self) -> int | None:
        tree = self._tree
        if tree.cursor is None or tree.cursor >= len(tree.table):
            self._screen.say("there is no event to take", "warning")
            return None
        return tree.cursor

    def _copy_event(self) -> None:
        event = self._json()
        if event is not None:
            self._copy(f"event {event[0]:,} as JSON", event[1])

    def _json(self) -> tuple[int, str] | None:
        """Number and JSON of the cursor's event; None, which is said, when there is none or JSON can't hold it."""
        index = self._index()
        if index is None:
            return None
        table = self._tree.table
        number = table.number(index)
        try:
            return number, event_json(table.event(index), number).decode()
        except ChainviewError as error:
            self._screen.say(error.sentence, "warning")
            return None

    def _copy_hash(self) -> None:
        index = self._index()
        if index is None:
            return
        hash_ = self._tree.table.hash(index)
        if hash_ is None:
            self._screen.say("this format holds no hash", "warning")
        else:
            self._copy("hash", hash_.hex())

    def _copy_path(self) -> None:
        path = self._source.path()
        if path is None:
            self._screen.say("this chain is in no file", "warning")
        else:
            self._copy("path", str(path))

    def _copy_summary(self) -> None:
        from chainview.chain.words.summary import summary

        index = self._index()
        if index is not None:
            table = self._tree.table
            self._copy("summary", "".join([text for text, _ in summary(table, index)]))

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, what, text, "save it, or print it from the command palette")

    def _print(self) -> None:
        """Writes the event to the terminal itself, where it can be selected."""
        from textual.app import SuspendNotSupported

        event = self._json()
        if event is None:
            return
        try:
            with self._screen.app.suspend():
                print(event[1])
                input("\nenter goes back to chainview ")
        except (SuspendNotSupported, EOFError):
            self._screen.say("this terminal can't be lent to anything else", "warning")

    def _save(self) -> None:
        tree = self._tree
        if not len(tree.table):
            self._screen.say("there is nothing to save yet", "warning")
            return
        path, find = self._source.path(), self._screen.find_actions
        stem = path.stem if path is not None else "chain"
        purpose = SavePurpose(self._screen, tree, stem, find.filter if find.filtering else "")
        self._screen.ask(purpose, purpose.proposed())
