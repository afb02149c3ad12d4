"""The rows of the chain tree against a model that walks every event."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from hypothesis import example, given
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.ui.tree.fold import Fold
from tests.ui import samples
from tests.ui.app_driver import few_calls

_PARTS = {
    "c": samples.call("tick"),
    "h": samples.log("x"),
    "r": samples.result("tick", samples.counter(1)),
    "e": samples.error("tick", "no"),
    "o": ("replay-summary", b""),
    "s": samples.shutdown(),
}
_DAMAGE = "d"
_INSIDE = (Kind.HOST, Kind.RESULT, Kind.ERROR, Kind.DAMAGED)
_ENDS = (Kind.RESULT, Kind.ERROR)
_WORDS = st.text(alphabet="chhhreosd", min_size=1, max_size=8)
_ACTIONS = st.one_of(
    st.tuples(st.just("append"), _WORDS),
    st.tuples(st.sampled_from(("toggle", "drop")), st.integers(1, 40)),
    st.tuples(st.sampled_from(("fold all", "unfold all", "filter", "no filter")), st.none()),
)
_BEGUN = st.text(alphabet="cchhod", max_size=5)
_NUMBERS = st.frozensets(st.integers(0, 24))


class _Model:
    """The promises of a Fold, kept by looking at every event each time."""

    def __init__(self, passing: frozenset[int] | None = None) -> None:
        self.kinds: list[Kind] = []
        self.first = 0
        self.folded: set[int] = set()
        self.opened: set[int] = set()
        self.filtered = False
        self.folds_new = False
        self._passing = passing

    def passes(self, number: int) -> bool:
        if self._passing is not None:
            return number in self._passing
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


class _Both:
    """A Fold and its model, to which the same is done."""

    def __init__(self, passing: frozenset[int] | None = None) -> None:
        self.table, self.model = EventTable(), _Model(passing)
        self.fold = Fold(self.table)
        self._matches = array("I")

    def append(self, word: str) -> None:
        table, model = self.table, self.model
        before = len(table)
        for letter in word:
            if letter == _DAMAGE:
                table.append_damage(b"??", 0, "damaged")
            else:
                samples.append(table, [_PARTS[letter]])
        model.kinds += [table.kind(index) for index in range(before, len(table))]
        fresh = range(model.first + before, len(model.kinds))
        self._matches.extend([at for at in fresh if model.passes(at)])
        if model.folds_new:
            model.folded.update([at for at in fresh if model.kinds[at] == Kind.CALL])
        self.fold.extend()

    def drop(self, keep: int) -> None:
        self.table.drop_oldest(keep)
        self.model.first = self.table.dropped
        while self._matches and self._matches[0] < self.table.dropped:
            self._matches.pop(0)
        self.fold.drop()

    def set_open(self, call: int, open_: bool) -> None:
        self.fold.set_open(call - self.model.first, open_)
        model = self.model
        if model.filtered:
            model.opened = model.opened | {call} if open_ else model.opened - {call}
        else:
            model.folded = model.folded - {call} if open_ else model.folded | {call}

    def fold_all(self) -> None:
        self.fold.fold_all()
        model = self.model
        model.opened = set()
        if not model.filtered:
            model.folded, model.folds_new = set(model.calls()), True

    def unfold_all(self) -> None:
        self.fold.unfold_all()
        model = self.model
        if model.filtered:
            passing = [at for at in range(model.first, len(model.kinds)) if model.passes(at)]
            model.opened |= {call for at in passing if (call := model.call_at(at)) is not None}
        else:
            model.folded, model.folds_new = set(), False

    def filter(self, filtered: bool) -> None:
        self.model.filtered, self.model.opened = filtered, set()
        self.fold.set_matches(self._matches if filtered else None)

    def check(self) -> None:
        fold, model = self.fold, self.model
        expected = list(model.rows())
        assert [fold.event_at(row) for row in range(len(fold))] == expected
        assert (fold.base, fold.filtered) == (model.first, model.filtered)
        for index in range(len(self.table)):
            above = [row for row, shown in enumerate(expected) if shown <= index]
            assert fold.row_of(index) == (above[-1] if above else 0)
            assert fold.rows_before(index) == sum(shown < index for shown in expected)
            assert fold.shows(index) == (index in expected)
            assert fold.lets_through(index) == (not model.filtered or model.passes(index + model.first))
            call = model.call_at(index + model.first)
            assert fold.holder(index) == (None if call is None else call - model.first)
            if self.table.kinds[index] in (Kind.CALL, *_INSIDE):
                assert self.table.call_of(index) == fold.holder(index)
            if call == index + model.first:
                assert fold.is_open(index) == (call in model.opened if model.filtered else call not in model.folded)


@example([("append", "ccccoe"), ("filter", None), ("unfold all", None), ("drop", 2)])
@given(st.lists(_ACTIONS, max_size=25))
def test_rows_are_those_of_the_model(actions: list[tuple[str, str | int | None]]) -> None:
    """After any appends, folds, filters and drops, also of calls still open, the rows are the model's."""
    both = _Both()
    for action, argument in actions:
        if action == "append":
            assert isinstance(argument, str)
            both.append(argument)
        elif action == "drop":
            assert isinstance(argument, int)
            both.drop(argument)
        elif action == "toggle" and both.model.calls():
            assert isinstance(argument, int)
            chosen = both.model.calls()[argument % len(both.model.calls())]
            both.set_open(chosen, not both.fold.is_open(chosen - both.model.first))
        elif action == "fold all":
            both.fold_all()
        elif action == "unfold all":
            both.unfold_all()
        elif action in ("filter", "no filter"):
            both.filter(action == "filter")
        both.check()


