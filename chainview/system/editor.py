"""The person's own editor: which it is, and how it is told of a file and a line."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Mapping
from pathlib import Path

from chainview.system.errors import ChainviewError

_VARIABLES = ("VISUAL", "EDITOR")
_USUAL = ("sensible-editor", "nano", "vi")
_BY_OPTION = frozenset(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"))
"""Editors that take `--goto FILE:LINE`."""
_BY_COLON = frozenset(("hx", "helix", "zed", "zeditor", "subl", "sublime_text"))
"""Editors that take `FILE:LINE`; all others take `+LINE FILE`, as vi, emacs and nano do."""


def editor_command(file: Path, line: int = 0, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command that opens a file, at a line where one is given; raises ChainviewError where there is no editor."""
    said = next((environment[name] for name in _VARIABLES if environment.get(name, "").strip()), "")
    try:
        words = shlex.split(said) if said else [found for name in _USUAL if (found := shutil.which(name))][:1]
    except ValueError:
        raise ChainviewError(f"the editor can't be read as a command: {said}") from None
    if not words or shutil.which(words[0]) is None:
        named = f"the editor {words[0]} is not there" if words else "no editor is known"
        raise ChainviewError(f"{named}: EDITOR names one")
    # A relative name could be taken for an option.
    name, opened = Path(words[0]).name, str(file.absolute())
    if not line:
        return [*words, opened]
    if name in _BY_OPTION:
        return [*words, "--goto", f"{opened}:{line}"]
    return [*words, f"{opened}:{line}"] if name in _BY_COLON else [*words, f"+{line}", opened]


def is_source(path: Path) -> bool:
    """Whether there is a regular file, as only such are handed to an editor."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False
