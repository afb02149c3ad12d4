"""Names of files and folders as words of a command."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import run_here


@pytest.mark.parametrize(
    "words",
    [
        ("test", "--cache", ""),
        ("test", "--junit", ""),
        ("record", "a.wasm", "-o", ""),
        ("shrink", "a.wasm", "a.chain", "-o", ""),
        ("replay", "a.wasm", "a.chain", "--accept", ""),
        ("replay", "a.wasm", ""),
        ("run", "a.wasm", "--replay", ""),
        ("record", "a.wasm", "--answers-from", ""),
        ("diff", "", "a.chain"),
        ("diff", "a.chain", ""),
        ("bisect", "", "a.wasm", "b.wasm"),
        ("shrink", "a.wasm", "", "-o", "b.chain"),
        ("export", "", "--to", "json"),
        *((command, "") for command in ("verify", "show", "stats", "open", "accept", "chains")),
    ],
)
def test_an_empty_name_is_no_folder_one_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: tuple[str, ...]
) -> None:
    """It is refused where it is given, and nothing is made."""
    monkeypatch.chdir(tmp_path)
    assert run_here(*words) == 2
    assert "the name is empty" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())
