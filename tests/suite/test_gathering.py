"""Which chains are tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.families.index import INDEX
from chainview.suite.gathering import gather
from chainview.suite.settings import OfChain, Settings
from chainview.system.errors import ChainviewError

JSON = '[{"hash": "00"}]'


def written(folder: Path, *names: str) -> None:
    """Files that look like chains of Theater."""
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(JSON)


def names(folder: Path, *patterns: str) -> list[str]:
    """The tests that these patterns name."""
    return list(gather(Settings(folder / "chainview.toml", chains=patterns)).paths)


def test_a_folder_means_all_chains_in_and_below_it(tmp_path: Path) -> None:
    """By what they hold, and whatever is called `.chain`; what is none is named, what belongs to a chain is not."""
    written(tmp_path / "chains", "b.json", "deep/er/a.json", ".hidden.json", "a.accept.toml", "m.wasm")
    (tmp_path / "chains" / "broken.chain").write_text("nothing of a chain is left")
    (tmp_path / "chains" / "notes.txt").write_text("not a chain")
    found = gather(Settings(tmp_path / "chainview.toml"))
    assert list(found.paths) == ["chains/b.json", "chains/broken.chain", "chains/deep/er/a.json"]
    assert found.remarks == ["no chains, and passed over: notes.txt"]


def test_a_familys_folder_is_one_test(tmp_path: Path) -> None:
    """Wherever it lies, also where it is named itself or by a pattern; other folders match no pattern."""
    written(tmp_path / "chains", "one.json", "family/0-a.json", "family/1-b.json", "plain/x.json")
    (tmp_path / "chains" / "family" / INDEX).touch()
    assert names(tmp_path, "chains") == ["chains/family", "chains/one.json", "chains/plain/x.json"]
    assert names(tmp_path, "chains/family") == ["chains/family"]
    assert names(tmp_path, "chains/*") == ["chains/family", "chains/one.json"]


def test_a_chain_is_one_test_however_often_it_is_named(tmp_path: Path) -> None:
    """Under the path from the suite's folder; one outside of it too."""
    suite = tmp_path / "suite"
    written(suite, "chains/a.json")
    written(tmp_path, "other.json")
    assert names(suite, "chains/", "./chains/a.json", "chains/**/*.json", str(suite / "chains" / "a.json")) == [
        "chains/a.json"
    ]
    assert names(suite, "../other.json") == ["../other.json"]


def test_a_chain_that_is_gone_is_still_a_test(tmp_path: Path) -> None:
    """Where something is said of it; a pattern that matches nothing is told."""
    settings = Settings(tmp_path / "chainview.toml", of_chains={tmp_path / "gone.json": OfChain("1u8")})
    found = gather(settings)
    assert (list(found.paths), found.remarks) == (["gone.json"], ["no chain is matched by chains/"])


def test_without_a_chain_it_is_told_how_to_have_one(tmp_path: Path) -> None:
    """As an empty folder has none."""
    (tmp_path / "chains").mkdir()
    with pytest.raises(ChainviewError, match=r"there is no chain for .*chainview record"):
        gather(Settings(tmp_path / "chainview.toml"))


def test_a_folder_that_leads_to_itself_is_read_once(tmp_path: Path) -> None:
    """However its links lead."""
    written(tmp_path, "chains/a.json")
    (tmp_path / "chains" / "again").symlink_to(tmp_path / "chains", target_is_directory=True)
    assert names(tmp_path, "chains/") == ["chains/a.json"]
