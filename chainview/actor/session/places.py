"""Where the chains of a session are kept, and what is there already that has to make way for them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from chainview.chain.families.index import INDEX, OWN_FOLDERS
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.locations import chains_folder, made
from chainview.system.files.lock import being_written

_LONGEST_STEM = 150
"""In bytes: a file system takes names of 255, and a moment, a number and what a rescue adds stand beside it."""


def kept_path(name: str, suffix: str) -> Path:
    """A file or folder among the kept chains that is not there yet, named by an actor and the moment."""
    folder = made(chains_folder())
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    path, count = folder / f"{stem_of(name)}-{moment}{suffix}", 1
    while path.exists():
        count += 1
        path = folder / f"{stem_of(name)}-{moment}-{count}{suffix}"
    return path


def stem_of(name: str) -> str:
    """The name of an actor as one of a file can hold it."""
    stem = "".join(letter if letter.isalnum() or letter in "-_." else "-" for letter in name) or "actor"
    return stem.encode("utf-8", "replace")[:_LONGEST_STEM].decode("utf-8", "ignore")


def kept_beside(chain: Path) -> list[Path]:
    """The folders that are there in which an actor keeps something beside that chain."""
    beside = [chain.with_name(f"{chain.stem}.{name}") for name in OWN_FOLDERS]
    return [each for each in beside if os.path.lexists(each)]


@contextmanager
def family_folder(folder: Path, *, force: bool) -> Iterator[None]:
    """Makes the folder for a family; one that it holds is gone once the block is through, and as it was where it fails.

    Raises ChainviewError where something is there already, and with `force` where that is no family, or is written.
    """
    try:
        there = sorted(folder.iterdir()) if folder.is_dir() else []
        if not folder.is_dir() and os.path.lexists(folder):
            raise ChainviewError(f"{folder} is no folder, and a family is kept in one: give another -o")
        if there and not force:
            raise ChainviewError(f"{folder} is there already: give another -o, or --force to replace its family")
        old = _family_in(folder, there) if there else []
        is_new = not folder.is_dir()
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ChainviewError(f"can't make the family's folder {folder}: {words_of(error)}") from None
    with ExitStack() as after:
        if is_new:
            after.callback(_remove_empty, folder)
        with making_way(old):
            yield
        after.pop_all()


def _family_in(folder: Path, there: Iterable[Path]) -> list[Path]:
    """All that belongs to the family that a folder holds."""
    if not (folder / INDEX).is_file():
        raise ChainviewError(f"{folder} holds no family of chains: give another -o")
    numbered = [each for each in there if each.name.split("-")[0].isdigit()]
    chains = [each for each in numbered if each.suffix == ".chain"]
    if any(being_written(chain) for chain in chains if chain.is_file()):
        raise ChainviewError(f"{folder} is being written by another program: give another -o")
    own = [each for each in numbered if each.suffix[1:] in OWN_FOLDERS]
    shared = [each for each in there if each.name in OWN_FOLDERS]
    return [*chains, *own, *shared, folder / INDEX]


def _remove_empty(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def making_way(paths: Iterable[Path]) -> Iterator[None]:
    """Files and folders that are gone once the block is through; where it fails they are as they were.

    Raises ChainviewError where one of them can't be moved.
    """
    with ExitStack() as back:
        asides = list[Path]()
        for path in paths:
            try:
                aside = Path(tempfile.mkdtemp(prefix=".replaced-", dir=path.parent))
                back.callback(_remove_empty, aside)
                os.rename(path, aside / path.name)
            except OSError as error:
                raise ChainviewError(f"can't replace {path}, which stays as it was: {words_of(error)}") from None
            back.callback(_moved_back, aside / path.name, path)
            asides.append(aside)
        yield
        back.pop_all()
    for aside in asides:
        shutil.rmtree(aside, ignore_errors=True)


def _moved_back(aside: Path, path: Path) -> None:
    with suppress(OSError):
        os.rename(aside, path)
