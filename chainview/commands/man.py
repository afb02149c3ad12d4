"""`chainview man`: shows the manual page, or prints it where standard output is no terminal."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from chainview.commands.usage.help import CommandHelp
from chainview.system.errors import ChainviewError
from chainview.system.streams import emit

HELP = CommandHelp(
    (
        ("chainview man", "read it"),
        ("chainview man > ~/.local/share/man/man1/chainview.1", "keep it where `man chainview` finds it"),
    ),
    "the page was shown",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds no option: there is none."""


def run(args: argparse.Namespace) -> int:
    """Shows the page with the program man on a terminal; prints it, as man reads it, elsewhere."""
    from chainview.commands.usage.manual import manual

    page = manual()
    if not sys.stdout.isatty():
        emit([page])
        return 0
    program = shutil.which("man")
    if program is None:
        raise ChainviewError("there is no program man here: chainview COMMAND --help tells the same of each command")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "chainview.1")
        path.write_text(f"{page}\n", encoding="utf-8")
        if subprocess.run([program, str(path)], check=False).returncode:
            raise ChainviewError("man can't show the page: chainview COMMAND --help tells the same of each command")
    return 0
