"""The recorded chains of Theater that exist, each read, checked and written again."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.event import Kind
from chainview.chain.files.exporters import Losses, all_of, write_json, write_native
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.payload import Other, read_payload
from chainview.chain.schema import Schema
from tests.reference import reference_file

COUNTS = {"environment-8": 8, "replay-summary-9": 9, "runtime-6": 6, "wasi-http-2": 2, "wasi-random-7": 7}


@pytest.mark.parametrize("name", COUNTS)
def test_a_recorded_chain_is_sound(name: str) -> None:
    """Every event of a chain that Theater recorded is read, verifies and can be decoded."""
    with open_chain(reference_file(f"chains/{name}.json")) as opened:
        verdict = verify(opened)
        assert (verdict.sound, verdict.events, verdict.schema) == (True, COUNTS[name], Schema.JSON.value)
        table = opened.table
        assert table.kind(0) is Kind.CALL
        for index in range(len(table)):
            said = read_payload(table.payload(index))
            assert not isinstance(said, Other) or said.value is not None
            assert isinstance(said, Other) == (table.kind(index) is Kind.OTHER)


@pytest.mark.parametrize("name", COUNTS)
def test_a_recorded_chain_survives_export(name: str, tmp_path: Path) -> None:
    """Written as a native file and as JSON, a chain that Theater recorded reads back as the same events."""
    with open_chain(reference_file(f"chains/{name}.json")) as opened:
        opened.load()
        before = [opened.table.event(index) for index in range(len(opened.table))]
        for writer in (write_native, write_json):
            (tmp_path / "copy").write_bytes(b"".join(writer(all_of(opened), Losses())))
            with open_chain(tmp_path / "copy") as copy:
                assert verify(copy).sound
                assert [copy.table.event(index) for index in range(len(copy.table))] == before
