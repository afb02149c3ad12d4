"""Where the reference implementation's vectors and chains lie, for tests that compare against them in place."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("CHAINVIEW_SHARED") or REPOSITORY.parent / "shared")


def reference_file(relative: str) -> Path:
    """The path of a reference file; skips the test, naming the file, when it is absent."""
    path = SHARED / relative
    if not path.is_file():
        pytest.skip(f"the reference file {relative} is not at hand (set CHAINVIEW_SHARED)")
    return path


def vectors(name: str) -> list[dict[str, Any]]:
    """The records of one JSON-lines vector file."""
    # Not splitlines: the texts in the vectors hold line separators of their own.
    lines = reference_file(f"vectors/{name}.jsonl").read_text(encoding="utf-8").split("\n")
    return [json.loads(line) for line in lines if line]
