"""Where chains of a session are kept: a file for one actor, a folder for several."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.places import single_file
from chainview.actor.session.session import Session
from chainview.chain.families.index import INDEX
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.system.errors import ChainviewError
from tests.actor.running import SAMPLES
from tests.chain import samples

ALONE = '"no/such/manifest.toml"'
"""The state with which the foreman spawns nobody."""


def recorded(
    output: Path | None, monkeypatch: pytest.MonkeyPatch, *, state: str | None = None, force: bool = False
) -> Session:
    """The foreman recorded into a place of that name, once its init is done."""
    monkeypatch.chdir(SAMPLES)
    target = find_target(str(SAMPLES / "foreman" / "manifest.toml"))
    session = Session(Options(target, output=output, state=state, force=force))
    session.start()
    session.initialized.exception()
    session.close()
    return session


def test_an_actor_that_spawned_nobody_is_kept_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it might have, where it is named as a chain or not at all; several are in a folder of that name."""
    path = tmp_path / "x.chain"
    session = recorded(path, monkeypatch, state=ALONE)
    assert (session.chain_path, session.family_folder) == (path, None)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["x.chain"]
    with open_chain(path) as opened:
        assert verify(opened).sound
    assert "exists already" in str(recorded(path, monkeypatch).failure)
    session = recorded(path, monkeypatch, force=True)
    assert session.failure is None
    assert session.family_folder == path
    assert (path / INDEX).is_file()
    assert recorded(path, monkeypatch, state=ALONE, force=True).chain_path == path
    assert path.is_file()


def test_what_is_kept_without_a_name_is_a_file_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Among the kept chains, with their suffix."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = recorded(None, monkeypatch, state=ALONE).chain_path
    assert path is not None
    assert (path.suffix, path.is_file(), len(list(path.parent.iterdir()))) == (".chain", True, 1)


@pytest.mark.parametrize("name", ["session", "mine.chain"])
def test_a_folder_that_was_asked_for_stays_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """One whose name is no chain's, or that a person made to keep chains in, holds the chain of one actor too."""
    (tmp_path / "mine.chain").mkdir()
    session = recorded(tmp_path / name, monkeypatch, state=ALONE)
    assert session.family_folder == tmp_path / name
    assert (tmp_path / name / "0-foreman.chain").is_file()


def test_only_a_chain_makes_way_for_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is being written does not, nor what is no file; each is as it was."""
    path = tmp_path / "x.chain"
    writer = ChainWriter.create(path, samples.header())
    try:
        assert "being written" in str(recorded(path, monkeypatch, force=True).failure)
    finally:
        writer.close()
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    assert isinstance(recorded(tmp_path / "link", monkeypatch, force=True).failure, ChainviewError)
    assert path.is_file()
    assert (tmp_path / "link").is_symlink()


def family_of_one(folder: Path) -> Path:
    """A folder with the chain of one actor that keeps something."""
    folder.mkdir()
    chain = folder / "0-one.chain"
    chain.write_bytes(samples.native(samples.events(3)))
    (folder / INDEX).write_text("")
    for name in ("store", "0-one.filesystem"):
        (folder / name).mkdir()
        (folder / name / "kept").write_text(name)
    return chain


def test_what_the_actor_keeps_goes_beside_the_file(tmp_path: Path) -> None:
    """In folders with the chain's name, as those of an actor which can't spawn."""
    chain = family_of_one(tmp_path / "x.chain")
    data = chain.read_bytes()
    assert single_file(tmp_path / "x.chain", chain, tmp_path / "x.chain")
    assert (tmp_path / "x.chain").read_bytes() == data
    assert (tmp_path / "x.store" / "kept").read_text() == "store"
    assert (tmp_path / "x.filesystem" / "kept").read_text() == "0-one.filesystem"
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.parametrize("way", ["folder/more.txt", "x.store", "y.chain"])
def test_nothing_is_moved_onto_anything(tmp_path: Path, way: str) -> None:
    """With something else in the folder, or in the way of what would be moved, all stays as it was."""
    chain = family_of_one(tmp_path / "folder")
    (tmp_path / way).write_text("mine")
    assert not single_file(tmp_path / "folder", chain, tmp_path / ("y.chain" if way == "y.chain" else "x.chain"))
    assert chain.is_file()
    assert (tmp_path / "folder" / "store" / "kept").is_file()
    assert (tmp_path / way).read_text() == "mine"
