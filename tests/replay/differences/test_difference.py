"""What is left of a difference beside the shape of values."""

from __future__ import annotations

import pytest

from chainview.pack.values import U32, U64, Record, Value
from chainview.replay.changes.leaves import Leaf, leaves
from chainview.replay.differences.codes import Code
from chainview.replay.differences.difference import Difference, sentence_of
from chainview.replay.differences.signs import Trait, signs_of

THEN = Record("r", (("a", U32(1)), ("b", U32(7))))
PLAIN = Record("r", (("a", U32(1)), ("b", U64(7))))
FAULTY = Record("r", (("a", U32(5)), ("b", U64(7))))


def ended(*found: Leaf) -> Difference:
    """A difference of how `f` ended, of these leaves."""
    path, (recorded, now) = found[0].path, found[0].literals
    sentence = sentence_of(Code.OTHER_RESPONSE, "f", "f", path=path, recorded=recorded, now=now)
    return Difference(
        Code.OTHER_RESPONSE, (3,), 3, 2, "f", "f", sentence, path, recorded, now, found, signs_of(Trait.END, "f", found)
    )


@pytest.mark.parametrize(
    ("response", "state", "code", "path"),
    [
        (FAULTY, THEN, Code.OTHER_RESPONSE, "response.a"),
        (PLAIN, FAULTY, Code.OTHER_STATE, "state.a"),
        (FAULTY, FAULTY, Code.OTHER_RESPONSE, "response.a"),
    ],
)
def test_what_differs_beside_a_type_is_told_by_itself(response: Value, state: Value, code: Code, path: str) -> None:
    """The rest has the code, path, values and sentence of what is another value, not of what has another type."""
    beyond = ended(*reversed(leaves("response", THEN, response)), *leaves("state", THEN, state)).beyond_shape()
    assert beyond is not None
    assert (beyond.code, beyond.path, beyond.recorded, beyond.now) == (code, path, "1u32", "5u32")
    assert f"{path} recorded 1u32, now 5u32" in beyond.sentence
    assert {(leaf.recorded, leaf.now) for leaf in beyond.leaves} == {(U32(1), U32(5))}
    assert {sign.trait for sign in beyond.signs} == {Trait.END}


@pytest.mark.parametrize("now", [PLAIN, Record("r", (("a", U32(5)), ("b", U32(7))))])
def test_of_one_kind_alone_nothing_is_left(now: Record) -> None:
    """Where only types differ, or only values, there is no rest."""
    assert ended(*leaves("response", THEN, now)).beyond_shape() is None
