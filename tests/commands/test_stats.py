"""`stats`: figures of a chain or of each of a folder, as text and for programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.chain import samples
from tests.commands.running import chainview

pytestmark = pytest.mark.once


def test_a_chain_and_a_folder_of_chains_are_told(tmp_path: Path) -> None:
    """The same figures of one chain and of each member; one that can't be read is told, and ends with 2."""
    folder = tmp_path / "all"
    folder.mkdir()
    for name in ("a", "b"):
        (folder / f"{name}.chain").write_bytes(samples.native(samples.events(12)))
    one = json.loads(chainview(tmp_path, "stats", str(folder / "a.chain"), "--json").out)
    assert (one["chainview"], one["command"], one["events"]) == (1, "stats", 12)
    assert sum(each["bytes"] for each in one["functions"]) == one["bytes"]
    told = json.loads(chainview(tmp_path, "stats", str(folder), "--json").out)
    assert [each["events"] for each in told["members"]] == [12, 12]
    assert "12 events" in chainview(tmp_path, "stats", str(folder / "a.chain")).out
    missing = chainview(tmp_path, "stats", str(tmp_path / "none.chain"))
    assert (missing.code, missing.out) == (2, "")
    assert "there is no file" in missing.err
