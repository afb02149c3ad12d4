"""Which of the kept chains go, and what keeps one that should."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.files.kept_chains import kept_chains, prune
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
