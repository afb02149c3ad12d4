"""Fingerprints by the core are the same for the same payloads alone."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chainview.chain.bulk import fingerprints as module
from chainview.chain.bulk.fingerprints import fingerprints
from chainview.chain.event import Event
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable, table_of
from chainview.core import serving
from chainview.replay.align.payloads import PrintedPayloads, ReadPayloads, payloads_of
from tests.chain import samples

EVENTS = samples.events(300)
KEY = bytes(range(16))


@st.composite
def histories(draw: st.DrawFn) -> list[Event]:
    """Events of which some have another payload, and some of which are missing."""
    start = draw(st.integers(0, 5))
    events = list(EVENTS[start : draw(st.integers(start, len(EVENTS)))])
    for at in draw(st.lists(st.integers(0, 299), max_size=5)):
        if at < len(events):
            events[at] = replace(events[at], payload=draw(st.sampled_from([b"", events[at].payload[:-1] + b"\x07"])))
    return events


def table(events: list[Event], stack: ExitStack, *, in_file: bool, damaged: bool = False) -> EventTable:
    """The events as a table of a file, in which some may be damaged, or as one of its own."""
    if not in_file:
        return table_of(events)
    entries = [bytearray(pack_event(event)) for event in events]
    for entry in entries[: len(entries) // 3] if damaged else ():
        entry[len(entry) // 2] ^= 1
    file = stack.enter_context(tempfile.NamedTemporaryFile(suffix=".chain"))  # noqa: SIM115 - the stack closes it
    file.write(pack_header(samples.header()) + b"".join(entries))
    file.flush()
    return stack.enter_context(open_chain(Path(file.name))).load().table


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(histories(), histories(), st.booleans(), st.booleans(), st.booleans(), st.data())
def test_fingerprints_tell_what_reading_tells(
    one: list[Event], other: list[Event], first_in_file: bool, second_in_file: bool, damaged: bool, data: st.DataObject
) -> None:
    """From any two places on, as many payloads are the same as the twin finds, and keys are of the same events."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}), ExitStack() as stack:
        tables = (
            table(one, stack, in_file=first_in_file, damaged=damaged),
            table(other, stack, in_file=second_in_file),
        )
        counts = len(tables[0]), len(tables[1])
        starts = data.draw(st.integers(0, counts[0])), data.draw(st.integers(0, counts[1]))
        printed, read = payloads_of(*tables, *starts), ReadPayloads(*tables)
        assert isinstance(printed, PrintedPayloads)
        for _ in range(3):
            at, at_other = [data.draw(st.integers(*span)) for span in zip(starts, counts, strict=True)]
            most = min(counts[0] - at, counts[1] - at_other, data.draw(st.integers(0, 300)))
            assert printed.run(at, at_other, most) == read.run(at, at_other, most)
        ones, others = [list(range(*span)) for span in zip(starts, counts, strict=True)]
        keys, keys_other = printed.keys(ones, others)
        said, said_other = read.keys(ones, others)
        assert len(set(zip([*keys, *keys_other], [*said, *said_other], strict=True))) == len({*said, *said_other})
        assert len({*keys, *keys_other}) == len({*said, *said_other})


def test_payloads_of_any_length_have_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Payloads longer than what the core takes at once differ wherever one of their bytes does, and are equal else."""
    monkeypatch.setenv(serving.VARIABLE, "always")
    monkeypatch.setattr(module, "MOST_BYTES", 64)
    long = [bytes(size) for size in (63, 64, 65, 128, 200, 5000)]
    changed = [payload[:at] + b"x" + payload[at + 1 :] for payload in long for at in (0, 62, len(payload) - 1)]
    payloads = [*long, *changed, b"", b"short", *long]
    found = fingerprints(table_of(linked([("x/y", payload) for payload in payloads])), 0, KEY)
    assert found is not None
    assert found[: len(long)] == found[-len(long) :]
    assert len(set(found)) == len(set(payloads))


def test_a_prefix_is_left_out() -> None:
    """Fingerprints are those of the events from the one on that is asked for."""
    with mock.patch.dict("os.environ", {serving.VARIABLE: "always"}):
        whole, rest = [fingerprints(table_of(EVENTS), start, KEY) for start in (0, 120)]
        assert whole is not None
        assert rest == whole[120:]


def test_small_tables_are_left_to_the_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is made of what is too little to pay, nor where the core is switched off."""
    monkeypatch.delenv(serving.VARIABLE, raising=False)
    assert fingerprints(table_of(EVENTS), 295, KEY) is None
    monkeypatch.setenv(serving.VARIABLE, "off")
    assert fingerprints(table_of(EVENTS), 0, KEY) is None
    assert isinstance(payloads_of(table_of(EVENTS), table_of(EVENTS), 0, 0), ReadPayloads)
