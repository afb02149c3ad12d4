"""The share of lines that the tests reach, in each room, against the floors in pyproject.toml.

`python -m tests.tasks coverage` runs every test, prints each room's figure and fails for one below its floor; before
Python 3.12 that takes twice the time of the tests.
`-- --update` raises the floors to what was reached, and lowers none. What else is given goes to pytest.
"""

from __future__ import annotations

import json
import math
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from tests.tasks import ALL_AT_ONCE

REPOSITORY = Path(__file__).resolve().parents[2]
PYPROJECT = REPOSITORY / "pyproject.toml"
SLACK = 1.0
"""What only a race reaches may be missed: a floor stands that much below the figure it was set by."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How many lines there are, and how many of them were reached."""

    reached: int
    of: int

    @property
    def percent(self) -> float:
        return 100 * self.reached / self.of if self.of else 100.0


def rooms(report: Mapping[str, Any]) -> dict[str, Reached]:
    """What each folder of chainview reached, by coverage.py's report as JSON; a folder in it is a room of its own."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for name, file in report["files"].items():
        totals = file["summary"]
        room = sums[str(PurePosixPath(name.replace("\\", "/")).parent)]
        room[0] += totals["covered_lines"]
        room[1] += totals["num_statements"]
    return {name: Reached(*sums[name]) for name in sorted(sums)}


def faults(reached: Mapping[str, Reached], floors: Mapping[str, int]) -> list[str]:
    """What is wrong: a room below its floor, one that has none, a floor whose room is gone."""
    return [
        *(f"{name} has no floor" for name in reached if name not in floors),
        *(f"{name} is gone and has a floor" for name in floors if name not in reached),
        *(
            f"{name} reaches {each.percent:.1f} %, its floor is {floors[name]} %"
            for name, each in reached.items()
            if name in floors and each.percent < floors[name]
        ),
    ]


def raised(reached: Mapping[str, Reached], floors: Mapping[str, int]) -> dict[str, int]:
    """The floors that these figures set: those of rooms that are gone go, and none is lowered."""
    return {
        name: max(floors.get(name, 0), math.floor(max(each.percent - SLACK, 0.0))) for name, each in reached.items()
    }


def with_floors(text: str, floors: Mapping[str, int]) -> str:
    """The text of pyproject.toml with these floors."""
    table = "".join([f'"{name}" = {floor}\n' for name, floor in floors.items()])
    return re.sub(r"(?m)^(\[tool\.chainview\.coverage-floors\]\n)(?:\".*\n)*", lambda head: head[1] + table, text)


def run_tests(words: Iterable[str]) -> tuple[int, dict[str, Any]]:
    """Runs the tests under coverage.py; the exit code and the report as JSON."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "coverage.json"
        line = [sys.executable, *ALL_AT_ONCE, "--cov", f"--cov-report=json:{report}", *words]
        environment = {**os.environ, "COVERAGE_FILE": str(Path(folder) / "coverage")}
        code = subprocess.run(line, cwd=REPOSITORY, env=environment, check=False).returncode
        return code, json.loads(report.read_text(encoding="utf-8")) if report.exists() else {"files": {}}


def main(words: Sequence[str]) -> int:
    """Runs the tests, prints the figures, and checks or raises the floors."""
    text = PYPROJECT.read_text(encoding="utf-8")
    floors = tomllib.loads(text)["tool"]["chainview"]["coverage-floors"]
    code, report = run_tests([word for word in words if word != "--update"])
    reached = rooms(report)
    for name, each in reached.items():
        print(f"  {name:<36} {each.percent:5.1f} %  floor {floors.get(name, '-'):>3}")
    total = Reached(sum(each.reached for each in reached.values()), sum(each.of for each in reached.values()))
    print(f"  {'lines':<36} {total.percent:5.1f} %")
    if code:
        return code
    if "--update" in words:
        PYPROJECT.write_text(with_floors(text, raised(reached, floors)), encoding="utf-8")
        return 0
    found = faults(reached, floors)
    for fault in found:
        print(fault, file=sys.stderr)
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
