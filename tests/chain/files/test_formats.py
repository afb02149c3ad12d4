"""Telling the format of a chain by its first bytes."""

from __future__ import annotations

import json

import pytest

from chainview.chain.files.formats import detect
from tests.chain import samples
from tests.chain.files.theater.writings import WHOLE

HASH, HEX = list(range(20)), "ab" * 20
OBJECTS: dict[str, tuple[str | None, dict[str, object]]] = {
    "an event": ("json", {"hash": HASH, "parent_hash": None, "event_type": "wasm", "data": []}),
    "an event without a parent": ("json", {"hash": HASH, "event_type": "wasm", "data": []}),
    "an event whose type stands behind its data": ("json", {"hash": HASH, "parent_hash": HASH, "data": []}),
    "what the server sends": ("json", {"ActorEvent": {"event": {}}}),
    "a saved chain": ("statechain", {"events": [], "current_hash": None}),
    "a saved chain, its head first": ("statechain", {"current_hash": HASH}),
    "a line of jsonl": ("jsonl", {"hash": HEX, "parent_hash": None, "event_type": "wasm"}),
    "a printed line": ("cli-json", {"actor_id": "a", "hash": HEX, "parent_hash": None, "event_type": "wasm"}),
    "a capture": ("capture", {"handle": "h", "type": "wasm", "seq": 0, "data_hex": ""}),
    "a hash alone": (None, {"hash": HASH}),
    "another object": (None, {"name": "hash", "kind": "event_type", "events of": 5}),
    "an empty object": (None, {}),
}


@pytest.mark.parametrize("name", OBJECTS)
@pytest.mark.parametrize("indent", [None, 2])
def test_an_object_is_told_by_its_keys(name: str, indent: int | None) -> None:
    """Each shape of a JSON object that Theater wrote is told by its keys, and any other object is no chain."""
    word, stored = OBJECTS[name]
    assert detect(json.dumps(stored, indent=indent).encode()) == word
    assert detect(b"\xef\xbb\xbf\r\n " + json.dumps(stored, indent=indent).encode() + b"\n{") == word


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"[", "json"),
        (b"[ ]", "json"),
        (b'[\n{"hash"', "json"),
        (b"[5]", None),
        (b"---", "blocks"),
        (b"--- \r\nhash: " + HEX.encode(), "blocks"),
        (b"---\nhash: abcdef0\ntype: call\n", "keyvalue"),
        (b"hash: abcdef0\nparent: abcdef1\n", "keyvalue"),
        (b"title: a\ntext: b\n", None),
        (b"--- a/file\n+++ b/file\n", None),
        (b"EVENT " + HEX.encode() + b"\n", "event"),
        (b"EVENT [1a2b3c4d] " + HEX.encode() + b"\n", "human"),
        (b"EVENT of the year", None),
        (b"EVENT " + HEX.encode() + b"\r\n" + HEX.encode(), None),
        (b"  EVENT " + HEX.encode() + b"\n  " + HEX.encode(), None),
        (b"\x93\xa9chainview", "native"),
        (b"\x93\xa9chainwiew", "native"),
        (b"\x93\xa9chain", "native"),
        (b"\x93\xa9changes..", None),
        (b"plain text", None),
    ],
)
def test_other_formats_are_told_by_how_they_begin(data: bytes, word: str | None) -> None:
    """Arrays, blocks, EVENT texts and chain files are told from their beginnings, and from what only looks alike."""
    assert detect(data) == word


@pytest.mark.parametrize("name", WHOLE)
def test_a_format_is_told_from_its_first_event_on(name: str) -> None:
    """One event is enough to tell a format by."""
    word, write = WHOLE[name]
    assert detect(write(samples.events(1))) == word
