"""Files of one small piece after the other, of every format: what reading and checking them costs for each byte.

The events of a file link on, or are one event again and again, or have hashes that nothing gives; what they say is the
same each time or another. Beside them stand notes, ends, and blocks that leave out the types of what is empty; between
them, or in their place, what is half of one, or none. Some are written to be dear: each event of another type, with the
same keys twice, with a hash of no size, or a chain of its own. What is read is shown too, as text, as JSON, in figures.
"""

from __future__ import annotations

import json
import re
import time
import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count, cycle, islice
from pathlib import Path
from random import Random

from chainview.chain.event import Event, Extras
from chainview.chain.files.entries.entry import End, Note
from chainview.chain.files.native.layout import pack_end, pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import Verification, verify
from chainview.chain.payload import INIT, encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.soundness import Judge
from chainview.chain.state_chain import linked
from chainview.chain.stats.report import report_lines
from chainview.chain.stats.statistics import Statistics
from chainview.chain.words.report import event_line, event_object
from chainview.pack.values import S64, U8, UNIT, List, Option, String, Tuple, Value, types
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples
from tests.chain.files.theater.writings import (
    WHOLE,
    as_block,
    as_capture,
    as_cli_line,
    as_human,
    as_json,
    as_jsonl,
    as_keys,
    as_text,
)

_TIMES, _LEAST = 8, 12 << 20
"""Bytes that may be held for a byte of a file, and in any case: what is kept of notes and problems of a small one."""
_FEWEST, _MOST = 60, 600
_LEFT_OUT = re.compile(rb"(\bnone|\[\])<[a-z0-9<>]*>")
_TEN_MB = 10_000_000
_MOST_FIGURES = 4000
"""Lines of a report of figures, however many functions there are."""

Pieces = Callable[[Random, int], bytes]
"""A file of so many pieces."""


def _said(random: Random) -> Iterator[tuple[str, bytes]]:
    """What the events of a chain say, the same each time or another, without end."""
    varies, named = random.random() < 0.5, random.random() < 0.5
    empty: list[Value] = [List(types.STRING, ()), Option(types.U64, None), Option(types.BOOL, None)]
    for number in count() if varies else cycle([0]):
        value: Value = Tuple((S64(number), String("tea"), U8(7), random.choice(empty) if varies else empty[1]))
        name = INIT if number == 0 and varies else f"f{number * named}"
        interface = f"a:b/c{number * named}"
        yield "wasm", encode_call(Schema.VALUES, name, value)
        yield f"{interface}/d", encode_host_call(interface, "d", value, UNIT)
        yield "wasm", encode_result(Schema.VALUES, name, value, UNIT)


def _events(random: Random, size: int) -> list[Event]:
    events = list(linked(list(islice(_said(random), size))))
    match random.randrange(4):
        case 0:
            return [random.choice(events[:3])] * size
        case 1:
            return [replace(event, hash=random.randbytes(20)) for event in events]
        case _:
            return events


def _notes(random: Random, size: int) -> bytes:
    entry = random.choice(
        (
            pack_note(Note("x", {})),
            pack_note(Note("build", {"sha256": "a" * 64, "text": "build 2"})),
            pack_end(End(0, None)),
            pack_header(samples.header()),
        )
    )
    return pack_header(samples.header()) + entry * size


def _with_extras(random: Random, size: int) -> bytes:
    extras = Extras(time_ns=5, duration_ns=random.choice((0, 7)), fuel=3, reason="out of fuel")
    return pack_header(samples.header()) + b"".join([pack_event(event, extras) for event in _events(random, size)])


def _of_many_types(random: Random, size: int) -> bytes:
    events = linked([(f"a{number}/b", b"") for number in range(10 * size)])
    return pack_header(samples.header()) + b"".join(map(pack_event, events))


def _of_no_size(random: Random, size: int) -> bytes:
    """Events whose hashes have another size than a hash has."""
    events = [Event(b"x", b"y" * random.randrange(3), f"{number:x}", b"") for number in range(10 * size)]
    return pack_header(samples.header()) + b"".join(map(pack_event, events))


def _of_surrogates(random: Random, size: int) -> bytes:
    said = b'{"hash":[%b],"parent_hash":null,"event_type":"\\ud8%02x%x","data":[1]},'
    each = [said % (b"1," * 19 + b"1", number % 256, number) for number in range(4 * size)]
    return b"[" + b"".join(each)[:-1] + random.choice((b"]", b""))


def _of_keys_twice(random: Random, size: int) -> bytes:
    twice = random.choice((b'"hash":[1],"hash":[2],', b'"data":[],"data":[1],', b'"":0,' * 5))
    return b"[" + (b"{%b%b," % (twice, json.dumps(as_json(_events(random, 3)[0])).encode()[1:])) * size + b"{}]"


def _of_many_names(random: Random, size: int) -> bytes:
    """Blocks of keys and values, each of another name, of which none follows the one before."""
    block = b"hash: %07x\ntype: host-call\ninterface: a%x\nfunction: b\ninput: none\n"
    return b"".join([block % (random.randrange(1 << 28), number) for number in range(size)])


def _of_lost_hashes(random: Random, size: int) -> bytes:
    """Blocks of keys and values behind one that is no event's, so that the hash of none is known."""
    return b"hash: 1234567\n" + "".join(map(as_keys, _events(random, size))).encode()


def _of_many_chains(random: Random, size: int) -> bytes:
    line = b'{"actor":"a%x","type":"x","data_hex":"00","seq":%d}\n'
    return b"".join([line % (random.choice((number, 1)), number) for number in range(4 * size)])


def _in_format(write: Callable[[list[Event]], bytes]) -> Pieces:
    return lambda random, size: write(_events(random, size))


