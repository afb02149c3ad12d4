"""What an actor names to be spawned: a manifest, and a module that is handed over or taken from a file."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from enum import Enum
from pathlib import Path

from chainview.actor.hosts.answers import bytes_of
from chainview.actor.hosts.family import Child
from chainview.actor.hosts.folder import read_whole
from chainview.actor.hosts.interface import Host
from chainview.actor.hosts.io_errors import io_words
from chainview.actor.manifest import Target, manifest_target
from chainview.actor.module import ModuleError
from chainview.pack.values import U64, Array, List, Option, String, Value, none, types

_ELSEWHERE = ("store://", "http://", "https://")


class Wrong(Enum):
    """What is amiss with what an actor named."""

    MANIFEST_GONE = "manifest gone"
    MANIFEST_ENCODING = "manifest encoding"
    MANIFEST_TEXT = "manifest text"
    MODULE_GONE = "module gone"


class Unresolved(Exception):
    """What was named can't be had, or can't be read."""

    def __init__(self, wrong: Wrong, text: str) -> None:
        super().__init__(text)
        self.wrong = wrong


def named_child(host: Host, manifest: str, state: Value | None, module: Value) -> Child:
    """What is to be spawned: with the manifest's state where none is given; raises Unresolved."""
    target = _named_target(host, manifest)
    data = _named_module(host, target, module)
    if state is None:
        initial = target.initial_state
        state = none(types.list_of(types.U8)) if initial is None else String(initial)
    return Child(target, data, state)


def patience(timeout: Value) -> float | None:
    """For how many seconds a child's end is waited for, given an option of milliseconds; None is for ever."""
    match timeout:
        case Option(_, U64(milliseconds)):
            return milliseconds / 1000
    return None


def _named_target(host: Host, reference: str) -> Target:
    data = _resolved(host, reference, Wrong.MANIFEST_GONE)
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Unresolved(Wrong.MANIFEST_ENCODING, error.reason) from None
    try:
        target = manifest_target(data, Path(reference))
    except ModuleError as error:
        raise Unresolved(Wrong.MANIFEST_TEXT, error.sentence) from None
    # Theater takes each path from where it was started, not from where the manifest lies.
    return replace(target, module=Path(target.package))


def _named_module(host: Host, target: Target, given: Value) -> bytes:
    """The bytes that were handed over, else those of the file that the target names."""
    match given:
        case Option(_, Array() | List() as data):
            return bytes_of(data) or b""
    return _resolved(host, target.package, Wrong.MODULE_GONE)


def _resolved(host: Host, reference: str, wrong: Wrong) -> bytes:
    """The bytes of a regular file; a pipe that nobody writes to is not waited for."""
    frame = "Failed to resolve reference"
    if reference.startswith(_ELSEWHERE):
        host.warn(f"an actor asked for {reference}: manifests and modules of children are taken from files only")
        raise Unresolved(wrong, f"{frame}: {reference} is no file")
    try:
        if os.path.isdir(reference):
            raise IsADirectoryError(errno.EISDIR, "")
        return read_whole(reference)
    except ValueError:
        raise Unresolved(wrong, f"{frame}: file name contained an unexpected NUL byte") from None
    except OSError as error:
        raise Unresolved(wrong, f"{frame}: {io_words(error)}") from None
