"""The manual page."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from chainview.commands.usage.manual import manual
from chainview.commands.usage.parsers import COMMANDS, parsers_for
from tests.commands.running import run_here
from tests.tasks.man import PAGE


def test_the_page_in_a_wheel_is_that_of_the_parsers() -> None:
    """What was added to a command's help is in docs/chainview.1 too: `python -m tests.tasks man` writes it anew."""
    assert PAGE.read_text(encoding="utf-8") == f"{manual()}\n"


def test_every_option_of_every_command_has_its_entry() -> None:
    """By all of its names, with what it takes and does."""
    page = manual().replace("\\-", "-")
    for name, parser in parsers_for(COMMANDS).commands.items():
        section = page.partition(f".SS {name}\n")[2].partition(".SS ")[0]
        for action in parser.arguments:
            if action.dest not in ("help", "asked"):
                assert all(f"\\fB{option}\\fR" in section for option in action.option_strings), (name, action)
                assert action.help, (name, action)


def test_man_reads_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    """It is printed as it is where standard output is no terminal, and what formats manuals finds nothing amiss."""
    assert run_here("man") == 0
    page = capsys.readouterr().out
    assert page == f"{manual()}\n"
    if shutil.which("mandoc") is None:
        pytest.skip("mandoc is not installed")
    command = ["mandoc", "-T", "lint", "-W", "warning"]
    found = subprocess.run(command, input=page, capture_output=True, text=True, check=False)
    assert [line for line in found.stdout.splitlines() if "missing date" not in line] == []
