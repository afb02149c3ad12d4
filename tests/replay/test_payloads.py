"""Payloads in bulk: the same bytes as one by one, whatever holds them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.chain.event import Extras
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from tests.chain import samples

PARTS = st.lists(
    st.tuples(
        st.sampled_from(["wasm", "a:b/c/d", "x" * 40, "y" * 300, "\u00e9/\u00e9"]),
        st.sampled_from([0, 5, 255, 256, 70_000]),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(PARTS, st.integers(0, 12), st.integers(0, 12))
def test_payloads_in_bulk_are_those_of_each_event(
    tmp_path_factory: pytest.TempPathFactory, sizes: list[tuple[str, int]], start: int, stop: int
) -> None:
    """A table of its own and one over a native file give the payloads of any stretch, and of any events."""
    events = list(linked([(event_type, bytes([place]) * size) for place, (event_type, size) in enumerate(sizes)]))
    own = EventTable()
    for event in events:
        own.append(event)
    path: Path = tmp_path_factory.mktemp("bulk") / "c.chain"
    entries = [pack_event(event, Extras(time_ns=place)) for place, event in enumerate(events)]
    path.write_bytes(b"".join([pack_header(samples.header()), *entries]))
    expected = [event.payload for event in events]
    with open_chain(path) as opened:
        opened.load()
        for table in (own, opened.table):
            assert table.payloads(start, stop) == expected[start:stop]
            places = list(range(len(events)))[::-2]
            assert table.payloads_at(places) == [expected[place] for place in places]
            assert [table.type_names[each] for each in table.type_ids(start, stop)] == [
                event.event_type for event in events[start:stop]
            ]
