"""Whether hashes are right is found by the core as it is by computing each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.bulk.right_hashes import right_at_once
from chainview.chain.event import Event
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.chain.table import table_of
from chainview.core import serving
from chainview.core.events import MOST_BYTES, MOST_TYPES
from tests.chain import samples

EVENTS = samples.events(200)


@pytest.fixture(autouse=True)
def always(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives the core also what is too little to pay."""
    monkeypatch.setenv(serving.VARIABLE, "always")


@pytest.mark.parametrize("in_file", [False, True])
@pytest.mark.parametrize("wrong", [None, 0, 120, 199])
def test_one_wrong_hash_is_enough(tmp_path: Path, wrong: int | None, *, in_file: bool) -> None:
    """Of events in a file, and of others, all are right or not, wherever the one stands that is not."""
    events = list(EVENTS)
    if wrong is not None:
        events[wrong] = replace(events[wrong], payload=events[wrong].payload + b"\0")
    path = tmp_path / "c.chain"
    path.write_bytes(pack_header(samples.header()) + b"".join(map(pack_event, events)))
    with open_chain(path).load() as opened:
        table = opened.table if in_file else table_of(events)
        assert right_at_once(table, 0, 200) is (wrong is None)
        assert right_at_once(table, 121, 199)


def types(count: int) -> list[Event]:
    """Linked events of so many types."""
    return list(linked((f"a:b/c/{number}", b"") for number in range(count)))


@pytest.mark.parametrize(
    "events",
    [types(MOST_TYPES + 1), list(linked([("x/y", bytes(MOST_BYTES)), ("x/y", b"")]))],
    ids=["types", "bytes"],
)
def test_what_the_core_has_no_room_for_is_left_to_the_twin(events: list[Event]) -> None:
    """Of more types, or more bytes, than it holds nothing is claimed."""
    assert not right_at_once(table_of(events), 0, len(events))


def test_without_the_core_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switched off, and for a few events, the twin computes each hash."""
    table = table_of(EVENTS)
    monkeypatch.setenv(serving.VARIABLE, "off")
    assert not right_at_once(table, 0, 200)
    monkeypatch.delenv(serving.VARIABLE)
    assert not right_at_once(table, 0, 10)
