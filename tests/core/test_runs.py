"""What the core makes ready of recorded calls is what Python hands over and is given when it makes them."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Kind
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.core import serving
from chainview.core.events import Region
from chainview.core.runs import FunctionForm, Ready, RunCore, RunForms
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.canonical import is_canonical
from chainview.pack.cgrf.limits import HEADER_SIZE
from chainview.pack.declared.contract import Contract
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import U32, UNIT, Option, Record, Result, String, Tuple, Value, Variant, list_value, types
from chainview.replay.run.forms import frame
from chainview.replay.run.type_forms import ExportForms, TypeForms
from tests.pack.strategies import SCALARS, old_values, type_descs

F, HOST = "test:x/y.f", ("test:x/host", "ask")
OK, ERR = types.tuple_of((types.BOOL, types.BOOL)), types.STRING
BASE = 48
_ENTRY = struct.Struct("<8I")
_RECORD = struct.Struct("<3I")
_ENDS = encode(Result(OK, ERR, True, UNIT)), encode(Result(types.BOOL, ERR, False, UNIT))
_UNIT_NODE = encode(UNIT)[HEADER_SIZE:]

Event = tuple[Kind, bytes]
NEXT: tuple[Event, ...] = (
    (Kind.CALL, encode_call(Schema.VALUES, F, UNIT)),
    (Kind.RESULT, encode_result(Schema.VALUES, F, UNIT, UNIT)),
)
"""One more call, behind which nothing is."""
Entry = tuple[bytes, bytes, list[tuple[bytes, bytes]]]
"""What is handed over, what is expected, and what each host call asks and is answered."""


def core() -> RunCore:
    """The core, which must be at hand."""
    found = serving.run_core()
    assert found is not None, serving.served()
    return found


def forms(types_: TypeForms, of: ExportForms) -> RunForms:
    """What is known of the export f, whose types these are, and of one host function."""
    ok, error = [each[HEADER_SIZE + len(_UNIT_NODE) :] for each in _ENDS]
    function = FunctionForm(
        call=frame(encode_call(Schema.VALUES, F, UNIT), 1, 1, 2),
        result=frame(encode_result(Schema.VALUES, F, UNIT, UNIT), 1, 2, 2),
        error=frame(encode_error(F, ""), 1, 1, 2),
        slot=0,
        ok=ok,
        err=error,
        takes=of.takes,
        leaves=of.leaves,
        responds=of.responds,
        refuses=of.refuses,
    )
    asked = frame(encode_host_call(*HOST, UNIT, UNIT), 2, 2, 1)
    return RunForms([function], [(asked, 5), None], types_.types, b"refused: ", 2)


def ready(events: Sequence[Event], known: RunForms, before: bytes = b"") -> Ready:
    """What is made ready of these events, behind the call of f, which runs already."""
    payloads = [payload for _, payload in events]
    starts = struct.pack(f"<{len(events)}Q", *list(accumulate(map(len, payloads), initial=0))[: len(events)])
    ids = struct.pack(f"<{len(events)}I", *[kind is not Kind.HOST for kind, _ in events])
    assert core().events.place(Region(b"".join(payloads), starts, 0, ids, in_entries=False))
    made = core().ready(known, 0, before, bytes([kind for kind, _ in events]), BASE)
    assert made is not None
    return made


def entries(made: Ready) -> list[Entry]:
    """What lies in what was made ready, entry by entry."""

    def part(at: int, size: int) -> bytes:
        return made.data[at - BASE : at - BASE + size]

    found, at = list[Entry](), BASE
    while at:
        at, first, stop, expected, size, slot, input_at, input_size = _ENTRY.unpack(part(at, _ENTRY.size))
        assert slot == 0
        asked = []
        while first < stop:
            number, *sizes = _RECORD.unpack(part(first, _RECORD.size))
            assert number == 5
            first += _RECORD.size
            asked.append((part(first, sizes[0]), part(first + sizes[0], sizes[1])))
            first += sum(sizes)
        assert first == stop
        found.append((part(input_at, input_size), part(expected, size), asked))
    return found


Step = tuple[Value, list[tuple[Value, Value]], tuple[Value, Value] | str]
"""The params of a call, what its host calls ask and are answered, and its state and response, or its error."""
PARAMS = st.lists(old_values(), max_size=3).map(lambda items: Tuple(tuple(items))) | old_values()
ASKED = st.lists(st.tuples(old_values(), old_values()), max_size=3)
ENDS = st.tuples(old_values(), old_values()) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9)
STEPS = st.lists(st.tuples(PARAMS, ASKED, ENDS), min_size=1, max_size=4)


def recorded(steps: Sequence[Step]) -> list[Event]:
    """The events of these calls of f but the wasm-call of the first."""
    events = list[Event]()
    for params, asked, end in steps:
        events.append((Kind.CALL, encode_call(Schema.VALUES, F, params)))
        events += [(Kind.HOST, encode_host_call(*HOST, *each)) for each in asked]
        if isinstance(end, str):
            events.append((Kind.ERROR, encode_error(F, f"refused: {end}")))
        else:
            events.append((Kind.RESULT, encode_result(Schema.VALUES, F, *end)))
    return events[1:]


def made_in_python(steps: Sequence[Step], state: Value) -> list[Entry]:
    """What Python hands over, and expects, call by call; of the first call no input, of the last no end."""
    found = list[Entry]()
    for number, (params, asked, end) in enumerate(steps):
        items = params.items if isinstance(params, Tuple) else (params,)
        input = encode(Tuple((state, *items))) if number else b""
        if isinstance(end, str):
            output = Result(types.BOOL, ERR, False, String(end))
        else:
            output, state = Result(OK, ERR, True, Tuple(end)), end[0]
        expected = b"" if number == len(steps) - 1 else encode(output)
        found.append((input, expected, [(encode(one), encode(other)) for one, other in asked]))
    return found


@given(STEPS, old_values())
def test_what_is_made_ready_is_what_python_makes(steps: list[Step], state: Value) -> None:
    """Every input, result, question and answer is, byte for byte, what the encoder writes."""
    all_types = TypeForms()
    before = encode_result(Schema.VALUES, F, state, UNIT)
    made = ready(recorded(steps), forms(all_types, all_types.of(None)), before)
    assert entries(made) == made_in_python(steps, state)
    assert (made.calls, made.records) == (len(steps) - 1, sum(len(asked) for _, asked, _ in steps))


@given(STEPS, old_values(), st.data())
def test_only_what_the_encoder_writes_is_made_ready(steps: list[Step], state: Value, data: st.DataObject) -> None:
    """An event of which a byte was changed stops it, or is still what the encoder writes and says what is ready."""
    events = recorded(steps)
    at = data.draw(st.integers(0, len(events) - 1))
    kind, payload = events[at]
    place = data.draw(st.integers(0, len(payload) - 1))
    changed = bytearray(payload)
    changed[place] ^= 1 << data.draw(st.integers(0, 7))
    events[at] = kind, bytes(changed)
    all_types = TypeForms()
    known, before = forms(all_types, all_types.of(None)), encode_result(Schema.VALUES, F, state, UNIT)
    found, plain = entries(ready(events, known, before)), entries(ready(recorded(steps), known, before))
    if is_canonical(bytes(changed)):
        return
    for (input, expected, asked), (input_plain, expected_plain, asked_plain) in zip(found, plain, strict=False):
        assert input == input_plain
        assert expected in (expected_plain, b"")
        assert asked == asked_plain[: len(asked)]


@given(st.binary(max_size=60), st.integers(0, 200), old_values())
def test_whatever_lies_in_a_payload_is_read_in_bounds(junk: bytes, place: int, state: Value) -> None:
    """Payloads of any bytes, and such with any in their middle, are left to Python."""
    all_types = TypeForms()
    known = forms(all_types, all_types.of(None))
    end = encode_result(Schema.VALUES, F, state, UNIT)
    spoilt = end[: place % len(end)] + junk + end[place % len(end) :]
    for each in (junk, spoilt):
        made = ready([(Kind.RESULT, each), *NEXT], known, each)
        assert made.calls == 0 or is_canonical(each)


def value_of(desc: TypeDesc) -> st.SearchStrategy[Value]:
    """Values of a declared type."""
    if desc.kind == "value":
        return old_values()
    if desc.kind == "unit":
        return st.just(UNIT)
    if desc.kind == "string":
        return st.builds(String, st.text(max_size=3))
    if desc.kind in types.PRIMITIVES_BY_NAME:
        return SCALARS[types.PRIMITIVES_BY_NAME[desc.kind]]
    held = [value_of(each) for each in desc.args]
    if desc.kind == "list":
        elem = types.PRIMITIVES_BY_NAME.get(desc.args[0].kind, types.record_named("any"))
        return st.lists(held[0], max_size=3).map(lambda items: list_value(elem, tuple(items)))
    if desc.kind == "option":
        return (st.none() | held[0]).map(lambda item: Option(types.BOOL, item))
    if desc.kind == "result":
        return st.builds(Result, st.just(types.BOOL), st.just(types.BOOL), st.just(True), held[0]) | st.builds(
            Result, st.just(types.BOOL), st.just(types.BOOL), st.just(False), held[1]
        )
    if desc.kind == "tuple":
        return st.tuples(*held).map(Tuple)
    if desc.kind == "record":
        fields = [st.tuples(st.just(name), value_of(field)) for name, field in desc.fields]
        return st.tuples(*fields).map(lambda parts: Record("any", parts))
    if desc.kind == "variant":
        return st.sampled_from(desc.cases).flatmap(
            lambda case: st.builds(
                Variant,
                st.just("any"),
                st.just(case[0]),
                st.just(9),
                st.just(()) if case[1] is None or case[1].kind == "unit" else st.tuples(value_of(case[1])),
            )
        )
    return old_values()


def declared_in(desc: TypeDesc) -> dict[str, TypeDesc]:
    """The named types in a type."""
    inside = [*desc.args, *[each for _, each in desc.fields], *[each for _, each in desc.cases if each is not None]]
    found = {name: each for part in inside for name, each in declared_in(part).items()}
    return found | ({desc.name: desc} if desc.name and (desc.fields or desc.cases) else {})


@given(type_descs().flatmap(lambda desc: st.tuples(st.just(desc), value_of(desc) | old_values())))
def test_a_value_is_taken_for_one_of_its_type_only_where_it_is(both: tuple[TypeDesc, Value]) -> None:
    """What is of a declared type for the core is so for Theater's check, and the types of most values are seen."""
    desc, value = both
    contract = Contract(None, TypeDesc("result", args=(TypeDesc("tuple", args=(desc, desc)), desc)), declared_in(desc))
    all_types = TypeForms()
    known = forms(all_types, all_types.of(contract))
    events = [
        (Kind.RESULT, encode_result(Schema.VALUES, F, value, value)),
        *NEXT,
    ]
    fits = ready(events, known).calls == 1
    output = Result(OK, ERR, True, Tuple((value, value)))
    if fits:
        assert contract.result_violation(output) is None
    elif contract.result_violation(output) is None:
        assert any(part in repr(desc) for part in ("map", "set", "flags", "record", "variant"))


