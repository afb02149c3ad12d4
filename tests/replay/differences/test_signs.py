"""The signs by which a host call is known that one export makes no longer, and another one makes now."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, String, Value
from chainview.replay.differences.signs import Sign, Trait, moved_signs
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
