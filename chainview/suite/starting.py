"""A first `chainview.toml`, for the folder of an actor."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

from chainview.suite.building import CRATE, crate_name
from chainview.suite.settings import FILE, MODULES
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.whole_file import write_whole

_MANIFEST = "manifest.toml"
_BUILD = "cargo build --release --target wasm32-unknown-unknown"
_CHAINS = "chains"


def begin_suite(folder: Path, module: str = "") -> Path:
    """Writes the file, and makes the folder of chains; raises ChainviewError where there is such a file already.

    `module` is the actor's, where it is known: a path from the folder.
    """
    path = folder / FILE
    if path.is_file():
        raise ChainviewError(f"{path} is there already: `chainview test` takes it as it is")
    if os.path.lexists(path):
        raise ChainviewError(f"{path} is there already, and no regular file: remove it")
    write_whole(path, ["".join(f"{line}\n" for line in _lines(folder, module)).encode()])
    # A person commits and shares it, unlike what is private to a user.
    path.chmod(0o644)
    try:
        (folder / _CHAINS).mkdir(exist_ok=True)
    except OSError as error:
        raise ChainviewError(f"can't make the folder {folder / _CHAINS}: {words_of(error)}") from None
    return path


def _lines(folder: Path, module: str) -> Iterator[str]:
    yield "# The chains of this folder are the tests of its actor: `chainview test` replays each of them, and"
    yield "# `chainview explain suite` tells what may stand here."
    yield ""
    if module:
        yield f"module = {json.dumps(module, ensure_ascii=False)}"
    elif (folder / _MANIFEST).is_file():
        yield f'module = "{_MANIFEST}"'
    elif (name := crate_name(folder)) is None:
        yield f'module = "{_found(folder)}"'
    else:
        yield "# What cargo makes: name the file by `module` if it lies elsewhere."
        yield f'# module = "target/wasm32-unknown-unknown/release/{name.replace("-", "_")}.wasm"'
    if (folder / CRATE).is_file() and crate_name(folder) is not None:
        yield f'build = "{_BUILD}"'
    yield ""
    yield f'chains = ["{_CHAINS}/"]'
    yield "# The modules that the chains were recorded with, named by their SHA-256."
    yield f'# modules = "{MODULES}/"'
    yield ""
    yield "[limits]"
    yield "# How long a call may take, and the replay of a whole chain."
    yield 'timeout = "30s"'
    yield 'chain = "10m"'


def _found(folder: Path) -> str:
    """The one module in a folder, else a name to be replaced."""
    found = sorted(path.name for path in folder.iterdir() if path.suffix in (".wasm", ".wat"))
    return found[0] if len(found) == 1 else "actor.wasm"
