"""The kept chains, and families of them: which there are, and which of them to let go."""

from __future__ import annotations

import os
import shutil
import stat
from dataclasses import dataclass
from pathlib import Path

from chainview.chain.families.folder import find_family
from chainview.chain.families.index import INDEX, OWN_FOLDERS
from chainview.chain.files.entries.file_bytes import FileBytes
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.index import NativeIndex
from chainview.chain.files.native.reader import TAIL, EntryReader, end_in
from chainview.system.clock import wall_seconds
from chainview.system.errors import ChainviewError, words_of
from chainview.system.files.lock import being_written

_AT_A_TIME = 10_000


@dataclass(frozen=True, slots=True)
class KeptChain:
    """A chain file in the folder, or a family; `events` is None where it can't be read as a chain.

    A family is its folder: its events, its bytes and what lies beside its chains are counted together.
    """

    path: Path
    actor: str
    time_ns: int
    """When it was begun, else when it was last written, in ns since the Unix epoch."""
    modified: float
    """When it was last written, in seconds since the Unix epoch."""
    events: int | None
    size: int
    closed: bool
    live: bool
    """Whether a program is writing it."""
    problem: str = ""
    """Why it can't be read, in a sentence, where that is known."""
    members: tuple[Path, ...] = ()
    """The chain files of a family; empty for a chain alone."""


def kept_chains(folder: Path) -> list[KeptChain]:
    """The chains and families in a folder, newest first; empty when there is no such folder."""
    try:
        files = [path for path in folder.iterdir() if path.suffix == ".chain" or path.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise ChainviewError(f"can't read the folder {folder}: {words_of(error)}") from None
    chains = [chain for chain in map(_kept_chain, files) if chain is not None]
    return sorted(chains, key=lambda chain: (chain.time_ns, chain.path.name), reverse=True)


def _kept_chain(path: Path) -> KeptChain | None:
    """What is known of one file; None for what is none, or went away meanwhile."""
    try:
        status = path.stat()
    except OSError as error:
        # A link that leads nowhere is no chain; one that may not be followed is named.
        return _unread(path, words_of(error)) if isinstance(error, PermissionError) else None
    if stat.S_ISDIR(status.st_mode):
        try:
            return _kept_family(path, status) if (path / INDEX).is_file() else None
        except OSError as error:
            return _unread(path, words_of(error), status)
    if not stat.S_ISREG(status.st_mode):
        return None
    try:
        live = being_written(path)
        header, events, closed = _read(path) if status.st_size else (None, None, False)
    except FileNotFoundError:
        return None
    except OSError as error:
        return _unread(path, words_of(error), status)
    except ChainviewError as error:
        return _unread(path, error.sentence, status)
    began = header.time_ns if header is not None and header.time_ns else _modified_ns(status)
    actor = header.actor_name if header is not None else ""
    return KeptChain(path, actor, began, status.st_mtime, events, status.st_size, closed=closed, live=live)


def _kept_family(folder: Path, status: os.stat_result) -> KeptChain | None:
    """The chains of a family as one; None for a folder that holds none."""
    try:
        family = find_family(folder)
    except ChainviewError as error:
        return _unread(folder, error.sentence, status)
    if family is None:
        return None
    chains = [found for member in family.members if (found := _kept_chain(member.file)) is not None]
    events = [chain.events for chain in chains if chain.events is not None]
    problems = [f"{chain.path.name}: {chain.problem}" for chain in chains if chain.problem]
    problems += [f"{member.file.name}: {member.problem}" for member in family.members if member.problem]
    return KeptChain(
        folder,
        family.members[0].name,
        min([chain.time_ns for chain in chains], default=_modified_ns(status)),
        max([chain.modified for chain in chains], default=status.st_mtime),
        sum(events) if events else None,
        _bytes_below(folder),
        closed=all(chain.closed for chain in chains),
        live=any(chain.live for chain in chains),
        problem="; ".join(problems[:1]),
        members=tuple(member.file for member in family.members),
    )


def _bytes_below(folder: Path) -> int:
    """The bytes of all files in a folder, without following links."""
    total = 0
    for below, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(below, name)).st_size
            except OSError:
                continue
    return total


def _unread(path: Path, problem: str, status: os.stat_result | None = None) -> KeptChain:
    """A file that can't be read, and why."""
    modified, size = (0.0, 0) if status is None else (status.st_mtime, status.st_size)
    began = 0 if status is None else _modified_ns(status)
    return KeptChain(path, "", began, modified, None, size, closed=False, live=False, problem=problem)


def _modified_ns(status: os.stat_result) -> int:
    return int(status.st_mtime * 1e9)


def _read(path: Path) -> tuple[Header | None, int | None, bool]:
    """Header, number of events, and whether the file is closed; a closed one is not read through."""
    with path.open("rb") as file:
        data = FileBytes(file.fileno(), str(path))
        first = EntryReader(data).read()
        header = first if isinstance(first, Header) else None
        end = end_in(data[-TAIL:])
        if end is not None:
            return header, end.events, True
        index = NativeIndex(data)
        while index.advance(_AT_A_TIME):
            pass
        events = len(index.table)
        return header, events if header is not None or events else None, False


@dataclass(frozen=True, slots=True)
class Removal:
    """Chains that went, or would go, and those that could not with the reason."""

    gone: list[KeptChain]
    kept: list[tuple[KeptChain, str]]


def prune(
    chains: list[KeptChain],
    *,
    older_than: float | None = None,
    max_size: int | None = None,
    dry_run: bool = False,
) -> Removal:
    """Removes chains not written for `older_than` seconds, then the oldest until all take `max_size` bytes at most.

    A chain that is being written is never removed, nor a file that can't be read as a chain, which counts for nothing.
    """
    by_age = sorted(chains, key=lambda chain: chain.modified)
    total, now = sum([chain.size for chain in chains if chain.events is not None]), wall_seconds()
    removal = Removal([], [])
    for chain in by_age:
        too_old = older_than is not None and now - chain.modified > older_than
        too_much = max_size is not None and total > max_size
        if not (too_old or too_much):
            continue
        refusal = _remove(chain, dry_run=dry_run)
        if refusal is None:
            total -= chain.size
            removal.gone.append(chain)
        else:
            removal.kept.append((chain, refusal))
    return removal


def _remove(chain: KeptChain, *, dry_run: bool) -> str | None:
    """Removes one file with what its actor kept beside it, or all of a family; returns why it could not be."""
    if chain.events is None:
        return chain.problem or "it is no chain"
    try:
        if any(being_written(path) for path in chain.members or (chain.path,) if path.is_file()):
            return "it is being written"
        if dry_run:
            return None
        if chain.members and not chain.path.is_symlink():
            shutil.rmtree(chain.path)
        else:
            chain.path.unlink(missing_ok=True)
            for name in OWN_FOLDERS:
                beside = chain.path.with_name(f"{chain.path.stem}.{name}")
                if beside.is_dir() and not beside.is_symlink():
                    shutil.rmtree(beside)
    except FileNotFoundError:
        return None
    except OSError as error:
        return words_of(error)
    return None
