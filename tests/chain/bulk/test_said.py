"""What the core says of a search is what a look into each payload says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.bulk.said import SAID, UNSURE, said_at_once
from chainview.chain.event import Extras
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_host_call
from chainview.chain.query.search import Finder
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable, table_of
from chainview.core import serving
from chainview.core.events import MOST_BYTES
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.values import U32, Char, Record, String, Tuple, Value, Variant, bytes_value
from tests.chain import samples
from tests.pack.strategies import values

TEXTS = st.text(alphabet="abAB.é", max_size=4)
SOUGHT = st.sampled_from(["a", "ab", "B", "é", "aé", "wasm", "call", "input", "function", "event", "zz", "\0"])


@st.composite
def payloads(draw: st.DrawFn) -> bytes:
    """Payloads as they are written, values of any sort, and either with a few of its bytes changed or cut off."""
    said = draw(st.one_of(values(), TEXTS.map(String), TEXTS.map(lambda text: bytes_value(text.encode()))))
    named = draw(TEXTS)
    value: Value = draw(
        st.sampled_from([said, Record(named, ((named, said),)), Variant("wasm-event-data", named, 1, (said,))])
    )
    asked = encode_host_call("x:y/z", named or "f", value, Tuple((Char("a"), U32(7))), NEWEST)
    raw = bytearray(draw(st.sampled_from([encode(value, NEWEST), asked, b'{"a":"b"}', b"a", b""])))
    for _ in range(draw(st.integers(0, 3)) if raw else 0):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw[: draw(st.integers(0, len(raw)))] if draw(st.booleans()) else raw)


def hits(table: EventTable, pattern: str, served: str) -> tuple[list[int], list[int]]:
    """All that a search finds, counted, and one after the other."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(serving.VARIABLE, served)
        finder, sought = Finder(table, pattern, plain=True), list[int]()
        while not finder.count_step(200):
            pass
        at = finder.seek(-1).run()
        while at is not None:
            sought.append(at)
            at = finder.seek(at).run()
        return [index for index in range(len(table)) if finder.ordinal(index) is not None], sought


@given(st.lists(payloads(), min_size=1, max_size=8), SOUGHT)
def test_a_search_finds_the_same_with_and_without_the_core(said: Sequence[bytes], pattern: str) -> None:
    """Whatever payloads hold, also where they are malformed, the core finds the events that Python finds."""
    table = table_of(linked([("wasm", payload) for payload in said]))
    assert hits(table, pattern, "always") == hits(table, pattern, "off")


@pytest.mark.parametrize("pattern", ["call", "begins", "Begins", "counter", "fifty", "event", "wasm", "beat"])
def test_events_in_a_file_are_searched_alike(tmp_path: Path, pattern: str) -> None:
    """Reasons beside events, their types, and what their payloads say are found in a file, too."""
    path = tmp_path / "c.chain"
    noted = [Extras(reason="call it off" * (at % 7 == 3)) for at in range(200)]
    entries = [pack_event(*each) for each in zip(samples.events(200), noted, strict=True)]
    path.write_bytes(pack_header(samples.header()) + b"".join(entries))
    with open_chain(path).load() as opened:
        assert hits(opened.table, pattern, "always") == hits(opened.table, pattern, "off")


def test_what_the_core_tells_of_each_event(monkeypatch: pytest.MonkeyPatch) -> None:
    """It tells what says a text and what does not; bytes that may be a text, and what is no value, it leaves."""
    monkeypatch.setenv(serving.VARIABLE, "always")
    said = [String("a cup of tea"), String("a cup"), bytes_value(b"tea"), Record("tea", (("cup", U32(1)),))]
    table = table_of(linked([*[("x/y", encode(each)) for each in said], ("x/y", b"tea")]))
    assert said_at_once(table, 0, 5, b"tea", (), any_case=True) == bytes((SAID, 0, UNSURE, 0, UNSURE))
    assert said_at_once(table, 0, 5, b"cup", (b"tea",), any_case=False) == bytes((SAID, SAID, 0, 0, UNSURE))
    assert said_at_once(table, 0, 5, b"cup", (), any_case=False) == bytes((SAID, SAID, 0, SAID, UNSURE))


def test_what_the_core_has_no_room_for_is_left_to_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of no text, of a very long one, of damaged rows and of a few events nothing is claimed."""
    monkeypatch.setenv(serving.VARIABLE, "always")
    table = table_of(samples.events(20))
    assert said_at_once(table, 0, 20, b"", (), any_case=True) is None
    assert said_at_once(table, 0, 20, b"x" * 5000, (), any_case=True) is None
    assert said_at_once(table, 0, 20, b"x", (), any_case=True) == bytes(20)
    table.append_damage(encode(String("x")), 0, "wasm")
    assert said_at_once(table, 0, 21, b"x", (), any_case=True) is None
    large = table_of(linked([("x/y", bytes(MOST_BYTES + 1)), ("x/y", b"")]))
    assert said_at_once(large, 0, 2, b"x", (), any_case=True) is None
    monkeypatch.delenv(serving.VARIABLE)
    assert said_at_once(table, 0, 20, b"x", (), any_case=True) is None
    monkeypatch.setenv(serving.VARIABLE, "off")
    assert said_at_once(table, 0, 20, b"x", (), any_case=True) is None
