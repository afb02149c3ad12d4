"""How the person's editor is told of a file and a line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.system.editor import editor_command, is_source
from chainview.system.errors import ChainviewError


@pytest.fixture
def editors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs, the only one in which programs are found."""
    for name in ("vim", "emacsclient", "code", "hx", "nano"):
        (tmp_path / name).touch(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ({"EDITOR": "vim"}, "vim +8 /s/lib.rs"),
        ({"EDITOR": "vim", "VISUAL": "emacsclient -t"}, "emacsclient -t +8 /s/lib.rs"),
        ({"EDITOR": "vim", "VISUAL": "code --wait"}, "code --wait --goto /s/lib.rs:8"),
        ({"VISUAL": " ", "EDITOR": "hx"}, "hx /s/lib.rs:8"),
    ],
)
def test_an_editor_is_told_in_its_own_way(editors: Path, variables: dict[str, str], command: str) -> None:
    """The variables go by their rank; a line is `+LINE`, `--goto FILE:LINE` or `FILE:LINE`, as the editor wants it."""
    assert " ".join(editor_command(Path("/s/lib.rs"), 8, variables)) == command


def test_without_a_variable_a_usual_editor_is_taken(editors: Path) -> None:
    """The first of those that are there, and no line where none is given."""
    assert editor_command(Path("/s/lib.rs"), 0, {}) == [str(editors / "nano"), "/s/lib.rs"]


@pytest.mark.parametrize(("said", "told"), [("emacs", "emacs is not there"), ("vim '", "can't be read as a command")])
def test_an_editor_that_is_not_there_is_told(editors: Path, said: str, told: str) -> None:
    """A name that is no program, and a command that is none, are sentences."""
    with pytest.raises(ChainviewError, match=told):
        editor_command(Path("/s/lib.rs"), 8, {"EDITOR": said})


def test_only_a_regular_file_is_a_source(tmp_path: Path) -> None:
    """Folders, pipes, devices and names that are none are not handed to an editor; links to files are."""
    (tmp_path / "lib.rs").touch()
    (tmp_path / "link.rs").symlink_to("lib.rs")
    os.mkfifo(tmp_path / "pipe")
    names = ("lib.rs", "link.rs", "pipe", ".", "gone", "a\0b")
    assert [is_source(tmp_path / name) for name in names] == [True, True, False, False, False, False]
    assert not is_source(Path("/dev/null"))
