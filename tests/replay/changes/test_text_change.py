"""Two texts word by word."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from chainview.replay.changes.text_change import around_change, text_change

TEXTS = st.text("ab 1é", max_size=30)


@given(TEXTS, TEXTS)
def test_the_parts_make_both_texts(recorded: str, now: str) -> None:
    """What stands before, what changed, and what stands behind give either text back."""
    assume(recorded != now)
    change = text_change(recorded, now)
    assert change.before + change.recorded + change.behind == recorded
    assert change.before + change.now + change.behind == now
    assert change.recorded != change.now


def test_of_very_long_texts_what_is_near_to_the_change_is_told() -> None:
    """A word that changed far inside a long text is that word, with few of the words around it."""
    before, behind = "the fox is 7 " * 100_000, " over the dog" * 100_000
    change = text_change(f"{before}jumps{behind}", f"{before}jumped{behind}")
    assert (change.recorded, change.now, change.atoms) == ("jumps", "jumped", (("jumps", "jumped"),))
    assert before.endswith(change.before)
    assert behind.startswith(change.behind)
    assert 0 < len(change.before) + len(change.behind) < 20_000


def test_long_texts_that_differ_all_through_are_not_called_alike() -> None:
    """Texts too long to be looked through, equal at their ends, are not only other numbers, nor cost their length."""
    inside = "x" * (1 << 18)
    change = text_change(f"1 {'a 1 ' * 30_000}{inside}{'b ' * 30_000}", f"2 {'a 2 ' * 30_000}{inside}y{'c ' * 30_000}")
    assert not change.only_numbers
    assert max(len(change.recorded), len(change.now)) < 1 << 17


@given(st.text("ab", max_size=40), st.text("cd", max_size=9), st.text("cd", max_size=9), st.text("ab", max_size=40))
def test_what_changed_is_kept_whole(before: str, recorded: str, now: str, behind: str) -> None:
    """Cut to a length that has room for it, both texts still show the change, with the same context on both sides."""
    assume(recorded != now)
    one, other = around_change(before + recorded + behind, now=before + now + behind, longest=40)
    assert recorded in one
    assert now in other
    assert one.startswith("…") == other.startswith("…")
    assert one.endswith("…") == other.endswith("…")
    assert len(one) <= len(before + recorded + behind)


@pytest.mark.parametrize("texts", [("a", "x" * 200), ("x" * 200, "a"), ("a" * 90, "x" * 90), ("a", "b" * 20)])
def test_the_longer_text_decides_whether_both_are_cut(texts: tuple[str, str]) -> None:
    """However short the other one is, a long text is told by its beginning and its end."""
    cut = around_change(*texts, 20)
    assert max(map(len, cut)) <= 22
    assert (cut == texts) is (max(map(len, texts)) <= 20)


@pytest.mark.parametrize(
    ("recorded", "now", "place"),
    [
        ("count is 5", "count is 6", True),
        ("5 apples", "6 apples", True),
        ("(5)", "(6)", False),
        ("tea", "rum", False),
    ],
)
def test_only_words_around_a_change_tell_its_place(recorded: str, now: str, place: bool) -> None:
    """What changed between signs alone may stand anywhere, so it is not taken for the same place."""
    assert bool(text_change(recorded, now).place) is place


def test_repeated_letters_on_both_sides_of_a_change_are_told_once() -> None:
    """A text that only grew in a run of equal letters is cut as one change, with nothing left out twice."""
    one, other = around_change("a" * 50, "a" * 52, 20)
    assert (len(other) - len(one), set(one), set(other)) == (2, {"a", "…"}, {"a", "…"})


@pytest.mark.parametrize(
    ("recorded", "now", "words"),
    [
        ("a 1.00 b", "a 1.00 EUR b", {("", "EUR")}),
        ("a 1.00 (fee 0.10)", "a 1.00 EUR (fee 0.10 EUR)", {("", "EUR")}),
        ("1.00 of 2.00", "1,00 of 2,00", {(".", ",")}),
        ("took 5 ms in all", "took 5 us in all", {("ms", "us")}),
        ("a  b", "a b", set()),
    ],
)
def test_words_are_compared_between_those_that_stayed(recorded: str, now: str, words: set[tuple[str, str]]) -> None:
    """The same word put in at two places of a text is one change, and white space at its sides is none."""
    assert text_change(recorded, now).words == words


@pytest.mark.parametrize(
    ("recorded", "now", "numbers"),
    [
        ("mean 30.8 bytes", "mean 31 bytes", (("30.8", "31"),)),
        ("m0002-5 and 9", "m0003-5 and 10", (("0002", "0003"), ("9", "10"))),
        ("3 lines", "4 rows", ()),
    ],
)
def test_numbers_are_whole_however_much_of_them_stayed(
    recorded: str, now: str, numbers: tuple[tuple[str, str], ...]
) -> None:
    """Where only numbers became others each is told with all its digits."""
    assert text_change(recorded, now).numbers == numbers