@pytest.mark.parametrize(("message", "calls"), [("", 1), ("refused: x", 1), ("trapped", 0)])
def test_a_call_that_did_not_come_back_is_left_to_python(message: str, calls: int) -> None:
    """It ends what is made ready before it begins, as one does whose end is not there; one that refused does not."""
    all_types = TypeForms()
    known = forms(all_types, all_types.of(None))
    end = (Kind.ERROR, encode_error(F, message)) if message else NEXT[1]
    assert ready([NEXT[1], NEXT[0], end], known).calls == calls
    assert ready([NEXT[1], NEXT[0]], known).calls == 0


def test_types_that_hold_themselves_are_compared_with() -> None:
    """A tree whose branches are trees is seen, however deep; equal types of two exports have one number."""
    tree = TypeDesc("variant", "tree", cases=(("leaf", TypeDesc("u32")), ("fork", TypeDesc("ref", "tree"))))
    contract = Contract(tree, TypeDesc("result", args=(TypeDesc("tuple", args=(tree, tree)), tree)), {"tree": tree})
    all_types = TypeForms()
    one, other = all_types.of(contract), all_types.of(replace(contract))
    assert one == other
    assert one.takes == one.leaves == one.responds
    leaf: Value = Variant("tree", "leaf", 0, (UNIT,))
    for held, fits in ((leaf, 0), (Variant("tree", "leaf", 0, (U32(7),)), 1)):
        value = held
        for _ in range(5):
            value = Variant("tree", "fork", 1, (value,))
        events = [
            (Kind.RESULT, encode_result(Schema.VALUES, F, value, value)),
            *NEXT,
        ]
        assert ready(events, forms(all_types, one)).calls == fits
