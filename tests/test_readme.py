"""What the README says to type."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.commands.running import SAMPLES, chainview

README = SAMPLES.parent / "README.md"
_DIFFERS = ("diff",)


@pytest.mark.once
def test_the_tour_can_be_typed_line_by_line(tmp_path: Path) -> None:
    """Each command does what it says in the folder of the sample actors; those with a screen ask for a terminal."""
    tour = README.read_text(encoding="utf-8").partition("## A short tour")[2].partition("\n**")[0]
    lines = re.findall(r"`chainview ([^`]*)`", tour)
    assert len(lines) > 14
    folder = tmp_path / "sample_actors"
    shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns("src", "faults", "variants"))
    for line in lines:
        words = shlex.split(line.replace("--for 3s", "--for 300ms"))
        done = chainview(folder, *words)
        if words[0] in ("run", "open"):
            assert "is no terminal" in done.err, line
        else:
            assert done.code == (words[0] in _DIFFERS), (line, done)
