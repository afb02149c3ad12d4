"""The rows of the chain tree against a model that walks every event."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from hypothesis import example, given, settings
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.table import EventTable
from chainview.ui.tree.fold import Fold
from tests.ui import samples

_PARTS = {
    "c": samples.call("tick"),
    "h": samples.log("x"),
    "r": samples.result("tick", samples.counter(1)),
    "e": samples.error("tick", "no"),
    "o": ("replay-summary", b""),
    "s": samples.shutdown(),
}
_INSIDE = (Kind.HOST, Kind.RESULT, Kind.ERROR, Kind.DAMAGED)
_ENDS = (Kind.RESULT, Kind.ERROR)
_WORDS = st.text(alphabet="chhhreos", min_size=1, max_size=8)
_ACTIONS = st.one_of(
    st.tuples(st.just("append"), _WORDS),
    st.tuples(st.sampled_from(("toggle", "drop")), st.integers(1, 40)),
    st.tuples(st.sampled_from(("fold all", "unfold all", "filter", "no filter")), st.none()),
)


class _Model:
    """The same promises, kept by looking at every event each time."""

    def __init__(self) -> None:
        self.kinds: list[Kind] = []
        self.first = 0
        self.folded: set[int] = set()
        self.opened: set[int] = set()
        self.filtered = False
        self.folds_new = False

    def passes(self, number: int) -> bool:
        return self.kinds[number] == Kind.HOST or number % 5 == 0

    def call_at(self, number: int) -> int | None:
        calls = [at for at in range(self.first, number + 1) if self.kinds[at] == Kind.CALL]
        return calls[-1] if calls and number <= self._last(calls[-1]) else None

    def _last(self, call: int) -> int:
        last = call
        for at in range(call + 1, len(self.kinds)):
            if self.kinds[at] == Kind.CALL:
                break
            if self.kinds[at] in _INSIDE:
                last = at
            if self.kinds[at] in _ENDS:
                break
        return last

    def calls(self) -> list[int]:
        return [at for at in range(self.first, len(self.kinds)) if self.kinds[at] == Kind.CALL]

    def rows(self) -> Iterator[int]:
        for number in range(self.first, len(self.kinds)):
            call = self.call_at(number)
            if self.filtered:
                shown = self.passes(number) or call in self.opened
            else:
                shown = call is None or call == number or call not in self.folded
            if shown:
                yield number - self.first


@example([("append", "ccccoe"), ("filter", None), ("unfold all", None), ("drop", 2)])
@settings(max_examples=300)
@given(st.lists(_ACTIONS, max_size=25))
def test_rows_are_those_of_the_model(actions: list[tuple[str, str | int | None]]) -> None:
    """After any appends, folds, filters and drops, also of calls still open, the rows are the model's."""
    table, model = EventTable(), _Model()
    fold = Fold(table)
    matches = array("I")
    for action, argument in actions:
        if action == "append":
            assert isinstance(argument, str)
            before = len(table)
            samples.append(table, [_PARTS[letter] for letter in argument])
            model.kinds += [table.kind(index) for index in range(before, len(table))]
            fresh = range(model.first + before, len(model.kinds))
            matches.extend([at for at in fresh if model.passes(at)])
            if model.folds_new:
                model.folded.update([at for at in fresh if model.kinds[at] == Kind.CALL])
            fold.extend()
        elif action == "drop":
            assert isinstance(argument, int)
            table.drop_oldest(argument)
            model.first = table.dropped
            while matches and matches[0] < table.dropped:
                matches.pop(0)
            fold.drop()
        elif action == "toggle" and model.calls():
            assert isinstance(argument, int)
            chosen = model.calls()[argument % len(model.calls())]
            fold.set_open(chosen - model.first, not fold.is_open(chosen - model.first))
            changed = model.opened if model.filtered else model.folded
            changed ^= {chosen}
        elif action == "fold all":
            fold.fold_all()
            model.opened = set()
            if not model.filtered:
                model.folded, model.folds_new = set(model.calls()), True
        elif action == "unfold all":
            fold.unfold_all()
            if model.filtered:
                passing = [at for at in range(model.first, len(model.kinds)) if model.passes(at)]
                model.opened |= {call for at in passing if (call := model.call_at(at)) is not None}
            else:
                model.folded, model.folds_new = set(), False
        elif action in ("filter", "no filter"):
            model.filtered, model.opened = action == "filter", set()
            fold.set_matches(matches if model.filtered else None)
        expected = list(model.rows())
        assert [fold.event_at(row) for row in range(len(fold))] == expected
        assert [fold.row_of(index) for index in expected] == list(range(len(expected)))
        assert all(fold.shows(index) for index in expected)
        for at in range(model.first, len(model.kinds)):
            assert fold.holder(at - model.first) == _index(model, at)
            if model.kinds[at] in (Kind.CALL, *_INSIDE):
                assert table.call_of(at - model.first) == _index(model, at)


def _index(model: _Model, number: int) -> int | None:
    call = model.call_at(number)
    return None if call is None else call - model.first


def test_an_open_call_stays_folded_when_its_end_arrives() -> None:
    """A call folded while it runs hides its later steps and its result, also when they come in one batch."""
    table = samples.table_of([samples.call("tick"), samples.log("one")])
    fold = Fold(table)
    fold.set_open(0, False)
    samples.append(table, [samples.log("two"), samples.result("tick", samples.counter(1)), samples.call("tick")])
    fold.extend()
    assert [fold.event_at(row) for row in range(len(fold))] == [0, 4]


def test_a_hidden_event_stands_at_the_row_of_its_call() -> None:
    """An event without a row of its own is found at the nearest row above."""
    fold = Fold(samples.table_of(samples.counting(3)))
    fold.set_open(5, False)
    assert not fold.shows(7)
    assert fold.event_at(fold.row_of(7)) == 5
