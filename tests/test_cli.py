"""Commands are looked up by name, and what their options offer is what there is."""

from __future__ import annotations

import argparse
import inspect
import pkgutil
import subprocess
import sys

import pytest

from chainview import commands
from chainview.chain.schema import Schema
from chainview.cli import _run
from chainview.commands import inspect as inspect_command
from chainview.commands.options.actor import SCHEMAS
from chainview.commands.options.screen import THEMES
from chainview.commands.replay import MODES
from chainview.commands.usage.parsers import COMMANDS, find_command, parsed
from chainview.replay.run.serving import Mode
from chainview.ui.widgets.themes import NAMES


def test_every_module_of_the_folder_is_a_command() -> None:
    """A command is one module, known by its name; what they share lies in rooms."""
    assert {each.name for each in pkgutil.iter_modules(commands.__path__) if not each.ispkg} == set(COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_of_the_same_shape(name: str) -> None:
    """It configures a parser and runs with what that read."""
    command = find_command(name)
    command.configure(argparse.ArgumentParser())
    assert list(inspect.signature(command.run).parameters) == ["args"]


def test_options_offer_what_there_is() -> None:
    """The words that options take, which are known before what they name is loaded, are the names of that."""
    assert set(MODES) == {mode.value for mode in Mode}
    assert set(SCHEMAS) < {schema.value for schema in Schema}
    assert set(THEMES) == set(NAMES)


def test_a_system_without_room_for_a_thread_is_no_defect_of_ours(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What Python raises where the system allows no more threads is a sentence with what to do, and exit code 2."""

    def refused(args: argparse.Namespace) -> int:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(inspect_command, "run", refused)
    assert _run(["inspect", "m.wasm"]) == 2
    assert "the system allows no more threads" in capsys.readouterr().err


def test_an_option_of_thousands_of_letters_is_refused_in_few(capsys: pytest.CaptureFixture[str]) -> None:
    """What is typed is told back up to a bound, whatever option it was typed for."""
    for words in (["record", "a.wasm", "--events", "9" * 5001], ["show", "c", "9" * 5001], ["open", "c", "x" * 9999]):
        with pytest.raises(SystemExit) as ended:
            parsed(words)
        assert ended.value.code == 2
        assert len(capsys.readouterr().err.splitlines()[-1]) < 2100


def test_nothing_is_looked_through_for_garbage_as_a_command_ends() -> None:
    """What is left then stands apart from all that the interpreter's last collection would look at."""
    told = "import atexit, gc; atexit.register(lambda: print(len(gc.get_objects()), gc.get_freeze_count()))"
    code = f"{told}; from chainview.cli import main; main(['--version'])"
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    left, apart = map(int, made.stdout.split()[-2:])
    assert left < apart / 10
