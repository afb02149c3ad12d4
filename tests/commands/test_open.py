"""`open` without a chain, or with the name of an actor."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.commands.open import _may_be_actor, _newest
from chainview.system.errors import ChainviewError
from tests.chain import samples


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of kept chains, in which there is one of an actor."""
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "counter-1.chain").write_bytes(samples.native(samples.events(6)))
    monkeypatch.setattr("chainview.system.files.locations.chains_folder", lambda: folder)
    monkeypatch.chdir(tmp_path)
    return folder


def test_an_actors_name_means_its_newest_chain(kept: Path) -> None:
    """With the suffix of its module or without; a name of nobody is left as it is, so that it is told what it lacks."""
    name = samples.header().actor_name
    path = str(kept / "counter-1.chain")
    assert _newest(name, last=False) == _newest(Path(name).stem, last=False) == path
    assert _newest(None, last=True) == path
    assert _newest("nobody", last=False) == "nobody"
    with pytest.raises(ChainviewError, match="no kept chain is of an actor nobody"):
        _newest("nobody", last=True)


def test_files_and_folders_of_chains_are_no_actors(kept: Path) -> None:
    """What is here, or kept, is opened; a folder without a chain may be that of an actor's source."""
    Path("source").mkdir()
    Path("chains").mkdir()
    Path("chains", "a.chain").write_bytes(samples.native(samples.events(3)))
    Path("a.chain").write_bytes(b"")
    assert not _may_be_actor("a.chain")
    assert not _may_be_actor("counter-1.chain")
    assert not _may_be_actor("chains")
    assert _may_be_actor("source")
    assert _may_be_actor("counter")
