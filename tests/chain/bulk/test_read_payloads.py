"""The payloads that the core finds are those that are read one after the other."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.bulk.read_payloads import payloads_in_a_row
from chainview.chain.event import Extras
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.chain.table import table_of
from chainview.core import serving
from chainview.core.events import MOST_BYTES
from tests.chain import samples

PARTS = st.tuples(st.sampled_from(["wasm", "a:b/c/d", "é" * 20]), st.binary(max_size=300) | st.just(bytes(70_000)))
BESIDE = st.sampled_from([Extras(), Extras(time_ns=7), Extras(reason="why", duration_ns=9), Extras(state=b"held")])


def in_a_row(payloads: Sequence[bytes], first: int) -> tuple[bytes, bytes]:
    """These payloads one behind the other, and where each begins."""
    starts = array("Q", accumulate(map(len, payloads), initial=first))
    return b"".join(payloads), starts[:-1].tobytes()


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the core also what is too little to pay."""
    monkeypatch.setenv(serving.VARIABLE, "always")


@given(said=st.lists(st.tuples(PARTS, BESIDE), min_size=1, max_size=12), data=st.data())
def test_payloads_are_read_alike(
    said: Sequence[tuple[tuple[str, bytes], Extras]], data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Of any stretch, whatever its events hold and whatever stands beside them."""
    path, events = tmp_path_factory.mktemp("read") / "c.chain", list(linked([parts for parts, _ in said]))
    entries = [pack_event(event, beside) for event, (_, beside) in zip(events, said, strict=True)]
    path.write_bytes(pack_header(samples.header()) + b"".join(entries))
    start = data.draw(st.integers(0, len(said)))
    stop = data.draw(st.integers(start, len(said)))
    first, expected = data.draw(st.integers(0, 1 << 40)), [payload for (_, payload), _ in said[start:stop]]
    with open_chain(path).load() as opened:
        assert payloads_in_a_row(opened.table, start, stop, first) == in_a_row(expected, first)
    assert payloads_in_a_row(table_of(events), start, stop, first) == in_a_row(expected, first)


def test_what_the_core_can_not_read_is_read_as_ever(tmp_path: Path) -> None:
    """A damaged stretch, events that are in no file, and more bytes than there is room for."""
    path, events = tmp_path / "c.chain", samples.events(20)
    entries = [pack_event(event) for event in events]
    path.write_bytes(pack_header(samples.header()) + b"".join([*entries[:9], b"\xc1" * 50, *entries[9:]]))
    with open_chain(path).load() as opened:
        table = opened.table
        assert payloads_in_a_row(table, 0, len(table), 7) == in_a_row(table.payloads(0, len(table)), 7)
    held = table_of(linked([("x/y", bytes(MOST_BYTES)), ("x/y", b"")]))
    assert payloads_in_a_row(held, 0, 2, 7) == in_a_row([bytes(MOST_BYTES), b""], 7)


@pytest.mark.parametrize("word", ["off", "always", ""])
def test_it_is_the_same_whoever_serves(word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the core, without it, and where it is left to the size of the work."""
    monkeypatch.setenv(serving.VARIABLE, word)
    path, events = tmp_path / "c.chain", samples.events(200)
    path.write_bytes(pack_header(samples.header()) + b"".join(map(pack_event, events)))
    with open_chain(path).load() as opened:
        assert payloads_in_a_row(opened.table, 3, 180, 7) == in_a_row([each.payload for each in events[3:180]], 7)
