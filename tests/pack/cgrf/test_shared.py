"""Values that share what is equal in them say, and are written as, what they would alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.pack.cgrf import (
    EACH_ALONE,
    DecodeError,
    EncodeError,
    SharedValues,
    decode,
    decode_stored,
    encode,
    encoder,
    shared,
)
from chainview.pack.cgrf.limits import NEWEST, OLDEST, VERSIONS
from chainview.pack.values import U8, U32, UNIT, Compound, List, Option, Record, Result, String, Tuple, Value, types
from chainview.pack.values.walk import walk
from tests.pack.strategies import old_values, values

VERSION = st.sampled_from(VERSIONS)


def message(number: int) -> Record:
    """A record of a few fields, as a state holds many of."""
    return Record("Message", (("id", String(f"m{number:04}")), ("text", String("hello")), ("edits", U32(0))))


def room(*numbers: int) -> Record:
    """A state that holds messages."""
    items = List(types.record_named("Message"), tuple(map(message, numbers)))
    return Record("Room", (("title", String("lobby")), ("messages", items), ("muted", List(types.STRING, ()))))


def compounds(value: Value) -> Iterator[Value]:
    """What stands in a value and holds others."""
    return (each for each in walk(value) if isinstance(each, Compound) and each.held)


@given(st.lists(old_values(), min_size=1, max_size=4), VERSION)
def test_what_is_read_is_what_the_decoder_reads(given_: list[Value], version: int) -> None:
    """Bytes are the value that the decoder makes of them, whatever was read before, under both versions."""
    reader = SharedValues()
    for value in given_:
        for whole in (value, Tuple((value, UNIT)), Tuple((String("x"), value, value)), value):
            data = encode(whole, version)
            assert reader.decode(data) == decode(data) == reader.decode_stored(data)


@given(st.lists(values(), min_size=1, max_size=4))
def test_what_is_written_is_what_the_encoder_writes(given_: list[Value]) -> None:
    """A value is written byte for byte as the encoder does it, wherever the parts that were read stand in it."""
    reader = SharedValues()
    read = [reader.decode(encode(value, NEWEST)) for value in given_]
    for one in read:
        for whole in (one, Tuple((String("before"), one)), Option(types.BOOL, Tuple((*read, one, U8(1))))):
            assert reader.encode(whole, NEWEST) == encode(whole, NEWEST)


@given(st.binary(max_size=80), old_values(), st.integers(0, 200), st.integers(0, 255))
def test_bytes_of_anyone_are_read_as_ever(junk: bytes, value: Value, at: int, byte: int) -> None:
    """What the encoder did not write is read, or refused in its words, as the decoder does it."""
    reader, data = SharedValues(), bytearray(encode(value, OLDEST))
    reader.decode(bytes(data))
    data[at % len(data)] = byte
    for given_ in (junk, b"CGRF" + junk, bytes(data)):
        for _ in range(2):
            assert outcome(reader.decode, given_) == outcome(decode, given_)
            assert outcome(reader.decode_stored, given_) == outcome(decode_stored, given_)


def outcome(read: object, data: bytes) -> object:
    """The value, or the sentence of the error."""
    assert callable(read)
    try:
        return read(data)
    except DecodeError as error:
        return error.sentence


def test_equal_parts_are_one_object() -> None:
    """What is equal in two states is one object, wherever it stands in each, and whole states are, too."""
    reader = SharedValues()
    one, other = [reader.decode(encode(state)) for state in (room(1, 2, 3), room(2, 3, 4))]
    known = {id(each) for each in compounds(one)}
    assert isinstance(other, Record)
    assert [id(each) in known for each in other.fields[1][1].held] == [True, True, False]  # type: ignore[attr-defined]
    result = reader.decode(encode(Result(types.BOOL, types.STRING, True, Tuple((room(1, 2, 3), UNIT)))))
    assert isinstance(result, Result)
    assert result.value.held[0] is one  # type: ignore[attr-defined]


def test_a_part_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    """A part that was read is written at any place without that a node of it is made anew."""
    reader, made = SharedValues(), list[Value]()
    state = reader.decode(encode(Tuple((String("first"), room(*range(30))))))

    def noted(value: Value, indexes: Sequence[int], known: Mapping[int, int]) -> bytes:
        made.append(value)
        return encoder.compound_node(value, indexes, known)

    monkeypatch.setattr(shared, "compound_node", noted)
    assert isinstance(state, Tuple)
    for before in ((), (String("a"),), (String("a"), String("b"))):
        whole = Tuple((*before, state.items[1], UNIT))
        made.clear()
        assert reader.encode(whole) == encode(whole)
        assert made == [UNIT, whole]


def test_what_was_written_need_not_be_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that a value was written as are that very value."""
    reader = SharedValues()
    state = reader.decode(encode(room(1, 2, 3)))
    whole = Tuple((state, UNIT))
    data = reader.encode(whole)
    reader.know(data, whole)
    assert reader.decode(data) is whole
    monkeypatch.setattr(shared, "_LARGEST", 1)
    reader.know(b"large", UNIT)
    with pytest.raises(DecodeError):
        reader.decode(b"large")


