"""Where the chains of a session are kept, and what is there already that has to make way for them."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from chainview.chain.families.index import INDEX, OWN_FOLDERS
from chainview.system.clock import wall_moment
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.locations import chains_folder, made
from chainview.system.files.lock import being_written

_LONGEST_STEM = 150
"""In bytes: a file system takes names of 255, and a moment, a number and what a rescue adds stand beside it."""


def kept_path(name: str, suffix: str) -> Path:
    """A file or folder among the kept chains that is not there yet, named by an actor and the moment."""
    folder = made(chains_folder())
    moment = f"{wall_moment():%Y%m%dT%H%M%SZ}"
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
def family_folder(folder: Path, *, force: bool) -> Iterator[bool]:
    """Makes the folder for a family, and tells whether it is the family's alone, not one that was there and empty.

    A family or a chain that is kept there is gone once the block is through, and as it was where that fails. Raises
    ChainviewError where something is there already, and with `force` where that is neither, or is written.
    """
    with ExitStack() as after:
        try:
            if not folder.is_dir() and os.path.lexists(folder):
                after.enter_context(making_way(_chain_in(folder, force=force)))
            is_new = not folder.is_dir()
            there = [] if is_new else sorted(folder.iterdir())
            if there and not force:
                raise ChainviewError(f"{folder} is there already: give another -o, or --force to replace its family")
            old = _family_in(folder, there) if there else []
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ChainviewError(f"can't make the family's folder {folder}: {words_of(error)}") from None
        with ExitStack() as undone:
            if is_new:
                undone.callback(_remove_empty, folder)
            with making_way(old):
                yield is_new or bool(old)
            undone.pop_all()


def _chain_in(file: Path, *, force: bool) -> list[Path]:
    """All that belongs to the chain that a file holds."""
    if not force:
        raise ChainviewError(f"{file} exists already: give another name, or --force to replace it")
    if not file.is_file():
        raise ChainviewError(f"{file} is no folder, and a family is kept in one: give another -o")
    if being_written(file):
        raise ChainviewError(f"{file} is being written by another program: give another name")
    return [file, *kept_beside(file)]


def single_file(folder: Path, chain: Path, file: Path) -> bool:
    """Puts the only chain of a family's folder into a file alone, which may take the place of the folder.

    What the actor keeps goes beside it. False, and all as it was, where anything else lies in the folder or in the way.
    """
    own = {each: file.with_name(f"{file.stem}{each.suffix}") for each in kept_beside(chain)}
    own |= {folder / name: file.with_name(f"{file.stem}.{name}") for name in OWN_FOLDERS if (folder / name).is_dir()}
    moved = {chain: file, **own}
    try:
        if set(folder.iterdir()) != {*moved, folder / INDEX} or len({*moved.values()}) < len(moved):
            return False
        if any(os.path.lexists(each) for each in moved.values() if each != folder):
            return False
        with making_way([folder]) as asides, ExitStack() as back:
            [aside] = asides
            for before, after in moved.items():
                os.rename(aside / before.relative_to(folder), after)
                back.callback(_moved_back, after, aside / before.relative_to(folder))
            back.pop_all()
    except (OSError, ChainviewError):
        return False
    return True


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
def making_way(paths: Iterable[Path]) -> Iterator[list[Path]]:
    """Files and folders that are gone once the block is through; where it fails they are as they were.

    The block is told where they are meanwhile. Raises ChainviewError where one of them can't be moved.
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
            asides.append(aside / path.name)
        yield asides
        back.pop_all()
    for aside in asides:
        shutil.rmtree(aside.parent, ignore_errors=True)


def _moved_back(aside: Path, path: Path) -> None:
    with suppress(OSError):
        os.rename(aside, path)
