"""What the keys do that compare on the replay screen, and that move between its panes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from chainview.chain.files.theater.json_array import event_json_pieces
from chainview.chain.payload import Call, read_payload
from chainview.chain.table import EventTable
from chainview.replay.judge.causes import Label
from chainview.ui.find.clipboard import COPYING, Form, Forms, copy, copy_pieces
from chainview.ui.find.code_page import CodePage
from chainview.ui.find.copy_actions import shorter_form
from chainview.ui.find.go_to import GoToActions
from chainview.ui.find.value_copying import ValueCopying
from chainview.ui.replay.causes import Causes, all_causes
from chainview.ui.replay.pair_painter import Shown
from chainview.ui.replay.pair_panes import SIDE_BY_SIDE
from chainview.ui.replay.pair_tree import PairTree
from chainview.ui.replay.replay_lines import place_among
from chainview.ui.replay.replay_pane import DETAILS, STACKS, WHY
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.workbench.replay_thread import Stage

if TYPE_CHECKING:
    from chainview.ui.replay.pair_panes import PairPanes
    from chainview.ui.replay.replay_screen import ReplayScreen

_JSON_A_BYTE = 4
"""About how many characters of JSON a byte of a payload takes."""
_OTHERWISE = "chainview show prints events of a chain file"


class CompareActions:
    """Goes from difference to difference, and gives the keys to a side or to the pane below."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen
        self._panes = screen.panes
        self._pane = screen.pane

    def handlers(self) -> Handlers:
        """Every comparison, by action id."""
        return {
            ActionId.DIFF_FIRST: lambda: self.to_first_mismatch(self._panes.active),
            ActionId.DIFF_NEXT: lambda: self._difference(1),
            ActionId.DIFF_PREV: lambda: self._difference(-1),
            ActionId.CAUSES: self._list_causes,
            ActionId.EXPLAIN: self._explain,
            ActionId.DIFF_ONLY: self._only_differences,
            ActionId.SYNC: self._sync,
            ActionId.STACKS: lambda: self._choose(STACKS),
            ActionId.DETAILS: lambda: self._choose(DETAILS),
            ActionId.DETAILS_ZOOM: self._toggle_zoom,
            ActionId.PANE_NEXT: self._next_pane,
            ActionId.PANE_GROW: lambda: self._resize(1),
            ActionId.PANE_SHRINK: lambda: self._resize(-1),
            ActionId.BACK: self._back,
            ActionId.ACTOR_BACK: self._to_screen_before,
            ActionId.CALL_INTERRUPT: self._stop,
        }

    # Differences

    def to_first_mismatch(self, tree: PairTree) -> None:
        """To where recorded and now part, as far as that is known."""
        progress = self._screen.progress
        explanation = progress.explanation
        if explanation is not None and explanation.first_mismatch is not None:
            tree.to_cause(explanation.first_mismatch)
        elif progress.first_mismatch is not None and progress.first_mismatch < len(tree.table):
            tree.move_to(progress.first_mismatch, centre=True)
        elif explanation is not None:
            self._screen.say("nothing differs")

    def _difference(self, step: int) -> None:
        tree, explanation = self._panes.active, self._screen.progress.explanation
        labels = tree.aligned.labels
        rows = [row for row in tree.aligned.differing() if labels[row] == Label.CAUSE]
        nothing = (
            "all that differs is accepted" if explanation is not None and explanation.accepted else "nothing differs"
        )
        if not tree.to_difference(rows, step) and not self._screen.beyond(step):
            self._screen.say("there is none further " + ("down" if step > 0 else "up") if rows else nothing)

    def _nothing(self) -> str:
        """Why there is no cause to be told of."""
        progress = self._screen.progress
        if progress.failure is not None:
            return "nothing was replayed, so nothing is known to differ"
        return "nothing differs" if progress.explanation else "what differs is not explained yet"

    def _list_causes(self) -> None:
        screen, explanation = self._screen, self._screen.progress.explanation
        causes = all_causes(explanation) if explanation is not None else []
        if explanation is None or not causes:
            screen.say(self._nothing())
            return

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._panes.active.to_cause(causes[int(answer)])

        screen.app.push_screen(Causes(explanation, place_among(causes, self._panes.row), screen.keymap), chosen)

    def _explain(self) -> None:
        screen, explanation = self._screen, self._screen.progress.explanation
        causes = all_causes(explanation) if explanation is not None else []
        if not causes:
            screen.say(self._nothing())
            return
        cause = causes[place_among(causes, self._panes.row)]
        screen.app.push_screen(CodePage(cause.code, screen.keymap))

    def _only_differences(self) -> None:
        before = self._panes.active.only_differences
        if not self._panes.toggle_only_differences() and not before:
            self._screen.say("nothing differs")

    def _stop(self) -> None:
        screen = self._screen
        if screen.progress.stage in (Stage.OPENING, Stage.REPLAYING):
            screen.replay.stop()
        elif screen.progress.over:
            screen.say("the replay is over", "warning")
        else:
            screen.say("all calls were made: what differs is being explained", "warning")

    # Panes

    def _sync(self) -> None:
        if not self._panes.wide:
            why = "recorded and now are in one column here, which moves as one"
            self._screen.say(f"{why}: from {SIDE_BY_SIDE} columns on they stand beside each other", "warning")
        elif self._panes.linked:
            self._panes.unlink()
        else:
            self._panes.link()

    def _choose(self, text: str) -> None:
        self._pane.choose(text)

    def give_keys(self, *, to_pane: bool) -> None:
        """Lets the keys move in the pane below, or in the rows."""
        self._pane.set_active(to_pane)
        self._panes.has_keys = not to_pane
        self._panes.paint()

    def _next_pane(self) -> None:
        if self._pane.zoomed:
            self._toggle_zoom()
        elif self._pane.active:
            self._panes.activate(self._panes.trees[0])
            self.give_keys(to_pane=False)
        elif not self._panes.next_side():
            self.give_keys(to_pane=True)

    def _toggle_zoom(self) -> None:
        self.give_keys(to_pane=self._pane.toggle_zoom())

    def _resize(self, steps: int) -> None:
        if self._pane.zoomed:
            self._toggle_zoom()
        else:
            self._pane.grow(steps)

    def _back(self) -> None:
        """One level: zoom, the pane, the search, its text, only differences, then the screen before."""
        screen = self._screen
        if self._pane.zoomed:
            self._toggle_zoom()
        elif self._pane.active:
            self.give_keys(to_pane=False)
        elif screen.find_actions.end_search():
            return
        elif self._pane.text != WHY:
            self._choose(WHY)
        elif self._panes.active.only_differences:
            self._panes.toggle_only_differences()
        elif screen.returns:
            screen.dismiss(None)

    def _to_screen_before(self) -> None:
        if self._screen.returns:
            self._screen.dismiss(None)
        else:
            self._screen.say("no other screen was shown before", "warning")


