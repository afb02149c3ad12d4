"""The developer's tasks: the door, and the floors of coverage."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

from tests.tasks.__main__ import TASKS
from tests.tasks.coverage import Reached, faults, raised, rooms, with_floors

REPOSITORY = Path(__file__).resolve().parent.parent


def task(*words: str) -> subprocess.CompletedProcess[str]:
    """Goes through the door."""
    command = [sys.executable, "-m", "tests.tasks", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=REPOSITORY, check=False)


def test_the_door_tells_what_there_is() -> None:
    """Without a name every task is told, and an unknown one is refused with what there is."""
    listed = task()
    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == list(TASKS)
    refused = task("lint", "nothing")
    assert (refused.returncode, refused.stdout) == (2, listed.stdout)
    assert refused.stderr == "there is no task nothing\n"


def test_a_room_is_a_folder_and_its_share_counts_lines() -> None:
    """The figures of a folder's modules are summed, and a folder below it is a room of its own."""

    def file(lines: int, of: int) -> object:
        return {"summary": {"covered_lines": lines, "num_statements": of}}

    report = {
        "files": {
            "chainview/pack/a.py": file(6, 8),
            "chainview/pack/b.py": file(2, 2),
            "chainview/pack/cgrf/c.py": file(0, 0),
        }
    }
    reached = rooms(report)
    assert reached == {"chainview/pack": Reached(8, 10), "chainview/pack/cgrf": Reached(0, 0)}
    assert [each.percent for each in reached.values()] == [80.0, 100.0]


def test_a_room_below_its_floor_is_a_fault() -> None:
    """So are a room without a floor and a floor without a room; one that stands on its floor is none."""
    assert faults({"a": Reached(79, 100), "b": Reached(80, 100), "d": Reached(1, 1)}, {"a": 80, "b": 80, "c": 1}) == [
        "d has no floor",
        "c is gone and has a floor",
        "a reaches 79.0 %, its floor is 80 %",
    ]


def test_floors_are_raised_and_never_lowered() -> None:
    """A floor becomes the whole per cent that was reached for sure; a lower figure leaves it, and a gone room goes."""
    reached = {"a": Reached(92, 100), "b": Reached(926, 1000), "new": Reached(1, 3)}
    assert raised(reached, {"a": 95, "b": 90, "gone": 50}) == {"a": 95, "b": 91, "new": 32}


def test_floors_are_written_where_they_stand() -> None:
    """Only the table of floors changes, and what is written reads back."""
    text = 'before = 1\n\n[tool.chainview.coverage-floors]\n"a" = 1\n"b/c" = 2\n\n[tool.other]\n"a" = 3\n'
    written = with_floors(text, {"b/c": 40, "d": 50})
    assert written == text.replace('"a" = 1\n"b/c" = 2\n', '"b/c" = 40\n"d" = 50\n')
    assert tomllib.loads(written)["tool"]["chainview"]["coverage-floors"] == {"b/c": 40, "d": 50}
