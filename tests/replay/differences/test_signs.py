"""The signs by which a host call is known that one export makes no longer, and another one makes now."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, List, Record, String, Value, types
from chainview.replay.changes.leaves import leaves
from chainview.replay.changes.text_change import text_change
from chainview.replay.differences.signs import Sign, Trait, moved_signs, signs_of, signs_of_end, signs_of_words
from chainview.replay.explain.diff import diff_recordings
from tests.replay.chains import Made, Step, log, recording


@pytest.mark.parametrize(
    ("trait", "words", "moved"),
    [
        (Trait.EXTRA, ("log", '("flushed")'), Trait.MISSING),
        (Trait.MISSING, ("log", '("flushed")'), Trait.EXTRA),
        (Trait.EXTRA, ("log", "(ab)"), Trait.MISSING),
        (Trait.EXTRA, ("log", "(NuN)"), None),
        (Trait.MISSING, ("log", "(-NsN, N.NfN"), None),
        (Trait.EXTRA, ("log", "(NuN, NuN, Nu"), None),
        (Trait.EXTRA, ("log", '(NuN, "an'), Trait.MISSING),
        (Trait.EXTRA, ("log", "()"), None),
        (Trait.EXTRA, ("log", ""), None),
        (Trait.EXTRA, ("log",), None),
        (Trait.INPUT, ("log", '("flushed")'), None),
        (Trait.CHAIN_END, (), None),
    ],
)
def test_only_what_says_something_is_known_elsewhere(trait: Trait, words: tuple[str, ...], moved: Trait | None) -> None:
    """A missing host call is an extra one elsewhere by how it begins, unless that is a mere number or nothing."""
    assert moved_signs([Sign(trait, words)]) == (frozenset() if moved is None else {Sign(moved, words)})


@pytest.mark.parametrize(("input", "codes"), [(String("flushed"), ["C3"]), (U32(1), ["C3", "C4"])])
def test_a_number_is_not_what_moved(input: Value, codes: list[str]) -> None:
    """The same words in another export are one fault that was moved there; the same number is two faults."""
    put = Step("put", input)
    then = recording(Made("f", steps=[log("a")]), Made("g", steps=[put, log("b")]))
    now = recording(Made("f", steps=[log("a"), put]), Made("g", steps=[log("b")]))
    assert [each.code for each in diff_recordings(then, now).causes] == codes


def changed(recorded: str, now: str) -> frozenset[Sign]:
    """The signs of a text that became another one."""
    return signs_of_words(text_change(recorded, now))


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        (("holds 10.00", "holds 10,00"), ("fee 2.50 of 8.25", "fee 2,50 of 8,25"), True),
        (("took 5 ms", "took 5 us"), ("waited 17 ms", "waited 17 us"), True),
        (("is frozen: true", "is frozen: false"), ("is done: true", "is done: false"), False),
        (("m0002 by ada", "m0003 by ada"), ("3 of 9", "4 of 9"), False),
        (("an amount of 0 is refused", "#4 to 5"), ("batch: an amount of 7 is refused", "batch: same"), True),
        (("account 7 holds 3 of 9", "account 7 holds 9 of 3"), ("no: it holds 1 of 2", "no: it holds 2 of 1"), True),
        (("a cat", "a dog"), ("a bee", "a bat"), False),
    ],
)
def test_one_sentence_said_otherwise_has_signs_in_common_wherever_it_is_said(
    one: tuple[str, str], other: tuple[str, str], alike: bool
) -> None:
    """Marks and words that became others, and sentences that are gone, tell one edit; other numbers and data do not."""
    assert bool(changed(*one) & changed(*other)) == alike


def ended(recorded: Value, now: Value, under: str = "state", export: str = "f") -> frozenset[Sign]:
    """The signs of what a call left."""
    return signs_of_end(export, leaves(under, recorded, now))


def test_a_field_of_the_state_is_one_place_for_all_exports_and_an_answer_is_not() -> None:
    """The state is shared by all exports, and what each of them answers is its own."""
    one, other = Record("s", (("a", U32(1)), ("b", U32(1)))), Record("s", (("a", U32(1)), ("b", U32(2))))
    assert ended(one, other) & ended(one, other, export="g")
    assert not ended(one, other, "response") & ended(one, other, "response", export="g")


def test_a_list_with_other_items_is_alike_however_they_are_told() -> None:
    """Items in another order, items that are gone and items that others stand for are one change of one list."""
    items = [Record("i", (("id", U32(each)), ("of", U32(each * 7)))) for each in range(4)]
    kind = types.record_named("i")
    whole = List(kind, tuple(items))
    reversed_, shorter, others = (
        List(kind, tuple(items[::-1])),
        List(kind, tuple(items[1:])),
        List(kind, tuple(items[:2])),
    )
    assert ended(whole, reversed_) & ended(whole, shorter)
    assert ended(whole, shorter) & ended(others, List(kind, tuple(items[2:])))


def test_several_words_that_became_others_are_one_edit_wherever_they_stand() -> None:
    """Two words of one sentence, in an answer and in what another call fails with."""
    answered = signs_of_words(text_change("tea: too few tea", "tea: not enough tea"))
    failed = signs_of_words(text_change("too few rum", "not enough rum"))
    assert answered & failed
    assert not answered & signs_of_words(text_change("too few rum", "never any rum"))


def test_how_many_digits_a_number_has_is_no_sign() -> None:
    """A sum that is one cent more is that before and behind the point."""
    one, other = (
        leaves("input", String(a), String(b)) for a, b in (("9.00 EUR", "9.01 EUR"), ("19.99 EUR", "20.00 EUR"))
    )
    assert signs_of(Trait.INPUT, "log", one) & signs_of(Trait.INPUT, "log", other)
