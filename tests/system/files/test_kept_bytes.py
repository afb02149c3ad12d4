"""Bytes that are kept by name."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.system.files.kept_bytes import KeptBytes

NAME = "a" * 64


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: os.symlink(NAME, path)])
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, make: Callable[[Path], None]) -> None:
    """A pipe, a folder or a link in the place of what is kept is nothing that is kept; a pipe gives way to the next."""
    kept = KeptBytes(tmp_path, 100, 9)
    make(tmp_path / NAME)
    assert kept.get(NAME) is None
    kept.keep(NAME, b"here")
    assert kept.get(NAME) == (None if (tmp_path / NAME).is_dir() else b"here")
    assert [each.name for each in tmp_path.iterdir()] == [NAME]
