"""A `chainview.toml` that tells of one more chain, or something else of one: nothing else in it changes."""

from __future__ import annotations

import copy
import json
import os
import re
import tomllib
from pathlib import Path
from typing import Any

from chainview.suite.settings import OfChain, read_settings
from chainview.suite.toml_places import place_of
from chainview.system.errors import ChainviewError
from chainview.system.files.text_file import UnreadableText, read_text

_ESCAPED = re.compile("\x7f")


def with_chain(file: Path, chain: Path, told: OfChain) -> str | None:
    """The text of a file with what is said of a chain, by its path in full; None where that stands there already.

    Raises ChainviewError where it can't be added, and where another state stands there.
    """
    try:
        text = read_text(file, kind="TOML")
    except UnreadableText as error:
        raise ChainviewError(f"can't read {file}: {error}") from None
    name = os.path.relpath(chain, file.parent).replace(os.sep, "/")
    there = read_settings(file).of_chains.get(chain)
    if there is None:
        return _longer(file, text, name, told)
    if there.state != told.state:
        raise ChainviewError(f"the [[chain]] of {name} in {file} gives it another state: take that out first")
    return None if told.description in ("", there.description) else _described(file, text, chain, told.description)


def _longer(file: Path, text: str, name: str, told: OfChain) -> str:
    lines = ["[[chain]]", f"path = {_quoted(name)}"]
    lines += [f"description = {_quoted(told.description)}"] if told.description else []
    lines += [f"state = {_quoted(told.state)}"] if told.state is not None else []
    longer = "\n".join([text.rstrip(), "", *lines, ""])
    if _parsed(longer) is None:
        raise ChainviewError(
            f"no [[chain]] can be added to {file}, where chains are told of in another form: write {', '.join(lines)} "
            "there yourself"
        )
    return longer


def _described(file: Path, text: str, chain: Path, description: str) -> str:
    """The text with another description in the entry of a chain, which is a line of its own there or a new one."""
    told = _parsed(text) or {}
    number = next(
        at for at, each in enumerate(told["chain"]) if Path(os.path.normpath(file.parent / each["path"])) == chain
    )
    wanted = copy.deepcopy(told)
    had = "description" in wanted["chain"][number]
    wanted["chain"][number]["description"] = description
    lines = text.splitlines(keepends=True)
    line, _ = place_of(text, ("chain", number, "description" if had else "path"))
    lines[line - 1 if had else line : line] = [f"description = {_quoted(description)}\n"]
    changed = "".join(lines)
    if _parsed(changed) != wanted:
        raise ChainviewError(f"the [[chain]] of {chain} in {file} can't be described anew: write it there yourself")
    return changed


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text.replace("\r\n", "\n"))
    except ValueError:
        return None


def _quoted(text: str) -> str:
    """A text as TOML has it, on a single line."""
    return _ESCAPED.sub(r"\\u007f", json.dumps(text, ensure_ascii=False))
