"""What an actor names to be spawned: a manifest, and a module that is handed over or is where that says."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from enum import Enum
from http import HTTPStatus
from pathlib import Path
from typing import Final

from chainview.actor.hosts.answers import Refusal, bytes_of
from chainview.actor.hosts.content_store import ContentStore, folder_of
from chainview.actor.hosts.family import Child
from chainview.actor.hosts.folder import read_whole
from chainview.actor.hosts.interface import Host
from chainview.actor.hosts.io_errors import io_words, utf8_words
from chainview.actor.hosts.web_address import Address, BadAddress, address_of
from chainview.actor.hosts.web_exchange import (
    HANDLER,
    BodyFailed,
    ExchangeFailed,
    WebRequest,
    exchange,
    permission,
)
from chainview.actor.manifest import Target, manifest_target
from chainview.actor.module import ModuleError
from chainview.pack.values import U64, Array, List, Option, String, Value, none, types
from chainview.system.errors import ChainviewError

_DENIED: Final = "Permission denied (os error 13)"
_UNKNOWN: Final = "Unknown error"
_NO_STATE: Final = none(types.list_of(types.U8))
"""The state of a child that none is given."""
_REPLAY: Final = "replay"
"""The handler that lets Theater's replay begin with the actor."""
_PHRASES: Final = {
    103: _UNKNOWN,
    413: "Payload Too Large",
    414: "URI Too Long",
    416: "Range Not Satisfiable",
    418: "I'm a teapot",
    422: "Unprocessable Entity",
    425: _UNKNOWN,
}
"""What Python calls otherwise, or calls at all."""


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
        state = _NO_STATE if initial is None else String(initial)
    return Child(target, data, state)


def resumed_child(host: Host, reference: str, module: Value) -> Child:
    """What is to begin without its init, by a manifest's text or what is named; raises Unresolved."""
    if reference.startswith(("store:", "https:")) or os.path.exists(reference):
        target = _named_target(host, reference)
    else:
        target = replace(_parsed(reference.encode(), "that was given as text"), manifest=None)
    if _REPLAY in target.handlers:
        host.warn("an actor resumes one by Theater's replay handler, which chainview does not have: replay its chain")
        raise Refusal(f"Failed to build handler registry: {_DENIED}")
    return Child(target, _named_module(host, target, module), _NO_STATE, with_init=False)


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
        raise Unresolved(Wrong.MANIFEST_ENCODING, utf8_words(error)) from None
    return _parsed(data, reference)


def _parsed(data: bytes, reference: str) -> Target:
    try:
        target = manifest_target(data, Path(reference))
    except ModuleError as error:
        raise Unresolved(Wrong.MANIFEST_TEXT, error.sentence) from None
    # Theater takes each path from where it was started, not from where the manifest lies.
    return replace(target, module=Path(target.package))


def _named_module(host: Host, target: Target, given: Value) -> bytes:
    """The bytes that were handed over, else those of what the target names."""
    match given:
        case Option(_, Array() | List() as data):
            return bytes_of(data) or b""
    return _resolved(host, target.package, Wrong.MODULE_GONE)


def _resolved(host: Host, reference: str, wrong: Wrong) -> bytes:
    """The bytes of what is named, found as Theater does: in a store, on the web, or in a file."""
    try:
        if reference.startswith("store://"):
            return _stored(host, reference)
        if reference.startswith(("http://", "https://")):
            return _fetched(host, reference)
        return _read(reference)
    except Refusal as refusal:
        reason = str(refusal)
    except ChainviewError as error:
        # The manifest configures the handler in a way that can't be.
        host.warn(error.sentence)
        reason = _DENIED
    raise Unresolved(wrong, f"Failed to resolve reference: {reason}")


def _stored(host: Host, reference: str) -> bytes:
    """What `store://ID/hash/HASH` or `store://ID/LABEL` names, in the folder that the actor's own stores are in."""
    _refuse_without_leave(host, "store", "a store")
    store, *named = reference.removeprefix("store://").split("/")
    kept = ContentStore(folder_of(host), store)
    match named:
        case ["hash", hash, *_]:
            return kept.get(hash)
        case [label, *_]:
            hash_of_label = kept.labelled(label)
            if hash_of_label is None:
                raise Refusal(f"Label not found: {label}")
            return kept.get(hash_of_label)
    raise Refusal(f"Invalid store path format: {reference}")


def _fetched(host: Host, reference: str) -> bytes:
    _refuse_without_leave(host, HANDLER, "the web")
    permits = permission(host.leave)

    def permit(address: Address) -> None:
        if not permits(address):
            host.warn(f"an actor asked for a child from a host that {HANDLER} is not allowed to reach")
            raise Refusal(_DENIED)

    try:
        response = exchange(WebRequest("GET", address_of(reference)), permit)
    except BadAddress as error:
        raise Refusal(f"Failed to fetch from {reference}: builder error: {error}") from None
    except BodyFailed as error:
        raise Refusal(f"Failed to read response body from {reference}: {error}") from None
    except ExchangeFailed as error:
        raise Refusal(f"Failed to fetch from {reference}: {error}") from None
    if not 200 <= response.status < 300:
        raise Refusal(f"HTTP request failed for {reference}: {response.status} {_phrase(response.status)}")
    return response.body


def _refuse_without_leave(host: Host, handler: str, where: str) -> None:
    if not host.leave.allows(handler):
        host.warn(f"an actor asked for a child from {where}: --allow {handler} lets it have one")
        raise Refusal(_DENIED)


def _phrase(status: int) -> str:
    """What a status is called in Rust's http crate, whichever Python this is."""
    try:
        return _PHRASES.get(status) or HTTPStatus(status).phrase
    except ValueError:
        return _UNKNOWN


def _read(reference: str) -> bytes:
    """The bytes of a regular file; a pipe that nobody writes to is not waited for."""
    try:
        if os.path.isdir(reference):
            raise IsADirectoryError(errno.EISDIR, "")
        return read_whole(reference)
    except ValueError:
        raise Refusal("file name contained an unexpected NUL byte") from None
    except OSError as error:
        raise Refusal(io_words(error)) from None
