"""The house stays one that fits in a head: how long a module may be, and how many a folder may hold."""

from __future__ import annotations

from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
HOUSE = REPOSITORY / "chainview"
MOST_LINES = 400
MOST_MODULES = 16
ROOMS_OF_TABLES = ("commands", "actor/hosts/registry", "actor/hosts/main")
"""Those that hold a module for each command or interface, however many there are."""


def modules() -> list[Path]:
    """Every module but what only names a package."""
    return [path for path in HOUSE.rglob("*.py") if path.name != "__init__.py"]


def test_every_module_is_one_idea() -> None:
    """No module is longer than what one keeps in mind, tests included."""
    lengths = {
        path.relative_to(REPOSITORY).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in (*modules(), *(REPOSITORY / "tests").rglob("*.py"))
    }
    assert len(lengths) > 100
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_every_folder_is_one_trade() -> None:
    """No folder holds more modules than one takes in at a look."""
    held: dict[str, int] = {}
    for path in modules():
        room = path.parent.relative_to(HOUSE).as_posix()
        held[room] = held.get(room, 0) + 1
    assert set(ROOMS_OF_TABLES) <= set(held)
    assert {room: n for room, n in held.items() if n > MOST_MODULES and room not in ROOMS_OF_TABLES} == {}
