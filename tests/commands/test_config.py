"""`chainview config`."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.key_names import key_name
from chainview.ui.widgets.key_table import ACTIONS
from chainview.ui.widgets.settings import NAMES, read_settings
from tests.commands.running import run_here


@pytest.fixture(autouse=True)
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The settings file, in a folder of the test's own."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "chainview" / "config.toml"
    path.parent.mkdir()
    return path


def test_what_is_shown_is_a_settings_file_that_says_the_same(
    file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every setting and the keys of every action, also those that the environment gives."""
    monkeypatch.setenv("CHAINVIEW_KEYS_FOLD_ALL", '^x "')
    assert run_here("config") == 0
    told = capsys.readouterr().out
    assert list(tomllib.loads(told)["keys"]) == [action.id for action in ACTIONS]
    file.write_text(told, encoding="utf-8")
    monkeypatch.delenv("CHAINVIEW_KEYS_FOLD_ALL")
    shown = read_settings(file).keymap()
    same = KeyMap({"fold.all": ("^x", '"')})
    assert {each.id: shown.keys(each.id) for each in ACTIONS} == {each.id: same.keys(each.id) for each in ACTIONS}
    assert run_here("config", "--check") == 0


def test_one_setting_may_be_asked_for_by_its_id(capsys: pytest.CaptureFixture[str]) -> None:
    """That of an action with its table or without; what is none is refused."""
    assert run_here("config", "fold.all", "theme") == 0
    assert [line.partition("  #")[0] for line in capsys.readouterr().out.splitlines()] == [
        'theme = ""', "", "[keys]", '"fold.all" = ["-"]',
    ]  # fmt: skip
    assert run_here("config", "keys.find", "--json") == 0
    (found,) = json.loads(capsys.readouterr().out)["settings"]
    assert (found["value"], found["variable"], found["from"]) == (["/"], "CHAINVIEW_KEYS_FIND", None)
    assert run_here("config", "nothing\x1b") == 2
    assert "there is no setting nothing\\u{1b}" in capsys.readouterr().err


def test_where_the_file_lies_is_told_though_there_is_none(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """So that an editor can be pointed at it."""
    assert run_here("config", "--path") == 0
    assert capsys.readouterr().out == f"{file}\n"


@pytest.mark.parametrize(
    ("text", "code", "told"),
    [
        ('theme = "light"\n', 0, "nothing is amiss"),
        ('theme = "pink"\n', 1, "there is no theme 'pink'"),
        ('them = "light"\n', 1, "there is no setting them in"),
        ('[keys]\n"fold.al" = "x"\n', 1, "no action 'fold.al'"),
        ('[keys]\n"fold.all" = "x"\nsave = "x"\n', 1, "given to both"),
        ('[keys]\n"fold.all" = "x"\n', 0, "the key x is fold.all's now and no more call.interrupt's"),
        ("theme = [", 1, "can't read the settings"),
    ],
)
def test_what_is_amiss_is_told(text: str, code: int, told: str, file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unknown names, themes and ids, and keys given twice; a key that another action lost is no fault, and is told."""
    file.write_text(text, encoding="utf-8")
    assert run_here("config", "--check") == code
    assert told in capsys.readouterr().out
    assert run_here("config", "--check", "--json") == code
    found = json.loads(capsys.readouterr().out)
    assert bool(found["amiss"]) is bool(code)


def test_every_key_of_the_table_can_be_written_so(capsys: pytest.CaptureFixture[str]) -> None:
    """What is shown of a key is a name that settings take."""
    keymap = KeyMap()
    assert all(key_name(name) == name for action in ACTIONS for name in keymap.written(action.id))
    assert len(NAMES) == len(ACTIONS) + 2