_BETWEEN: dict[str, tuple[bytes, ...]] = {
    "native": (
        b"\0",
        b"\x97\xa1E",
        b"\x97",
        b"\x94\xa1N\xa1x",
        b"\x94\xa1N\xa1x\x81\xa1k",
        b"\x97\xa1E\xc4\x01",
        b"\x92\xa1x",
        pack_note(Note("x", {})),
        pack_end(End(0, None)),
    ),
    "objects": (
        b"{",
        b"{}",
        b'{"hash":[1,2,',
        b'{"a":{"b":[',
        b'{"hash":"',
        b"x",
        b'{"hash":[],"event_type":"","data":[]}',
    ),
    "event text": (b"x\n", b"EVENT ", b"EVENT %b\n" % (b"ab" * 20), b"\n\n"),
    "blocks": (
        b"---\n",
        b"---\nhash:\n",
        *[b"---\nhash: %b\nparent: root\n%b\n" % (b"ab" * 20, each) for each in (b"some(5)", b"none", b"[]")],
        b"\r\n",
    ),
    "jsonl": (b"{\n", b"{}\n", b'{"hash":0}\n', b'"hash"\n', b"[[[\n", b"\r\n"),
    "capture": (b"{\n", b'{"data_hex":""}\n', b'{"type":"","data_hex":""}\n', b'{"type":"","data_hex":""}x\n', b"\n"),
    "command line": (b"[aabbccdd] x\n", b"[\n", b'{"hash":"%b","event_type":""}x\n' % (b"ab" * 20)),
    "keys": (
        b"hash: \n",
        b"x: \n",
        b"hash: abcdef0\n",
        b"hash: abcdef0\ntype: call\n",
        b"hash: abcdef0\ntype: call\nfunction: f\nparams: none\n",
        b"hash: abcdef0\ntype: result\nstate: none\nresponse: some(5)\n",
    ),
}
"""What stands between the events of a format, or in their place, that is none of them."""


def _between(name: str) -> Pieces:
    """Files of a format in which one piece that is no event stands alone, in runs, or between the events."""

    def pieces(random: Random, size: int) -> bytes:
        events, other = _events(random, size), random.choice(_BETWEEN[name])
        first, write = (pack_header(samples.header()), pack_event) if name == "native" else (b"", _ONE_BY_ONE[name])
        if random.random() < 0.5:
            return first + b"".join([write(event) + other for event in events])
        return first + write(events[0]) + other * (50 * size) + write(events[-1])

    return pieces


_ONE_BY_ONE: dict[str, Callable[[Event], bytes]] = {
    "objects": lambda event: json.dumps(as_json(event)).encode() + b"\n",
    "event text": as_text,
    "blocks": as_block,
    "jsonl": lambda event: as_jsonl(event).encode(),
    "capture": lambda event: as_capture(event, 1).encode(),
    "command line": lambda event: as_cli_line(event).encode(),
    "keys": lambda event: as_keys(event).encode(),
}
_FILES: dict[str, Pieces] = {
    **{f"{name} and others": _between(name) for name in _BETWEEN},
    **{name: _in_format(write) for name, (_, write) in WHOLE.items()},
    "blocks without types": lambda random, size: _LEFT_OUT.sub(rb"\1", b"".join(map(as_block, _events(random, size)))),
    "lines of the command line": lambda random, size: "".join(map(as_cli_line, _events(random, size))).encode(),
    "dump for people": lambda random, size: b"".join(map(as_human, _events(random, size))),
    "notes": _notes,
    "events with extras": _with_extras,
    "events of many types": _of_many_types,
    "hashes of no size": _of_no_size,
    "types that are no text": _of_surrogates,
    "keys that stand twice": _of_keys_twice,
    "blocks of many names": _of_many_names,
    "blocks of lost hashes": _of_lost_hashes,
    "capture of many chains": _of_many_chains,
}


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    name = random.choice(list(_FILES))
    data = _FILES[name](random, random.randint(_FEWEST, _MOST))
    path = folder / "file"
    path.write_bytes(data)
    began = time.process_time()
    found = _checked(path)
    seconds = time.process_time() - began
    figures.count("files")
    figures.count("events", found.events)
    figures.measure(f"seconds for 10 MB of small pieces: {name}", seconds * _TEN_MB / max(len(data), 1 << 14))
    tracemalloc.start()
    try:
        again = _checked(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert again == found, "read once more it is told otherwise"
    began = time.process_time()
    letters = sum(map(len, _shown(path)))
    seconds = time.process_time() - began
    figures.measure(f"seconds for 10 MB that are shown: {name}", seconds * _TEN_MB / max(len(data), letters, 1 << 14))
    figures.measure("bytes held for a byte of a file, beside 12 MB", max(0, peak - _LEAST) / len(data))
    assert peak < _TIMES * len(data) + _LEAST, f"{peak:,} bytes were held for a file of {len(data):,} ({name})"


def _shown(path: Path) -> Iterator[str]:
    """What is printed of a file, for people and for programs."""
    with open_chain(path) as opened:
        table = opened.load().table
        judge = Judge(table)
        for index in range(len(table)):
            judge.go_to(index)
            yield event_line(table, index)
            yield json.dumps(event_object(table, index))
        figures = report_lines(Statistics(table).finish(), 100)
        assert len(figures) < _MOST_FIGURES, "figures of a line for each of very many functions"
        yield from figures


def _checked(path: Path) -> Verification:
    with open_chain(path) as opened:
        return verify(opened)


CAMPAIGN = Campaign(
    "A file of very many small pieces is read and checked in at most eight times its size, told alike each time.",
    _attack,
    short=8,
)
