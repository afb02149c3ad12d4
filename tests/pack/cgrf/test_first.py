"""Values that stand first in tuples, written beforehand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import EncodeError, First, encode
from chainview.pack.values import U8, UNIT, List, String, Tuple, Value, types
from tests.pack import strategies

_VERSIONS = st.sampled_from([2, 3])


@given(strategies.old_values(), st.lists(strategies.old_values(), max_size=3), _VERSIONS)
def test_a_tuple_is_written_as_the_encoder_writes_it(value: Value, others: list[Value], version: int) -> None:
    """Whatever follows the value, the bytes are the encoder's, or it is left to that."""
    first = First(version)
    first.keep(value, len(encode(value, version)))
    whole = Tuple((value, *others))
    assert first.tuple_of(whole) in (None, encode(whole, version))


@given(strategies.old_values(), st.lists(st.builds(String, st.text("ab€")) | st.just(UNIT), max_size=16), _VERSIONS)
def test_what_has_a_node_each_may_follow(value: Value, others: list[Value], version: int) -> None:
    """Texts, numbers and units behind the value leave nothing to the encoder; another value is kept in its place."""
    first = First(version)
    first.keep(U8(1), 9)
    first.keep(value, len(encode(value, version)))
    whole = Tuple((value, *others))
    assert first.tuple_of(whole) == encode(whole, version)


def test_only_the_value_itself_is_known() -> None:
    """An equal one, a large one, one that more follows than an actor takes, and what is no tuple are the encoder's."""
    value = Tuple((String("a"), String("b")))
    first = First(2)
    assert first.tuple_of(Tuple((value,))) is None
    first.keep(value, 99)
    for whole in (
        Tuple((Tuple(value.items),)),
        Tuple(()),
        UNIT,
        String("a"),
        List(types.STRING, (value,)),
        Tuple((value, value)),
        Tuple((value, *[UNIT] * 17)),
        Tuple((value, String("x" * 70_000))),
    ):
        assert first.tuple_of(whole) is None
    first.keep(value, 1 << 20)
    assert first.tuple_of(Tuple((value,))) is None


def test_what_follows_is_refused_as_by_the_encoder() -> None:
    """A number out of its range, or a text that is none, is told in the same words."""
    first = First(2)
    first.keep(UNIT, 20)
    for wrong in (U8(300), String("\ud800")):
        with pytest.raises(EncodeError) as refused:
            first.tuple_of(Tuple((UNIT, wrong)))
        with pytest.raises(EncodeError) as told:
            encode(Tuple((UNIT, wrong)))
        assert refused.value.sentence == told.value.sentence
