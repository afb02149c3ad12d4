"""The reference's vectors, whose texts may hold any line separator that JSON leaves as it is."""

from __future__ import annotations

import json
from typing import Any

from tests.reference import reference_file


def vectors(name: str) -> list[dict[str, Any]]:
    """The records of one JSON-lines vector file; skips the test when it is absent."""
    lines = reference_file(f"vectors/{name}.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in lines]
