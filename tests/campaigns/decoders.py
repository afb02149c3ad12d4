"""Files made to cost much or to be read wrongly: each reader and each printer goes through them, and is measured.

Some are random structure in the shape of a format, some good files of which pieces were repeated, swapped or replaced
by what decoders trip over: deep nesting, huge counts, shared nodes, lone surrogates, numbers without end.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from random import Random
from struct import pack
from zlib import crc32

import msgpack

from chainview.chain.event import Event, Extras, Frame, StateGap
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.exporters import WRITERS, Losses, all_of
from chainview.chain.files.native.layout import pack_event, pack_header, pack_note
from chainview.chain.files.opened import OpenedChain, open_chain
from chainview.chain.files.verification import file_sentences, verify
from chainview.chain.hashing import event_hash
from chainview.chain.json_payload import json_value
from chainview.chain.query.filter import Selection, parse_filter
from chainview.chain.query.search import Finder
from chainview.chain.words.notes import note_text
from chainview.chain.words.report import event_line, event_object, event_text
from chainview.pack.cgrf import decode, decode_stored
from chainview.pack.literal import parse_literal
from chainview.pack.serde import from_serde
from chainview.pack.values import types
from chainview.replay.explain.rules.store import read_rules
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.widgets.settings import read_settings
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples

_SIZE = 1 << 15
_TIMES, _LEAST = 40, 48 << 20
"""Bytes that may be held for a byte of files as small as these, as tracemalloc counts them, and in any case."""
_LOOKED_AT = 30
_TEXTS = ["wasm", "a/b", "shutdown", "custom", "", "\ud800", "x\udc80/\x1b]0;t\x07", "\u202e", "ä" * 300, "a\nb", "\0"]
_PIECES: list[bytes] = [
    b"{}",
    b"[]",
    b"[[[",
    b"{",
    b'{"a":',
    b"\\ud800",
    b"1e999",
    b"-",
    b"9" * 5001,
    b'"',
    b"\xff",
    b"\xed\xa0\x80",
    b"---\n",
    b"EVENT ",
    b"none",
    b"[u8]",
    b"hash: 0\n",
    b"\xdf\xff\xff\xff\xff",
    b"\xdd\xff\xff\xff\xff",
    b"\x97\xa1E",
    b"CGRF\x02\x00",
    b"\n",
    b"null",
    b'"hash":[',
    b'"data_hex":"',
]


def _tuple_node(*held: int) -> bytes:
    return pack(f"<B3xII{len(held)}I", types.TAG_TUPLE, 4 + 4 * len(held), len(held), *held)


def _cgrf(random: Random) -> bytes:
    """CGRF of nodes at random: shared, deep, wide, of wrong lengths, or a good value with a byte changed."""
    nodes = [_tuple_node()]
    for _ in range(random.choice((1, 20, 400))):
        width = random.choice((1, 1, 2, 2, 30))
        below = [random.randrange(len(nodes)) if random.random() < 0.2 else len(nodes) - 1 for _ in range(width)]
        nodes.append(_tuple_node(*below))
    data = b"CGRF" + pack("<HHII", random.choice((2, 3)), 0, len(nodes), len(nodes) - 1) + b"".join(nodes)
    return data if random.random() < 0.6 else _spoilt(random.choice(samples.events(8)).payload, random)


def _spoilt(data: bytes, random: Random) -> bytes:
    changed = bytearray(data)
    for _ in range(random.randint(1, 5)):
        at = random.randrange(len(changed) + 1)
        end = min(len(changed), at + random.choice((0, 1, 4, 60)))
        match random.randrange(3):
            case 0:
                changed[at:end] = random.choice(_PIECES) * random.choice((1, 1, 50))
            case 1:
                changed[at:at] = changed[at : at + random.choice((4, 60, 600))] * random.choice((1, 3, 30))
            case _:
                changed[at:end] = random.randbytes(end - at)
    return bytes(changed[:_SIZE])


def _odd(random: Random, depth: int = 0) -> object:
    """A value of any kind that msgpack has."""
    simple: list[Callable[[], object]] = [
        lambda: None,
        lambda: random.choice((0, -1, 1 << 40, (1 << 64) - 1, 1.5, True)),
        lambda: random.choice(_TEXTS),
        lambda: random.randbytes(random.choice((0, 20, 100))),
        lambda: [[]] * random.choice((0, 3, 3000)),
    ]
    if depth > 3 or random.random() < 0.7:
        return random.choice(simple)()
    if random.random() < 0.5:
        return [_odd(random, depth + 1) for _ in range(random.randrange(5))]
    keys = ("stack", "state", "reason", "t", "fuel", "text", "sha256", "settings", "x")
    return {random.choice(keys): _odd(random, depth + 1) for _ in range(random.randrange(5))}


def _entry(*parts: object) -> bytes:
    packed: bytes = msgpack.packb(parts, unicode_errors="surrogatepass")
    body = bytes((packed[0] + 1,)) + packed[1:]
    return body + b"\xce" + crc32(body).to_bytes(4, "big")


def _native(random: Random) -> bytes:
    out, parent = [pack_header(samples.header())], None
    for _ in range(random.randrange(40)):
        event_type, payload = random.choice(_TEXTS), _payload(random)
        hash_ = event_hash(parent, event_type, payload) if random.random() < 0.8 else random.randbytes(20)
        extras = Extras(
            stack=(Frame(random.choice(_TEXTS), random.choice(_TEXTS)),) * random.choice((0, 1, 90)),
            reason=random.choice(_TEXTS),
            state=random.choice((None, StateGap.LARGE, _cgrf(random))),
        )
        out.append(pack_event(Event(hash_, parent, event_type, payload), extras))
        parent = hash_
        if random.random() < 0.3:
            out.append(pack_note(Note(random.choice(("build", "instance", "gap", "x")), {"state": _odd(random)})))
        if random.random() < 0.2:
            out.append(_entry(random.choice(("E", "N", "Z", "chainview", "Q")), *[_odd(random) for _ in range(5)]))
    return b"".join(out)


def _payload(random: Random) -> bytes:
    match random.randrange(4):
        case 0:
            return _cgrf(random)
        case 1:
            category = random.choice(("HostFunction", "Wasm", "x"))
            inner: object = random.choice(([[]] * 999, "9", 10**400, {"U8": 1}, [1, 2, 300], [91] * 500, "\ud800"))
            stored = {
                "category": category,
                "interface": "a",
                "function": inner,
                "input": inner,
                "WasmCall": {"p": inner},
            }
            return json.dumps(stored).encode()
        case 2:
            return b'{"category":"x","a":' + random.choice(_PIECES) * random.choice((1, 5000))
        case _:
            return random.choice(samples.events(8)).payload


def _events_of(random: Random) -> list[Event]:
    return random.sample(samples.events(8), 4)


def _json_file(random: Random) -> bytes:
    events: list[dict[str, object]] = [
        {
            "hash": random.choice((list(event.hash), [], "x", [300])),
            "parent_hash": random.choice((None, list(event.parent or b""))),
            "event_type": random.choice((event.event_type, *_TEXTS)),
            "data": random.choice((list(event.payload), list(_cgrf(random)), [[]] * 300, {})),
        }
        for event in _events_of(random)
    ]
    return json.dumps(events).encode()


def _json_lines(random: Random) -> bytes:
    data: list[object] = ["00", {"U8": 1}, {"Tuple": [{"String": "\ud800"}]}, [[]] * 300, {"F64": 10**400}, 1]
    lines = [
        {
            "hash": event.hash.hex(),
            "parent_hash": event.parent.hex() if event.parent else None,
            "event_type": random.choice((event.event_type, *_TEXTS)),
            "data": random.choice(data),
        }
        for event in _events_of(random)
    ]
    return b"\n".join([json.dumps(line).encode() for line in lines])


def _blocks(random: Random) -> bytes:
    literals = [
        "1u8",
        "[",
        "none",
        "[none, ok(none)]",
        "9" * 5001 + "u64",
        "a{",
        '"\\u{110000}"',
        "raw: 9 bytes",
        "(" * 999,
    ]
    blocks = [
        f"---\nhash: {event.hash.hex()}\nparent: root\n{random.choice(literals)}\n" for event in _events_of(random)
    ]
    return "".join(blocks * random.choice((1, 30))).encode()


def _repeated(random: Random) -> bytes:
    begin = random.choice(
        (b"[", b'{"events":[', b'{"hash":"a","event_type":"x"}\n', b'{"data_hex":"","type":"x"}\n', b"")
    )
    piece = b"".join(random.choices(_PIECES, k=random.randint(1, 4))) + random.choice((b",", b"\n", b""))
    return begin + piece * (_SIZE // max(1, len(piece)))


_MAKERS = (_native, _json_file, _json_lines, _blocks, _repeated)


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    data = random.choice(_MAKERS)(random)
    if random.random() < 0.6:
        data = _spoilt(data, random) if data else b"{"
    path = folder / "made"
    path.write_bytes(data)
    figures.count("files")
    before = time.process_time()
    tracemalloc.start()
    try:
        with open_chain(path) as opened:
            figures.count(f"format {opened.format}")
            _read_all(opened, random)
    except ChainviewError:
        figures.count("refused in a sentence")
    finally:
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    figures.measure("bytes held for a byte of a file", peak / max(len(data), 1 << 10))
    figures.measure(
        "microseconds for a byte of a file, traced", (time.process_time() - before) * 1e6 / max(len(data), 1 << 10)
    )
    assert peak < _TIMES * len(data) + _LEAST, f"{peak:,} bytes were held for a file of {len(data):,}"
    _decode_all(random)
    _read_settings(folder, random)


def _read_all(opened: OpenedChain, random: Random) -> None:
    verify(opened)
    table = opened.table
    shown: Iterator[int] = islice(iter(random.sample(range(len(table)), len(table))), _LOOKED_AT)
    for index in shown:
        for line in (event_line(table, index), *event_text(table, index)):
            assert visible(line) == line, f"{line!r} could drive a terminal"
        json.dumps(event_object(table, index))
    for line in (note_text(note) for note in opened.notes[:_LOOKED_AT]):
        assert visible(line) == line, f"{line!r} could drive a terminal"
    file_sentences(opened)
    for write in WRITERS.values():
        try:
            for _ in write(all_of(opened), Losses()):
                pass
        except ChainviewError:
            continue
    Finder(table, random.choice(("a", "b.", "9", "é"))).seek(-1).run()
    Selection(table, parse_filter("!log call:3")).step()


def _decode_all(random: Random) -> None:
    readers: list[Callable[[bytes], object]] = [
        decode_stored,
        json_value,
        lambda data: from_serde(data.decode("utf-8", "replace")),
        lambda data: parse_literal(data.decode("utf-8", "surrogateescape")),
        lambda data: parse_filter(data.decode("utf-8", "surrogateescape")),
        lambda data: decode(data) if len(data) < 100 else None,
    ]
    for read in readers:
        try:
            read(random.choice((_cgrf, _blocks, _repeated, _payload))(random)[:2000])
        except ChainviewError:
            continue


def _read_settings(folder: Path, random: Random) -> None:
    path = folder / "x.toml"
    texts = [b"theme = 1\n", b"[keys]\na = ['x']\n", b"[[accept]]\ncode = 'C1'\n", b"[keys.a.b]\nc = 'd'\n"]
    path.write_bytes(_spoilt(random.choice(texts), random))
    for read in (read_settings, read_rules):
        try:
            read(path)
        except ChainviewError:
            continue


CAMPAIGN = Campaign(
    "A file made to cost much is read and printed in bounded memory, and ends in nothing but a sentence.",
    _attack,
    short=8,
)
