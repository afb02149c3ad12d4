"""Footprints: the way from a name to a file, through folders and links that others change."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.system.files.footprint import footprint

NAMES = ("a", "b", "c", "a/a", "a/b", "b/a", "b/b", "a/b/c")
LINKS = ("a", "b", "b/a", "../a", "../b", "../../b", ".", "..", "a/b/c", "loop")


def apply(root: Path, step: tuple[str, str, str, int]) -> None:
    """Does one thing to a small tree; what the system refuses is not done."""
    what, name, other, number = step
    path = root / name
    try:
        if what == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("x" * number)
        elif what == "link":
            path.symlink_to(other)
        elif what == "move":
            path.rename(root / NAMES[number % len(NAMES)])
        elif path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    except OSError:
        return


STEPS = st.tuples(
    st.sampled_from(("write", "write", "link", "move", "remove")),
    st.sampled_from(NAMES),
    st.sampled_from(LINKS),
    st.integers(0, 9),
)


@given(st.lists(STEPS, max_size=8), st.lists(STEPS, min_size=1, max_size=3), st.sampled_from(NAMES))
def test_where_another_content_is_read_the_footprint_is_another(
    before: list[tuple[str, str, str, int]], after: list[tuple[str, str, str, int]], name: str
) -> None:
    """Whatever is written, linked, moved and removed on the way: what is read changes only with the footprint."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for step in before:
            apply(root, step)
        path = root / name
        looked, content = footprint(path), _read(path)
        for step in after:
            apply(root, step)
        if _read(path) != content:
            assert footprint(path).first_change(looked) is not None


@given(st.lists(STEPS, max_size=10), st.sampled_from(NAMES))
def test_the_way_ends_where_the_system_says(steps: list[tuple[str, str, str, int]], name: str) -> None:
    """The last step is the file that the system finds behind all links, and every folder named is one."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for step in steps:
            apply(root, step)
        looked = footprint(root / name)
        assert all(os.path.isdir(each) for each in looked.folders)
        end = looked.steps[-1]
        if (root / name).exists() and end.link is None:
            assert os.path.samefile(os.path.join(end.folder, end.name), root / name)


def _read(path: Path) -> str | None:
    try:
        return path.read_text()
    except OSError:
        return None


@pytest.mark.parametrize("target", ["loop", "../x/loop", "loop/on"])
def test_links_that_lead_nowhere_end(tmp_path: Path, target: str) -> None:
    """A link to itself, straight or around, is a way that ends, in folders that exist."""
    (tmp_path / "x").mkdir()
    (tmp_path / "x" / "loop").symlink_to(target)
    looked = footprint(tmp_path / "x" / "loop")
    assert looked.folders == {str(tmp_path / "x")}


def test_a_missing_file_is_looked_for_in_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    """Of a whole path that is missing the folder above its first missing name is named, and then the next one."""
    path = tmp_path / "target" / "wasm32" / "release" / "a.wasm"
    assert footprint(path).folders == {str(tmp_path)}
    path.parent.parent.mkdir(parents=True)
    assert footprint(path).folders == {str(tmp_path / "target" / "wasm32")}
    path.parent.mkdir()
    assert footprint(path).folders == {str(path.parent)}
