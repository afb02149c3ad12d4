"""What the README says to type."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
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
            # Here nothing was recorded without `-o`, which is told before what shows no screen.
            assert ("no chains are kept" if "--last" in words else "is no terminal") in done.err, line
        elif "--for" in words:
            # What a busy machine has not done by then is interrupted, and told by the exit code.
            assert done.code == 0 or "was over" in done.err, (line, done)
        else:
            assert done.code == (words[0] in _DIFFERS), (line, done)


@pytest.mark.once
def test_an_actor_of_one_s_own_is_made_as_the_samples_say(tmp_path: Path) -> None:
    """What is typed before cargo gives a folder with names of its own, and a manifest that names what cargo builds."""
    if shutil.which("perl") is None:
        pytest.skip("perl is not installed")
    folder = tmp_path / "sample_actors"
    shutil.copytree(SAMPLES, folder, ignore=shutil.ignore_patterns("faults", "variants", "workloads"))
    told = (SAMPLES / "README.md").read_text(encoding="utf-8").partition("## Your own actor")[2].partition("rustup")[0]
    lines = [line for line in told.splitlines() if line.startswith("    ") and line.strip()]
    assert len(lines) == 4
    subprocess.run(["sh", "-ec", "\n".join(lines)], cwd=folder, check=True)
    manifest = tomllib.loads((folder / "tally" / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["package"] == "../target/wasm32-unknown-unknown/release/tally.wasm"
    assert tomllib.loads((folder / "tally" / "Cargo.toml").read_text(encoding="utf-8"))["package"]["name"] == "tally"
    assert "tally" in tomllib.loads((folder / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["members"]
    for name in ("src/lib.rs", "actor.types"):
        assert "ounter" not in (folder / "tally" / name).read_text(encoding="utf-8")
