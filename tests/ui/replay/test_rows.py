"""The rows of the replay screen: laws of the pairs, whatever differs."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.query.filter import parse_filter
from chainview.chain.state_chain import StateChain
from chainview.chain.table import EventTable
from chainview.replay.align.history import NONE
from chainview.replay.judge.causes import Label
from chainview.ui.replay.pair_search import PairFinder, PairSelection
from chainview.ui.replay.pair_table import PairTable
from chainview.ui.replay.pairs import Pairs, Sides
from chainview.ui.tree.fold import Fold
from tests.ui import samples
from tests.ui.app_driver import few_calls

_LABELS = [Label.SAME, Label.CAUSE, Label.VALUE, Label.STATE, Label.LINK, Label.SHIFT]


def table_of(parts: list[samples.Part]) -> EventTable:
    """A table of these events."""
    chain, table = StateChain(), EventTable()
    for event_type, payload in parts:
        table.append(chain.append(event_type, payload))
    return table


@st.composite
def aligned(draw: st.DrawFn) -> Pairs:
    """Rows of two histories: pairs that say the same or not, and gaps on either side."""
    recorded, now, labels = array("q"), array("q"), bytearray()
    at = at_now = 0
    for label, gap in draw(st.lists(st.tuples(st.sampled_from(_LABELS), st.sampled_from(["", "", "one", "other"])))):
        one_sided = bool(gap) and label in (Label.CAUSE, Label.VALUE, Label.STATE)
        recorded.append(NONE if one_sided and gap == "one" else at)
        now.append(NONE if one_sided and gap == "other" else at_now)
        at += recorded[-1] != NONE
        at_now += now[-1] != NONE
        labels.append(label)
    return Pairs(recorded, now, bytes(labels), array("q", range(len(labels))))


@given(aligned())
def test_one_column_holds_every_event_once_and_in_order(pairs: Pairs) -> None:
    """Each event of either side keeps exactly one row, in its order, and each row still says which pair it is of."""
    column = pairs.in_one_column()
    for before, after in ((pairs.recorded, column.recorded), (pairs.now, column.now)):
        both = [at for at in range(len(pairs)) if pairs.recorded[at] != NONE and pairs.now[at] != NONE]
        assert [item for item in before if item != NONE] == [item for item in after if item != NONE]
        assert len(column) == len(pairs) + sum(at in pairs.differing() for at in both)
    assert list(column.pairs) == sorted(column.pairs)
    for row in range(len(pairs)):
        at = column.row_of(row)
        assert column.pairs[at] == row
        assert column.labels[at] == pairs.labels[row]


@given(aligned())
def test_in_one_column_a_row_has_both_sides_only_where_they_say_the_same(pairs: Pairs) -> None:
    """What differs never shares a row."""
    column = pairs.in_one_column()
    for row in column.differing():
        assert NONE in (column.recorded[row], column.now[row])


@given(st.integers(0, 6))
def test_the_calls_of_equal_histories_are_those_of_the_recording(calls: int) -> None:
    """Kinds, steps and calls of the rows are the table's own where nothing differs."""
    table = table_of(few_calls(calls))
    rows = PairTable(Pairs.in_step(len(table)), Sides(table, table))
    fold = Fold(rows)
    assert rows.kinds == table.kinds
    for index in range(len(table)):
        assert fold.holder(index) == table.call_of(index)
        if table.kinds[index] == Kind.CALL:
            assert rows.steps(index) == table.steps(index)


_PARTS = {
    "c": samples.call("tick"),
    "h": samples.log("x"),
    "r": samples.result("tick", samples.counter(1)),
    "e": samples.error("tick", "no"),
    "o": ("replay-summary", b""),
    "s": samples.shutdown(),
}


@given(st.text(alphabet="chhreos", max_size=12))
def test_calls_end_where_those_of_a_table_do(word: str) -> None:
    """Whatever stands in, behind and between calls, a call of the rows has the steps that it has in its table."""
    table = table_of([_PARTS[letter] for letter in word])
    rows = PairTable(Pairs.in_step(len(table)), Sides(table, table))
    for index in range(len(table)):
        if table.kinds[index] == Kind.CALL:
            assert rows.steps(index) == table.steps(index)


@given(st.integers(1, 4), st.data())
def test_a_pair_that_differs_stays_in_its_call_when_it_has_two_rows(calls: int, data: st.DataObject) -> None:
    """Whatever event differs, its call begins once and ends once, one row longer than before."""
    table = table_of(few_calls(calls))
    index = data.draw(st.integers(0, len(table) - 1))
    pairs = Pairs.in_step(len(table), index).in_one_column()
    rows = PairTable(pairs, Sides(table, table))
    call = table.call_of(index)
    assert call is not None
    assert rows.steps(call) == table.steps(call) + 1
    fold = Fold(rows)
    assert fold.holder(index) == fold.holder(index + 1) == call
    assert rows.kinds.count(Kind.CALL) == table.kinds.count(Kind.CALL)


def texts_of(items: array[int], words: list[str]) -> EventTable:
    """A table with a log of a word for each event that stands in a column."""
    count = sum(item != NONE for item in items)
    return table_of([samples.log(words[at % len(words)]) for at in range(count)])


_WORDS = st.lists(st.sampled_from(["tea", "cake", "tea and cake", "jam"]), min_size=1, max_size=5)


def prepared(pairs: Pairs, words: list[str], words_now: list[str]) -> PairTable:
    """The rows with a text in every event, ready to be searched."""
    table = PairTable(pairs, Sides(texts_of(pairs.recorded, words), texts_of(pairs.now, words_now)))
    while not table.prepare():
        pass
    return table


def said(pairs: Pairs, row: int, words: list[str], words_now: list[str]) -> list[str]:
    """What the sides of a row say."""
    sides = ((pairs.recorded[row], words), (pairs.now[row], words_now))
    return [texts[item % len(texts)] for item, texts in sides if item != NONE]


@given(aligned(), _WORDS, _WORDS, st.booleans())
def test_a_search_finds_the_rows_in_which_either_side_says_it(
    pairs: Pairs, words: list[str], words_now: list[str], one_column: bool
) -> None:
    """Hits are found forwards, backwards and counted, each row once, whatever gaps there are."""
    pairs = pairs.in_one_column() if one_column else pairs
    table = prepared(pairs, words, words_now)
    finder = PairFinder(table, "tea")
    wanted = [row for row in range(len(pairs)) if any("tea" in text for text in said(pairs, row, words, words_now))]
    assert [row for row in range(len(pairs)) if finder.matches(row)] == wanted
    found, at = [], finder.seek(-1).run()
    while at is not None:
        found.append(at)
        at = finder.seek(at).run()
    assert found == wanted
    assert finder.seek(len(pairs), -1).run() == (wanted[-1] if wanted else None)
    while not finder.count_step(100):
        pass
    assert finder.total == len(wanted)


@given(aligned(), _WORDS, _WORDS)
def test_a_filter_shows_the_rows_of_which_either_side_passes(
    pairs: Pairs, words: list[str], words_now: list[str]
) -> None:
    """A condition is met by a row when it is met by what was recorded or by what is now, inverted or not."""
    table = prepared(pairs, words, words_now)
    for text, passes in (("tea", lambda said: "tea" in said), ("!tea", lambda said: "tea" not in said)):
        selection = PairSelection(table, parse_filter(text))
        while not selection.step():
            pass
        rows = range(len(pairs))
        assert list(selection.matches) == [row for row in rows if any(map(passes, said(pairs, row, words, words_now)))]
