"""Which format a chain is in, told from its first bytes and never from its name."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from chainview.chain.files.entries.entry import Data
from chainview.chain.files.entries.printed import PRINTED
from chainview.chain.files.native.layout import MAGIC

NATIVE = "native"
WITHOUT_PAYLOADS = frozenset({"cli-json"})
"""Formats that hold the types and hashes of events alone."""
GROWING = frozenset({"json", "jsonl", "cli-json", "capture", "event", "human", "blocks", "keyvalue"})
"""Formats of Theater's whose readers go on as a file grows: those to which a recorder appends an event."""
NEAR = 1 << 16
"""Bytes at the beginning of a file that tell its format."""
_KEY_VALUE = re.compile(rb"[A-Za-z][A-Za-z _-]{0,30}:[ \t]")
_BLOCK_KEYS = re.compile(rb"^(?:hash|parent|type):[ \t]", re.MULTILINE)
_SHORT_HASH = re.compile(rb"---\s+hash:[ \t]*[0-9a-fA-F]{7}\s")
_EVENT_LINE = re.compile(rb"EVENT [0-9a-fA-F]{40}(?:\n(?![ \t])|$)")
_CHANGED_EVENT_LINE = re.compile(rb"EVENT [0-9a-fA-F]{40}(\r\n?|\n[ \t])")
_LOGGED_DUMP = re.compile(rb"^EVENT \[[^\]\n]{0,80}\] [0-9a-fA-F]{40}$", re.MULTILINE)
_HUMAN_LINE = re.compile(rb"EVENT \[[^\]\n]{0,80}\] [0-9a-fA-F]{40}")
_LOGGED_EVENT = re.compile(rb'^\{"actor_id":.*"hash":', re.MULTILINE)
_LINES_THAT_TELL = {"event": 2, "human": 2, "blocks": 3, "keyvalue": 2}
"""How many lines of a format tell it from the others; of those that are not here it is one."""
_ARRAY_OF_OBJECTS = re.compile(rb"(?:\xef\xbb\xbf)?\s*+\[\s*+\{")
_HEX_HASH = re.compile(rb'"hash"\s*:\s*"')


def looks_native(data: Data) -> bool:
    """Whether this is, or was before a byte of it changed or its end was lost, a native chain."""
    head = data[: len(MAGIC)]
    same = sum(one == other for one, other in zip(head, MAGIC, strict=False))
    return same == len(head) if len(data) < len(MAGIC) else same >= len(MAGIC) - 1


def detect(data: Data) -> str | None:
    """The name of the format of a whole file or of its beginning; None when it is no chain."""
    if looks_native(data):
        return NATIVE
    head = bytes(data[:NEAR]).removeprefix(b"\xef\xbb\xbf").lstrip()
    if _EVENT_LINE.match(head):
        return "event"
    if _HUMAN_LINE.match(head):
        return "human"
    if head.startswith(b"---"):
        if head[3:].lstrip(b"\r \t")[:1] not in (b"\n", b""):
            return None
        return "keyvalue" if _SHORT_HASH.match(head) else "blocks"
    if PRINTED.match(head):
        return "cli-json" if _LOGGED_EVENT.search(head) else "human" if _LOGGED_DUMP.search(head) else None
    if head.startswith(b"["):
        return "json" if head[1:].lstrip()[:1] in (b"{", b"]", b"") else None
    if head.startswith(b"{"):
        return _object_format(head)
    if _KEY_VALUE.match(head) and _BLOCK_KEYS.search(head):
        return "keyvalue"
    return None


def detect_begun(head: bytes) -> str | None:
    """The name of the format of what comes, as soon as no more of it can make another one of it."""
    format = detect(head)
    lines = _LINES_THAT_TELL.get(format or "", 1)
    if format == "json" and _ARRAY_OF_OBJECTS.match(head):
        lines = 0
    return format if len(head) >= NEAR or head.count(b"\n") >= lines else None


def changed_text(head: bytes) -> str:
    """What a file is whose lines a program for text changed, so that its payloads can't be told; empty for others."""
    found = _CHANGED_EVENT_LINE.match(head.removeprefix(b"\xef\xbb\xbf").lstrip())
    if found is None:
        return ""
    done = {b"\r\n": "ends its lines in CRLF", b"\r": "ends its lines in CR"}.get(found[1], "begins them with blanks")
    return f"Theater's EVENT text as a program for text left it, which {done}: take the file itself once more"


def _object_format(head: bytes) -> str | None:
    keys = set(_keys(head.decode("utf-8", "replace")))
    if "data_hex" in keys:
        return "capture"
    if {"hash", "event_type"} <= keys and _HEX_HASH.search(head):
        return "cli-json" if "actor_id" in keys else "jsonl"
    if "events" in keys or "current_hash" in keys:
        return "statechain"
    if {"hash", "event_type"} <= keys or {"hash", "parent_hash"} <= keys:
        return "json"
    return "json" if keys & {"ActorEvent"} else None


def _keys(text: str) -> Iterator[str]:
    """The texts in the beginning of the first object that are keys."""
    for found in re.finditer(r'("(?:[^"\\]|\\.){0,100}")\s*:', text):
        try:
            yield json.loads(found.group(1), strict=False)
        except ValueError:
            continue
