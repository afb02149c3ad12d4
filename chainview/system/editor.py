"""The person's own editor and pager: which they are, and how they are told of a file and a line."""

from __future__ import annotations

import os
import shlex
import shutil
import stat
from collections.abc import Mapping, Sequence
from pathlib import Path

from chainview.system.errors import ChainviewError

_VARIABLES = ("VISUAL", "EDITOR")
_PAGERS = ("less", "more")
_USUAL = ("sensible-editor", "nano", "vi")
_BY_OPTION = frozenset(("code", "code-insiders", "codium", "vscodium", "cursor", "windsurf"))
"""Editors that take `--goto FILE:LINE`."""
_BY_COLON = frozenset(("hx", "helix", "zed", "zeditor", "subl", "sublime_text"))
"""Editors that take `FILE:LINE`; all others take `+LINE FILE`, as vi, emacs and nano do."""


def editor_command(file: Path, line: int = 0, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command that opens a file, at a line where one is given; raises ChainviewError where there is no editor."""
    words = _command("editor", _VARIABLES, _USUAL, environment)
    # A relative name could be taken for an option.
    name, opened = Path(words[0]).name, str(file.absolute())
    if not line:
        return [*words, opened]
    if name in _BY_OPTION:
        return [*words, "--goto", f"{opened}:{line}"]
    return [*words, f"{opened}:{line}"] if name in _BY_COLON else [*words, f"+{line}", opened]


def pager_command(file: Path, environment: Mapping[str, str] = os.environ) -> list[str]:
    """The command that shows a file page by page; raises ChainviewError where there is no pager."""
    return [*_command("pager", ("PAGER",), _PAGERS, environment), str(file.absolute())]


def _command(what: str, variables: Sequence[str], usual: Sequence[str], environment: Mapping[str, str]) -> list[str]:
    """The program that a variable names, or the first of the usual ones that is there."""
    said = next((environment[name] for name in variables if environment.get(name, "").strip()), "")
    try:
        words = shlex.split(said) if said else [found for name in usual if (found := shutil.which(name))][:1]
    except ValueError:
        raise ChainviewError(f"the {what} can't be read as a command: {said}") from None
    if not words or shutil.which(words[0]) is None:
        named = f"the {what} {words[0]} is not there" if words else f"no {what} is known"
        raise ChainviewError(f"{named}: {variables[-1]} names one")
    return words


def is_source(path: Path) -> bool:
    """Whether there is a regular file, as only such are handed to an editor."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except (OSError, ValueError):
        return False
