"""How what a member was replayed with is named."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.words.spans import cells, file_cut
from chainview.replay.families.counterpart import Counterpart


def test_a_module_is_named_from_where_the_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two builds of one file name are told apart; by the whole path where that is shorter."""
    here = tmp_path / "actors"
    (here / "new").mkdir(parents=True)
    monkeypatch.chdir(here)
    old, new = Counterpart(here / "old" / "worker.wasm"), Counterpart(Path("new/worker.wasm"))
    assert (old.within(80), new.within(80)) == ("old/worker.wasm", "new/worker.wasm")
    assert Counterpart(tmp_path / "worker.wasm").within(80) == "../worker.wasm"
    assert Counterpart(Path("/w.wasm")).within(80) == "/w.wasm"
    assert new.whole == str(here / "new" / "worker.wasm")
    assert Counterpart(Path("new/../../worker.wasm")).whole == str((tmp_path / "worker.wasm").resolve())


def test_a_kept_module_is_named_by_the_path_that_its_chain_names() -> None:
    """Which goes from where it was recorded; one that no chain names has a part of its SHA-256."""
    kept = Counterpart(Path("worker/worker.wasm"), as_recorded=True)
    assert (kept.within(80), kept.whole) == ("worker/worker.wasm, as recorded", "worker/worker.wasm")
    assert kept.within(28) == "…/worker.wasm, as recorded"
    unnamed = Counterpart(Path("/cache/0421fba"), "module 0421fba…", as_recorded=True)
    assert (unnamed.within(1), unnamed.whole) == ("module 0421fba…, as recorded", "/cache/0421fba")


def test_a_longer_path_loses_its_folders_from_the_left() -> None:
    """Its name is what tells most; of that the end stays."""
    path = "builds/of/today/worker.wasm"
    assert [file_cut(path, most) for most in (27, 26, 13, 12, 5)] == [
        path,
        "…/of/today/worker.wasm",
        "…/worker.wasm",
        "…worker.wasm",
        "…wasm",
    ]


@given(st.text(alphabet="ab/語.", max_size=30), st.integers(1, 30))
def test_a_cut_path_fits_and_ends_as_it_did(path: str, most: int) -> None:
    """Whatever its letters take."""
    cut = file_cut(path, most)
    assert cells(cut) <= most
    assert path.endswith(cut.removeprefix("…"))
