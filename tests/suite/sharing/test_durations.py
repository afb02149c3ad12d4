"""How long chains take, as it is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.suite.sharing.durations import FILE, Duration, read_durations, store_durations
from chainview.system.errors import ChainviewError


def test_what_is_stored_is_read(tmp_path: Path) -> None:
    """What was known of chains that are still there stays, of others it goes; equal facts are equal bytes."""
    path = tmp_path / FILE
    assert read_durations(path).known == {}
    store_durations(path, {"a": Duration(1_500_000, 3), "b": Duration(1, 2)}, ["a", "b"])
    before = path.read_bytes()
    store_durations(path, {"b": Duration(1, 2), "a": Duration(1_500_000, 3)}, [])
    assert path.read_bytes() == before
    store_durations(path, {"c": Duration(0, 0)}, ["a", "c"])
    assert read_durations(path).known == {"a": Duration(1_500_000, 3), "c": Duration(0, 0)}
    assert path.stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"chains": 1}',
        '{"chains": {"a": {"seconds": "x", "events": 1}}}',
        '{"chains": {"a": {"seconds": 1}}}',
        '{"chains": {"a": {"seconds": 1e300, "events": 1}}}',
        '{"chains": {"a": {"seconds": -1, "events": 1}}}',
        '{"chains": {"a": {"seconds": 1e999, "events": 1}}}',
        "[" * 100_000,
    ],
)
def test_what_is_damaged_is_told_and_not_gone_by(tmp_path: Path, text: str) -> None:
    """A runner that went by nothing would leave chains to nobody; storing writes it anew."""
    path = tmp_path / FILE
    path.write_text(text)
    with pytest.raises(ChainviewError, match="--store-durations"):
        read_durations(path)
    store_durations(path, {"a": Duration(1, 1)}, [])
    assert read_durations(path).known == {"a": Duration(1, 1)}


def test_what_cant_be_read_is_told(tmp_path: Path) -> None:
    """Such as a folder of that name."""
    (tmp_path / FILE).mkdir()
    with pytest.raises(ChainviewError, match="can't read"):
        read_durations(tmp_path / FILE)


def test_a_link_to_nothing_is_no_lack_of_durations(tmp_path: Path) -> None:
    """It is told, as others who share the suite may have what it leads to."""
    path = tmp_path / "durations.json"
    path.symlink_to("elsewhere.json")
    with pytest.raises(ChainviewError, match="can't read"):
        read_durations(path)
