"""CONTRIBUTING.md tells the truth."""

from __future__ import annotations

import re
from pathlib import Path

from tests.tasks.__main__ import TASKS

REPOSITORY = Path(__file__).resolve().parent.parent
TEXT = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")


def test_every_path_that_is_named_exists() -> None:
    """A module, folder or page that moves takes its mention along."""
    paths = re.findall(r"`((?:chainview|tests|docs|sample_actors|\.ci)/[\w./-]+)`", TEXT)
    assert len(paths) > 30
    assert [path for path in paths if not (REPOSITORY / path).exists()] == []


def test_every_room_is_on_the_map() -> None:
    """The map of the house names each folder of chainview and each room in it, as far as two steps go."""
    folders = [path.parent for path in (REPOSITORY / "chainview").glob("*/*/__init__.py")]
    rooms = {folder.relative_to(REPOSITORY).as_posix() for folder in (*folders, *{each.parent for each in folders})}
    assert sorted(room for room in rooms if f"`{room}`" not in TEXT) == []


def test_every_task_is_told() -> None:
    """The table of tasks has each that the door knows."""
    table = "\n".join([line for line in TEXT.splitlines() if line.startswith("| `")])
    assert sorted(name for name in TASKS if f"`{name}`" not in table) == []
