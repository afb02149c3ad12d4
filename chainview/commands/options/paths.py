"""The name of a file or folder, as words of a command give it."""

from __future__ import annotations

import argparse
from pathlib import Path


def name(text: str) -> str:
    """That name; of an empty one, which would be the folder that one stands in, an error."""
    if not text:
        raise argparse.ArgumentTypeError("the name is empty: give a file or folder")
    return text


def path(text: str) -> Path:
    """The path of that name; of an empty one an error."""
    return Path(name(text))