def test_what_is_noted_is_kept_as_long_as_its_value() -> None:
    """What is noted of a part that is shared is known of it alone, and nothing of what others made."""
    reader, mark, other_mark = SharedValues(), object(), object()
    state = reader.decode(encode(room(1)))
    reader.note(state, mark)
    assert reader.is_noted(state, mark)
    assert not reader.is_noted(state, other_mark)
    alone = room(1)
    reader.note(alone, mark)
    assert not reader.is_noted(alone, mark)
    EACH_ALONE.note(state, mark)
    assert not EACH_ALONE.is_noted(state, mark)


def test_what_is_kept_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of ever new values no more is kept than there is room for, and all are read and written right."""
    monkeypatch.setattr(shared, "_ROOM", 5000)
    reader = SharedValues()
    for number in range(0, 300, 3):
        data = encode(room(*range(number, number + 5)))
        value = reader.decode(data)
        assert value == decode(data)
        assert reader.encode(Tuple((U8(0), value))) == encode(Tuple((U8(0), value)))
        assert len(reader._wholes) < 50


def test_what_is_kept_hangs_on_how_much_there_is_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of values from little that can be read less is kept, but something always, and never more than of much."""
    monkeypatch.setattr(shared, "_ROOM", 90_000)
    monkeypatch.setattr(shared, "_LEAST_ROOM", 20_000)
    kept = []
    for to_read in (0, 45_000, 1 << 40):
        reader, most = SharedValues(to_read), 0
        for number in range(0, 300, 3):
            reader.decode(encode(room(*range(number, number + 5))))
            most = max(most, len(reader._wholes))
        kept.append(most)
    assert 1 < kept[0] < kept[1] < kept[2] < 100


def test_what_cannot_be_shared_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of bytes that the encoder would write otherwise no more is kept than there is room for, however many come."""
    monkeypatch.setattr(shared, "_ROOM", 5000)
    reader = SharedValues()
    for number in range(200):
        data = bytearray(encode(Tuple((String(f"text {number}"), U8(1)))))
        data[-8:] = data[-4:] + data[-8:-4]
        assert reader.decode(bytes(data)) == Tuple((U8(1), String(f"text {number}")))
        assert len(reader._of[OLDEST].leaves) < 50
    assert not reader._wholes


def test_large_values_are_read_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A value beyond the size up to which parts are shared is read, and written, all the same."""
    monkeypatch.setattr(shared, "_LARGEST", 100)
    monkeypatch.setattr(shared, "_LARGEST_WRITTEN", 100)
    reader, data = SharedValues(), encode(room(1, 2, 3))
    assert reader.decode(data) == room(1, 2, 3)
    assert not reader._wholes
    assert reader.encode(room(1, 2, 3)) == data


def test_nesting_is_bounded() -> None:
    """A value that is nested more than a few hundred levels is read and written as the decoder and encoder do it."""
    value: Value = UNIT
    for _ in range(900):
        value = Tuple((value,))
    reader = SharedValues()
    assert reader.decode(encode(value)) == value
    assert not reader._wholes
    assert reader.encode(value) == encode(value)


def test_what_cannot_be_written_is_refused_as_ever() -> None:
    """A value that CGRF can't hold is refused in the encoder's words."""
    for wrong in (U8(300), String("\ud800"), List(types.U8, (String("x"),))):
        with pytest.raises(EncodeError) as plain:
            encode(Tuple((wrong,)))
        with pytest.raises(EncodeError) as told:
            SharedValues().encode(Tuple((wrong,)))
        assert told.value.sentence == plain.value.sentence