@example(["ch", "hr"], frozenset({0}), None, None)
@example(["co", "h"], frozenset({0}), None, None)
@example(["och", "oh"], frozenset({1}), None, None)
@example(["ch", "or", "oc"], frozenset({0}), frozenset({1, 3}), None)
@example(["hcrch", "dh"], frozenset({3}), None, 2)
@given(
    st.lists(_WORDS, min_size=1, max_size=4),
    _NUMBERS,
    st.none() | _NUMBERS,
    st.none() | st.integers(1, 12),
)
def test_any_calls_fold_and_any_filter_lets_through(
    batches: list[str], chosen: frozenset[int], passing: frozenset[int] | None, keep: int | None
) -> None:
    """Whichever calls are folded, or opened under whatever filter, what comes to the last of them keeps to that."""
    both = _Both(passing or frozenset())
    both.filter(passing is not None)
    for batch in batches:
        both.append(batch)
        both.check()
        for call in both.model.calls():
            both.set_open(call, (call in chosen) is (passing is not None))
        both.check()
        if keep is not None:
            both.drop(keep)
            both.check()
    both.unfold_all()
    both.check()
    both.filter(False)
    both.check()


@given(_BEGUN, _BEGUN, st.text(alphabet="hdr", max_size=3))
def test_a_folded_last_call_goes_on_folded(before: str, begun: str, rest: str) -> None:
    """The call that is still open takes its later events in, whatever stood behind it that turns out to be inside."""
    both = _Both()
    both.append(before + "c" + begun)
    last = both.model.calls()[-1]
    both.set_open(last, False)
    for letter in rest:
        both.append(letter)
        both.check()
    both.append("oc")
    both.check()
    both.unfold_all()
    both.check()


@given(st.lists(_WORDS, min_size=1, max_size=5))
def test_calls_to_come_are_folded_too(batches: list[str]) -> None:
    """Once all is folded a row is a call, or an event outside calls, also of what comes later."""
    both = _Both()
    for batch in batches:
        both.fold_all()
        both.append(batch)
        both.check()
        rows = [both.fold.event_at(row) for row in range(len(both.fold))]
        assert all(both.fold.holder(index) in (index, None) for index in rows)


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


def test_folds_are_carried_to_another_table() -> None:
    """Calls that were folded, or left open among folded ones, are so in a table of the same events, as they come."""
    whole = EventTable()
    for event in linked(few_calls(6)):
        whole.append(event)
    for all_first in (False, True):
        fold = Fold(whole)
        if all_first:
            fold.fold_all()
        calls = [index for index in range(len(whole)) if whole.kinds[index] == Kind.CALL]
        fold.set_open(calls[1], all_first)
        fold.set_open(calls[4], all_first)
        growing = EventTable()
        other = Fold(growing)
        other.begin_with(fold.folded_calls)
        for index in range(len(whole)):
            growing.append(whole.event(index))
            other.extend()
        assert [other.event_at(row) for row in range(len(other))] == [fold.event_at(row) for row in range(len(fold))]
        assert other.folded_calls == fold.folded_calls
