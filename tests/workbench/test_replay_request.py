"""What a replay is called, and the rules that accept differences of a chain, where none are given."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.system.errors import ChainviewError
from chainview.workbench.replay_request import ReplayRequest, accepted_rules


def test_a_chain_without_rules_has_none(tmp_path: Path) -> None:
    """No file beside a chain is no rule."""
    assert accepted_rules(None, str(tmp_path / "x.chain")) == []


def test_what_stands_for_a_folder_is_named_by_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that the person stands in has a name, too."""
    (tmp_path / "modules" / "new").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "modules" / "new")
    names = [ReplayRequest(actor, "a/session").name for actor in (".", "..", "new/x.wasm")]
    assert names == ["session ↔ new", "session ↔ modules", "session ↔ x.wasm"]


def test_what_is_no_file_is_named_whole() -> None:
    """The last word of a device's path tells nobody what it is."""
    assert ReplayRequest("x.wasm", "/dev/null").name == "/dev/null ↔ x.wasm"


@pytest.mark.parametrize("put", [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("gone")])
def test_what_is_no_file_in_the_place_of_the_rules_is_told(tmp_path: Path, put: Callable[[Path], None]) -> None:
    """A folder, a pipe or a link to nothing is not passed over as if there were no rules."""
    put(tmp_path / "x.chain.accept.toml")
    with pytest.raises(ChainviewError, match=r"can't read the rules in .*x\.chain\.accept\.toml"):
        accepted_rules(None, str(tmp_path / "x.chain"))
