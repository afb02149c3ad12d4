"""How far payloads are the same is found by the core as it is by reading each."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.bulk.same_payloads import SamePayloads
from chainview.chain.event import Event
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.table import EventTable, table_of
from chainview.core import serving
from tests.chain import samples

EVENTS = samples.events(300)


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of which some have another payload, and some of which are missing."""
    start = draw(st.integers(0, 5))
    events = list(EVENTS[start : draw(st.integers(start, len(EVENTS)))])
    for at in draw(st.lists(st.integers(0, 299), max_size=5)):
        if at < len(events):
            events[at] = replace(events[at], payload=draw(st.sampled_from([b"", events[at].payload[:-1] + b"\x07"])))
    return events


def table(events: list[Event], stack: ExitStack, *, in_file: bool) -> EventTable:
    """The events as a table of a file, or of its own."""
    if not in_file:
        return table_of(events)
    file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".chain"))  # noqa: SIM115 - the stack closes it
    file.write(pack_header(samples.header()) + b"".join(map(pack_event, events)))
    file.flush()
    return stack.enter_context(open_chain(Path(file.name))).load().table


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(histories(), histories(), st.booleans(), st.booleans(), st.data())
def test_runs_are_those_of_the_payloads(
    one: list[Event], other: list[Event], first_in_file: bool, second_in_file: bool, data: st.DataObject
) -> None:
    """From any two places on, as many payloads are the same as the twin finds, and what it says of the next is true."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}), ExitStack() as stack:
        tables = table(one, stack, in_file=first_in_file), table(other, stack, in_file=second_in_file)
        same = SamePayloads(*tables)
        for _ in range(3):
            at, at_other = data.draw(st.integers(0, len(one))), data.draw(st.integers(0, len(other)))
            most = min(len(one) - at, len(other) - at_other, data.draw(st.integers(0, 300)))
            found = same.run(at, at_other, most)
            if found is None:
                assert most == 0
                continue
            length, differs = found
            assert tables[0].payloads(at, at + length) == tables[1].payloads(at_other, at_other + length)
            if differs:
                assert tables[0].payload(at + length) != tables[1].payload(at_other + length)
            else:
                assert length == most


def test_two_comparisons_take_turns() -> None:
    """What one comparison loaded is loaded again when another one came between."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}):
        equal = SamePayloads(table_of(EVENTS), table_of(EVENTS))
        shifted = SamePayloads(table_of(EVENTS), table_of(EVENTS[5:]))
        for _ in range(2):
            assert equal.run(0, 0, 100) == (100, False)
            assert shifted.run(5, 0, 100) == (100, False)


def test_small_tables_are_left_to_the_twin() -> None:
    """Nothing is said of what the core is not asked for."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: "off"}):
        assert SamePayloads(table_of(EVENTS), table_of(EVENTS)).run(0, 0, 10) is None
