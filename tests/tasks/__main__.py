"""The door to a developer's tasks: `python -m tests.tasks lint types`, and `python -m tests.tasks` to see them all.

What follows `--` goes to the last command of the last task: `python -m tests.tasks quick -- tests/pack`.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.tasks import ALL_AT_ONCE
from tests.tasks.core import SERVED

REPOSITORY = Path(__file__).resolve().parents[2]

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """What a task does, and the commands that do it: each a program's name and what it is given."""

    does: str
    commands: tuple[Words, ...]
    writes_snapshots: bool = False


PYTEST: Words = ("python", *ALL_AT_ONCE)
QUICK: Words = (*PYTEST, "-m", "not once", "--hypothesis-profile=quick")
TASKS = {
    "test": Task("every test", (PYTEST,)),
    "quick": Task(
        "the tests that are worth a run before each commit, with few examples each",
        (QUICK,),
    ),
    "core": Task(
        "the quick tests of what the core serves, once with Python in its place, once with the core for all of it",
        (("python", "-m", "tests.tasks.core"),),
    ),
    "others": Task("the quick tests that `core` leaves out", ((*QUICK, *[f"--ignore={room}" for room in SERVED]),)),
    "lint": Task("ruff's rules and format", (("ruff", "check", "."), ("ruff", "format", "--check", "."))),
    "format": Task("repairs what ruff can repair", (("ruff", "check", "--fix", "."), ("ruff", "format", "."))),
    "types": Task("mypy", (("mypy",),)),
    "contracts": Task("what may import what", (("lint-imports",),)),
    "actors": Task(
        "whether the sample actors are those that their sources make",
        (("python", "sample_actors/build.py", "--check"),),
    ),
    "coverage": Task(
        "every test, and the share of each room they reach, against the floors; `--update` raises the floors",
        (("python", "-m", "tests.tasks.coverage"),),
    ),
    "snapshots": Task(
        "writes the pictures of screens in tests/ui/snapshots anew",
        ((*PYTEST, "tests/ui/test_snapshots.py", "tests/ui/replay/test_pictures.py"),),
        writes_snapshots=True,
    ),
    "man": Task("writes docs/chainview.1 anew", (("python", "-m", "tests.tasks.man"),)),
    "pictures": Task("draws docs/*.png anew", (("python", "-m", "tests.tasks.pictures"),)),
    "bench": Task("every benchmark's figures", (("python", "-m", "tests.bench"),)),
    "campaigns": Task(
        "attacks on what is promised: lists them, and runs those named",
        (("python", "-m", "tests.campaigns"),),
    ),
    "lock": Task(
        "writes .ci/lock.txt anew from pyproject.toml",
        (
            (
                *("uv", "pip", "compile", "--quiet", "--no-config", "--universal", "--generate-hashes", "--upgrade"),
                # A pip that checks hashes takes a name with an extra for another package, and looks for the newest.
                "--no-strip-extras",
                *("--python-version", "3.11", "--default-index", "https://pypi.org/simple", "--no-emit-index-url"),
                *("--custom-compile-command", "python -m tests.tasks lock"),
                *("--group", "dev", "--output-file", ".ci/lock.txt", "pyproject.toml"),
            ),
        ),
    ),
}


def main(words: Sequence[str]) -> int:
    """Does the named tasks in turn, up to the first that fails; without a name tells what there is."""
    names, more = _parted(words)
    unknown = [name for name in names if name not in TASKS]
    if not names or unknown:
        for name in unknown:
            print(f"there is no task {name}", file=sys.stderr)
        for name, task in TASKS.items():
            print(f"  {name:<10} {task.does}")
        return 2 if unknown else 0
    for name in names:
        task = TASKS[name]
        environment = {**os.environ, **({"CHAINVIEW_SNAPSHOTS": "write"} if task.writes_snapshots else {})}
        for command in task.commands:
            given = more if (name, command) == (names[-1], task.commands[-1]) else ()
            line = (*command, *given)
            print(f"{name}: {shlex.join(line)}", file=sys.stderr, flush=True)
            code = subprocess.run(_found(line), cwd=REPOSITORY, env=environment, check=False).returncode
            if code:
                return code
    return 0


def _parted(words: Sequence[str]) -> tuple[Words, Words]:
    """The names of tasks, and what is given to the last of them."""
    at = words.index("--") if "--" in words else len(words)
    return tuple(words[:at]), tuple(words[at + 1 :])


def _found(line: Words) -> Words:
    """The line with the program of this environment, be it active or not."""
    program, *rest = line
    if program == "python":
        return (sys.executable, *rest)
    found = shutil.which(program, path=sysconfig.get_path("scripts"))
    if found is None:
        raise SystemExit(f"{program} is not installed here: pip install -e . --group dev")
    return (found, *rest)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
