"""What patterns match in folders."""

from __future__ import annotations

import glob
import os
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.system.errors import ChainviewError
from chainview.system.files.matching import Looking

_NAMES = st.sampled_from(("a", "b", "ab", ".a", "a.json"))
_PARTS = st.sampled_from(("a", "b", "*", "**", "?", "*.json", "[ab]*", ".*", "..", "x"))


@given(
    st.lists(st.lists(_NAMES, min_size=1, max_size=4), max_size=8),
    st.lists(_PARTS, min_size=1, max_size=4),
    st.booleans(),
)
def test_a_pattern_matches_what_patterns_of_a_shell_do(files: list[list[str]], parts: list[str], folders: bool) -> None:
    """As Python's own `glob` has it, of any depth, of links, and of folders alone."""
    with TemporaryDirectory() as name:
        top = Path(name, *"12345")  # Deeper than a pattern leads up.
        top.mkdir(parents=True)
        for file in files:
            path = top.joinpath(*file)
            if not path.exists() and all(not each.is_file() for each in path.parents):
                path.parent.mkdir(parents=True, exist_ok=True)
                path.touch()
        pattern = "/".join(parts) + "/" * folders
        globbed = [os.path.join(top, each) for each in glob.glob(pattern, root_dir=top, recursive=True)]
        found = {os.path.normpath(each) for each in Looking("x").matched(top, pattern)}
        # Python's tells of what it looks below that it is there, whether it is or not.
        expected = {os.path.normpath(each) for each in globbed if os.path.lexists(each)}
        assert found - {str(top)} == expected - {str(top)}


def test_a_search_ends_where_it_came_to_very_many_files(tmp_path: Path) -> None:
    """Whichever way it looks, the files of all patterns together, whether they match or not."""
    for number in range(9):
        (tmp_path / str(number)).touch()
    looking = Looking("chains in it", most=20)
    assert len(looking.matched(tmp_path, "*")) == 9
    assert looking.matched(tmp_path, "**/x") == []
    with pytest.raises(ChainviewError, match="chains in it looks at more than 20 files: name a folder of fewer"):
        looking.matched(tmp_path, "**/x")
    with pytest.raises(ChainviewError, match="more than 20 files"):
        looking.into(tmp_path)


def test_links_that_lead_back_are_followed_once(tmp_path: Path) -> None:
    """At any depth, also where two of them lead into each other's folders."""
    for name, other in (("a", "b"), ("b", "a")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "link").symlink_to(tmp_path / other, target_is_directory=True)
        (tmp_path / name / f"{name}.json").touch()
    found = [str(each.relative_to(tmp_path)) for each in Looking("x").matched(tmp_path, "**/*.json")]
    assert found == ["a/a.json", "a/link/b.json", "b/b.json", "b/link/a.json"]


def test_a_pattern_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    """With what it begins with."""
    with pytest.raises(ChainviewError, match=r"has a pattern of more than 100 parts: \*/\*/"):
        Looking("chains in it").matched(tmp_path, "*/" * 101)


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    """Where it is looked into; as part of a pattern it holds nothing."""
    with pytest.raises(ChainviewError, match=r"can't read the folder .*gone: no such file"):
        Looking("x").into(tmp_path / "gone")
    assert Looking("x").matched(tmp_path / "gone", "*") == []
