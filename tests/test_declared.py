"""What the code imports is declared in pyproject.toml."""

from __future__ import annotations

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
PYPROJECT = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
OURS = {"chainview", "tests"}


def imported(folder: str) -> Iterator[str]:
    """The top-level packages that the modules in a folder import, and that are neither Python's nor ours."""
    for path in (REPOSITORY / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            yield from {name.partition(".")[0] for name in names} - OURS - sys.stdlib_module_names


def undeclared(folder: str, requirements: list[str]) -> set[str]:
    """The packages that a folder imports and none of the requirements installs."""
    declared = {canonicalize_name(Requirement(requirement).name) for requirement in requirements}
    providers = packages_distributions()
    return {
        name
        for name in set(imported(folder))
        if not declared & {canonicalize_name(each) for each in (*providers.get(name, ()), name)}
    }


@pytest.mark.once
def test_what_chainview_imports_is_declared() -> None:
    """Every package that chainview imports is a dependency of it, or of an extra, not only of something it depends on.

    Import contracts hold which room may import what an extra brings.
    """
    project = PYPROJECT["project"]
    extras = [each for extra in project["optional-dependencies"].values() for each in extra]
    assert undeclared("chainview", project["dependencies"] + extras) == set()


@pytest.mark.once
def test_what_the_tests_import_is_declared() -> None:
    """Tests import what the group `test` installs, and what chainview itself needs."""
    project, groups = PYPROJECT["project"], PYPROJECT["dependency-groups"]
    # What draws the pictures, and what measures a suite by Dask, imports what it needs for that only when it runs.
    known = project["dependencies"] + groups["test"] + groups["docs"] + project["optional-dependencies"]["dask"]
    assert undeclared("tests", known) == set()


def test_the_extra_of_the_tests_is_their_group() -> None:
    """What pip installs by the extra and what it installs by the group is one list."""
    assert PYPROJECT["project"]["optional-dependencies"]["test"] == PYPROJECT["dependency-groups"]["test"]


def test_the_lock_file_fits_what_is_declared() -> None:
    """Each declared requirement is locked, once and at a version that it allows: `python -m tests.tasks lock`."""
    lines = (REPOSITORY / ".ci" / "lock.txt").read_text(encoding="utf-8").splitlines()
    pins = [Requirement(line.rstrip("\\ ")) for line in lines if "==" in line]
    locked = {canonicalize_name(pin.name): str(pin.specifier).removeprefix("==") for pin in pins}
    groups = [each for group in PYPROJECT["dependency-groups"].values() for each in group if isinstance(each, str)]
    for text in (*PYPROJECT["project"]["dependencies"], *groups):
        requirement = Requirement(text)
        assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)]), text
