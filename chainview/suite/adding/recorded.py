"""What was recorded, as it becomes a test: the bytes of its chain, the modules that made it, and a line about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from chainview.actor.engine.loading import read_module
from chainview.actor.manifest import find_target
from chainview.actor.module_cache import cached_module
from chainview.chain.families.folder import RecordedFamily
from chainview.chain.files.entries.header import sha256_in
from chainview.chain.files.exporters import Losses, all_of, write_native
from chainview.chain.files.formats import NATIVE
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import Verification, verify_steps
from chainview.chain.payload import Call
from chainview.chain.words.spans import middle_cut
from chainview.chain.words.summary import function_name
from chainview.replay.run.build_notes import recorded_builds
from chainview.replay.run.recording import Recording
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import write_whole
from chainview.system.wording import plural, some_of, visible

SHARED = 0o644
"""A person commits and shares what is in a suite, unlike what is private to a user."""
_NAMED, _LONGEST_NAME = 4, 40
_PIECE = 1 << 20
_MOST_LOOKED_AT = 2000
"""Calls by which a chain is described."""


@dataclass(frozen=True, slots=True)
class ToAdd:
    """A chain's file, or a family's folder, that is to become a test of a suite."""

    chain: Path
    actor: str = ""
    """The module, or the manifest, that it was recorded with, or replayed by."""
    state: str | None = None
    """The state it began with, as a literal, where the chain does not hold it."""
    rules: Path | None = None
    """What was accepted of it."""
    running: bool = False
    """Whether its actor is still at it: then only calls that have ended are taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken of a chain: its bytes in pieces, and what it tells of itself."""

    pieces: Iterator[bytes]
    modules: list[str]
    """The SHA-256 of those that made it."""
    description: str
    module_path: str = ""
    format: str = NATIVE


def checked(opened: OpenedChain) -> Generator[None, None, None]:
    """Reads a chain to its end, in steps; raises ChainviewError where it is damaged, so that it can be no test."""
    steps = verify_steps(opened)
    while True:
        try:
            next(steps)
        except StopIteration as done:
            found: Verification = done.value
            break
        yield
    held = found.completeness_but_for_start if Recording.of(opened).keeps_state else found.completeness
    if not held.sound:
        raise ChainviewError(f"{opened.path} is damaged, so it can be no test: {held.where}")


def taken(opened: OpenedChain, *, running: bool) -> Taken:
    """What is taken of a chain that was read to its end; raises ChainviewError where there is nothing to test."""
    recording, header = Recording.of(opened), opened.header
    count = ended_events(opened) if running else len(opened.table)
    if not recording.starts or not count:
        raise ChainviewError(f"no call has ended in {opened.path} yet: there is nothing to test")
    return Taken(
        _first_events(opened, count) if running and opened.format == NATIVE else _bytes(opened),
        modules_of(opened),
        described(recording, "" if header is None else header.actor_name),
        "" if header is None else header.module_path,
        opened.format,
    )


def ended_events(opened: OpenedChain) -> int:
    """How many events of a chain that still grows are of calls that have ended; 0 where none has."""
    starts = Recording.of(opened).starts
    if not starts:
        return 0
    count = starts[-1] if opened.table.call_open(starts[-1]) else len(opened.table)
    return count if count > starts[0] else 0


def ended_so_far(file: Path) -> Iterator[bytes]:
    """What is taken of a chain that still grows, in pieces: its beginning alone where no call has ended yet."""
    with open_chain(file) as opened:
        opened.load()
        yield from _first_events(opened, ended_events(opened))


def modules_of(opened: OpenedChain) -> list[str]:
    """The SHA-256 of the module that a chain began with, and of the builds that it went on with."""
    begun = "" if opened.header is None else opened.header.module_sha256
    found = [sha256_in(begun), *[each.sha256 for each in recorded_builds(opened.notes)]]
    return list(dict.fromkeys(filter(None, found)))


def _first_events(opened: OpenedChain, count: int) -> Iterator[bytes]:
    whole = all_of(opened)
    notes = [each for each in whole.notes if each.after <= count]
    return write_native(replace(whole, numbers=range(1, count + 1), notes=notes), Losses())


def _bytes(opened: OpenedChain) -> Iterator[bytes]:
    if not opened.size:
        raise ChainviewError(f"{opened.path} is a folder: give a chain file")
    yield from opened.pieces(_PIECE)


def described(recording: Recording, actor: str) -> str:
    """A line about a chain: which exports it calls, and how often."""
    payloads = [recording.payload(each) for each in recording.starts[:_MOST_LOOKED_AT]]
    called = Counter(function_name(each.function) for each in payloads if isinstance(each, Call))
    more = len(recording.starts) > _MOST_LOOKED_AT
    init = called.pop("init", 0)
    names = [_often(name, count, more=more) for name, count in called.items()]
    told = some_of(names, _NAMED) if names else "init alone" if init else "nothing"
    return f"{_shown(actor)}: {told}" if actor else told


def family_described(family: RecordedFamily) -> str:
    """A line about the chains of a family."""
    root = family.members[0].name if family.members else ""
    return f"{_shown(root)} and what it spawned: {plural(len(family.members), 'actor')}"


def _often(name: str, count: int, *, more: bool) -> str:
    told = _shown(name)
    return told if count == 1 and not more else f"{told} × {count:,}{' and more' if more else ''}"


def _shown(name: str) -> str:
    return middle_cut(visible(name), _LONGEST_NAME)


def module_bytes(sha256: str, folders: Iterable[Path], actor: str) -> bytes | None:
    """The module of a SHA-256: kept by chainview, among those in some folders, or the one at hand; else None."""
    kept = cached_module(sha256)
    at_hand = [] if kept is None else [kept]
    at_hand += [folder / f"{sha256}.wasm" for folder in folders]
    if actor:
        with suppress(ChainviewError):
            at_hand.append(find_target(actor).module)
    for path in at_hand:
        try:
            file = read_module(path)
        except ChainviewError:
            continue
        if file.sha256 == sha256:
            return file.data
    return None


def put_module(folder: Path, sha256: str, data: bytes) -> None:
    """Puts a module into a folder under its SHA-256, whole, for all who share the suite; raises ChainviewError."""
    path = folder / f"{sha256}.wasm"
    if not path.is_file() or path.read_bytes() != data:
        write_whole(path, [data], force=True)
        path.chmod(SHARED)