class SideGoToActions(GoToActions):
    """Goes to events of either side, first of the side that an event's number is of."""

    def __init__(self, screen: ReplayScreen) -> None:
        super().__init__(screen)
        self._panes: PairPanes = screen.panes

    def tables(self) -> Sequence[EventTable]:
        """What was recorded, then what is now, or the other way round where now has the keys."""
        tree = self._panes.active
        both = (tree.sides.recorded, tree.sides.now)
        return both[::-1] if tree.shown is Shown.NOW else both

    def row_of(self, table: EventTable, index: int) -> int | None:
        """The row in which an event of a side stands."""
        tree = self._panes.active
        rows = tree.pairs.recorded if table is tree.sides.recorded else tree.pairs.now
        return rows.index(index) if index in rows else None

    def extent(self) -> str:
        """Where either side ends."""
        sides = self._panes.sides
        return f"recorded ends at {len(sides.recorded):,}, now at {len(sides.now):,}"


class SideCopyActions:
    """What copies on a replay screen."""

    def __init__(self, screen: ReplayScreen) -> None:
        self._screen = screen
        self._forms = Forms()

    def handlers(self) -> Handlers:
        """What the copying keys do."""
        return {
            **ValueCopying(self._screen, self._copy_events, self._call).handlers(),
            ActionId.COPY_HASH: self._copy_hash,
        }

    def _call(self) -> Call | None:
        """The call that the event under the cursor belongs to, as it was recorded where it was."""
        for _, table, item in self._items():
            call = table.call_of(item) if _holds(table, item) else None
            payload = None if call is None else read_payload(table.payload(call))
            if isinstance(payload, Call):
                return payload
        return None

    def _copy_events(self, chosen: Form | None) -> None:
        """Both sides in one JSON object, null for one that is not there."""
        items = self._items()
        numbers = [f"{name} {item + 1:,}" for name, table, item in items if _holds(table, item)]
        if not numbers and COPYING not in self._screen.slices:
            self._screen.say("there is no event to take", "warning")
            return
        begins = [table.raw_payload(item) for _, table, item in items if _holds(table, item)]
        size = sum([end - begin for begin, end in begins])
        key = tuple([item for _, _, item in items])
        form = self._forms.next_of(key, size, stops=COPYING in self._screen.slices, chosen=chosen)
        again = self._screen.keymap.key(ActionId.COPY_EVENT)
        shorter = "" if chosen else self._forms.offered(again, size)
        what = f"{' and '.join(numbers)} {form.value}"
        if form is Form.WHOLE:
            copy_pieces(self._screen, what, _both(items), _JSON_A_BYTE * size, _OTHERWISE, shorter)
        else:
            held = [(name, shorter_form(table, item, form)) for name, table, item in items if _holds(table, item)]
            copy(self._screen, what, _beside(held, form), _OTHERWISE, shorter)

    def _copy_hash(self) -> None:
        """The hash of the recorded event, or of now's where that has the keys or stands alone."""
        items = self._items()
        if self._screen.panes.active.shown is Shown.NOW:
            items.reverse()
        for name, table, item in items:
            hash_ = table.hash(item) if _holds(table, item) else None
            if hash_ is not None:
                self._copy(f"hash of {name} {item + 1:,}", hash_.hex())
                return
        self._screen.say("there is no hash to take", "warning")

    def _items(self) -> list[tuple[str, EventTable, int]]:
        panes = self._screen.panes
        sides, (recorded, now) = panes.sides, panes.pair
        return [("recorded", sides.recorded, recorded), ("now", sides.now, now)]

    def _copy(self, what: str, text: str) -> None:
        copy(self._screen, what, text, _OTHERWISE)


def _both(items: list[tuple[str, EventTable, int]]) -> Iterator[bytes]:
    """The JSON of both sides in one object, in pieces."""
    for at, (name, table, item) in enumerate(items):
        yield f'{"," if at else "{"}"{name}":'.encode()
        if _holds(table, item):
            yield from event_json_pieces(table.event(item), table.number(item))
        else:
            yield b"null"
    yield b"}"


def _beside(sides: Sequence[tuple[str, str]], form: Form) -> str:
    """What is said on each side, below each other."""
    if form is Form.LINE:
        return "\n".join([f"{name:<8}  {said}" for name, said in sides])
    return "\n\n".join([f"{name}\n{said}" for name, said in sides])


def _holds(table: EventTable, item: int) -> bool:
    return 0 <= item < len(table)
