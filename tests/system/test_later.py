"""Names of packages that are loaded when they are first asked for."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest

from tests.waiting import LIMIT

LAZY = ("chainview", "chainview.pack.cgrf", "chainview.pack.literal", "chainview.pack.values")


@pytest.mark.parametrize("package", LAZY)
def test_no_name_is_that_of_a_module_beside_it(package: str) -> None:
    """Else the name would stand for the module, as soon as something has loaded that."""
    found = import_module(package)
    assert found.__file__ is not None
    assert not set(found.__all__) & {path.stem for path in Path(found.__file__).parent.glob("*.py")}


@pytest.mark.parametrize("package", LAZY)
def test_each_name_is_there_in_whatever_order_they_are_asked_for(package: str) -> None:
    """The first one that is asked for is found, and so are those behind it, whatever was loaded with it."""
    script = f"import {package} as it\nfor name in reversed(it.__all__):\n    getattr(it, name)\n"
    subprocess.run([sys.executable, "-c", script], check=True, timeout=LIMIT)
