"""Which of the kept chains go, and what keeps one that should."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.families.kept_chains import kept_chains, prune
from chainview.chain.files.native import layout
from tests.chain import samples


def test_a_chain_that_can_not_be_removed_is_told_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It stays, is said to stay and why, and the others go all the same."""
    for name in ("a", "b"):
        (tmp_path / f"{name}.chain").write_bytes(samples.native(samples.events(3)))
    unlink = Path.unlink

    def refused(path: Path, missing_ok: bool = False) -> None:
        if path.name == "a.chain":
            raise PermissionError(13, "Permission denied")
        unlink(path, missing_ok)

    monkeypatch.setattr(Path, "unlink", refused)
    removal = prune(kept_chains(tmp_path), max_size=0)
    assert [chain.path.name for chain in removal.gone] == ["b.chain"]
    [(kept, reason)] = removal.kept
    assert kept.path.name == "a.chain"
    assert "ermission" in reason
    assert [path.name for path in tmp_path.iterdir()] == ["a.chain"]


def test_what_is_no_chain_of_ours_hides_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version, a folder, links that lead nowhere, a pipe, a file that may not be read: the rest is listed."""
    (tmp_path / "good.chain").write_bytes(samples.native(samples.events(3)))
    monkeypatch.setattr(layout, "FORMAT_VERSION", 2)
    newer = b"".join([layout.pack_header(replace(samples.header(), time_ns=0)), samples.native(samples.events(3))])
    monkeypatch.undo()
    (tmp_path / "newer.chain").write_bytes(newer)
    (tmp_path / "denied.chain").write_bytes(newer)
    (tmp_path / "empty.chain").touch()
    (tmp_path / "folder.chain").mkdir()
    (tmp_path / "dangling.chain").symlink_to(tmp_path / "nowhere")
    (tmp_path / "loop.chain").symlink_to(tmp_path / "loop.chain")
    os.mkfifo(tmp_path / "pipe.chain")
    stat = Path.stat

    def denied(path: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        if path.name == "denied.chain":
            raise PermissionError(13, "Permission denied")
        return stat(path, follow_symlinks=follow_symlinks)

    monkeypatch.setattr(Path, "stat", denied)
    chains = {chain.path.stem: chain for chain in kept_chains(tmp_path)}
    assert chains.keys() == {"good", "newer", "denied", "empty"}
    assert (chains["good"].events, chains["good"].problem) == (3, "")
    assert (chains["newer"].events, chains["newer"].size) == (None, len(newer))
    assert "format version 2" in chains["newer"].problem
    assert "ermission" in chains["denied"].problem
    removal = prune([*chains.values()], older_than=-1.0, dry_run=True)
    assert {chain.path.stem for chain, why in removal.kept if "format version 2" in why} == {"newer"}


def test_what_an_actor_kept_beside_its_chain_goes_with_it(tmp_path: Path) -> None:
    """The folders that are named by the chain, and neither those of another one nor what a link leads to."""
    (tmp_path / "a.chain").write_bytes(samples.native(samples.events(3)))
    for name in ("a.store", "a.filesystem", "b.store", "a.notes", "elsewhere"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept").write_text("something")
    removal = prune(kept_chains(tmp_path), max_size=0)
    assert [chain.path.name for chain in removal.gone] == ["a.chain"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.notes", "b.store", "elsewhere"]
    (tmp_path / "c.chain").write_bytes(samples.native(samples.events(3)))
    (tmp_path / "c.store").symlink_to(tmp_path / "elsewhere")
    prune(kept_chains(tmp_path), max_size=0)
    assert (tmp_path / "elsewhere" / "kept").read_text() == "something"
