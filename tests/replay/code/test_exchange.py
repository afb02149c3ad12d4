"""What changed its place with something else is one change, and what only looks like that is none."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from chainview.replay.code.code_change import CodeChange
from chainview.replay.code.exchange import Change, exchanges, moved_runs, runs_in_turn
from tests.replay.code.modules import assembled

WORDS = st.sampled_from("abcdef")


@given(st.lists(WORDS, min_size=2, max_size=3, unique=True), st.lists(st.integers(0, 40), min_size=3, max_size=3))
def test_what_passes_on_in_a_ring_is_one_change(words: list[str], places: list[int]) -> None:
    """Two or three places that hold among each other what they held before are one."""
    assume(len(set(places)) == 3)
    at = places[: len(words)]
    turned = [*words[1:], words[0]]
    changes: dict[int, Change] = {place: ([one], [other]) for place, one, other in zip(at, words, turned, strict=True)}
    assert exchanges(changes) == [frozenset(at)]


@given(st.dictionaries(st.integers(0, 9), st.tuples(st.lists(WORDS, max_size=2), st.lists(WORDS, max_size=2))))
def test_nothing_is_more_or_less_after_an_exchange(changes: dict[int, tuple[list[str], list[str]]]) -> None:
    """What the places of one hold together is what they held; no place is in two, and none stands by itself."""
    found = exchanges(changes)
    for each in found:
        then, now = [sorted([key for at in each for key in changes[at][side]]) for side in (0, 1)]
        assert then == now
        assert len(each) > 1
    assert len(frozenset[int]().union(*found)) == sum(map(len, found))


def test_values_that_bring_their_forms_along_are_one_exchange() -> None:
    """Two pairs that lie among each other change places together, two that lie apart each by themselves."""
    value: tuple[Change, Change] = (("one",), ("other",)), (("other",), ("one",))
    form: tuple[Change, Change] = (("text",), ("number",)), (("number",), ("text",))
    assert exchanges({1: value[0], 2: form[0], 3: value[1], 4: form[1]}) == [frozenset({1, 2, 3, 4})]
    assert exchanges({1: value[0], 2: value[1], 3: form[0], 4: form[1]}) == [frozenset({1, 2}), frozenset({3, 4})]


@given(st.lists(WORDS, min_size=2, max_size=6))
def test_what_is_gone_and_stands_beside_it_anew_only_moved(words: list[str]) -> None:
    """Changes beside each other that hold together what they held are one."""
    changes: list[Change] = [((word,), (other,)) for word, other in zip(words, words[1:] + words[:1], strict=True)]
    found = runs_in_turn(changes)
    for each in found:
        then, now = [sorted([str(key) for at in each for key in changes[at][side]]) for side in (0, 1)]
        assert then == now
        assert len(each) > 1
    assert bool(found) == (len(set(words)) > 1)


def test_of_more_places_than_are_tried_nothing_is_told() -> None:
    """A function that changed throughout takes no long search."""
    changes: dict[int, Change] = {at: ((at % 7,), ((at + 1) % 7,)) for at in range(400)}
    assert exchanges(changes) == []


def test_two_numbers_that_changed_places_are_all_that_changed() -> None:
    """They are taken back together, and count as a single change; a third number beside them as a second one."""
    text = """(func $f (param i32 i32) (result i32) (local.set 0 (i32.div_u (local.get 0) (i32.const {})))
        (local.set 1 (i32.add (local.get 1) (local.get 0))) (i32.mul (local.get 1) (i32.const {})))"""
    change, more = [CodeChange(assembled(text.format(3, 5)), assembled(text.format(5, last))) for last in (3, 4)]
    assert (change.alike(0), change.is_one) == (frozenset({0, 1}), True)
    assert (more.alike(0), more.is_one) == (frozenset({0}), False)


def test_many_instructions_that_stand_elsewhere_are_one_change_of_both_places() -> None:
    """Eight in a row that one place lacks and another one has more are moved; seven may be alike by chance."""
    eight = list("abcdefgh")
    assert set(moved_runs([(eight, ["x"]), ([], ["y"]), (["z"], ["z", *eight])])) == {(2, 0)}
    assert set(moved_runs([(eight[:7], ["x"]), ([], ["y"]), (["z"], ["z", *eight[:7]])])) == set()
