"""Folders with the chains of families, for tests of what screens make of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from chainview.chain.event import MODULE_EVENT
from chainview.chain.families.folder import RecordedFamily, find_family
from chainview.chain.families.index import INDEX, Entry
from chainview.chain.payload import encode_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.values import UNIT, Result, String, Tuple, Value, bytes_value, types
from tests.chain import samples as chain_samples
from tests.ui import samples

HELLO = bytes_value(b"hello")


def ok(value: Value) -> Value:
    """What a host call answers that succeeded."""
    return Result(types.STRING, types.STRING, True, value)


def write_chain(path: Path, parts: Sequence[samples.Part]) -> None:
    """A chain of chainview's own with these events, closed."""
    path.write_bytes(chain_samples.native(list(linked(parts))))


def steps(count: int) -> list[samples.Part]:
    """An init and as many calls."""
    parts = [samples.call("init"), samples.result("init", UNIT)]
    for _ in range(count):
        parts += [samples.call("increment"), samples.log("step"), samples.result("increment", UNIT)]
    return parts


def index(folder: Path, *names: str) -> None:
    """The index of a root and its children, whose files have those names and whose ids are `id-0` and so on."""
    entries = [
        Entry(f"{number}-{name}.chain", f"id-{number}", name, "id-0" if number else "", "a" * 64)
        for number, name in enumerate(names)
    ]
    (folder / INDEX).write_text("".join([entry.line for entry in entries]))


def write_family(folder: Path) -> RecordedFamily:
    """A root that sends a worker a message, that worker, one that failed, and one whose chain is damaged."""
    index(folder, "root", "worker", "failing", "spoilt")
    sent = samples.host("message-server-host", "send", Tuple((String("id-1"), HELLO)), ok(UNIT))
    write_chain(
        folder / "0-root.chain", [*steps(1), samples.call("increment"), sent, samples.result("increment", UNIT)]
    )
    handler = "theater:simple/message-server-client.handle-send"
    write_chain(
        folder / "1-worker.chain",
        [*steps(2), (MODULE_EVENT, encode_call(Schema.VALUES, handler, Tuple((HELLO,)))), samples.result("f", UNIT)],
    )
    write_chain(folder / "2-failing.chain", [*steps(0), samples.call("increment"), samples.error("increment", "no")])
    write_chain(folder / "3-spoilt.chain", steps(3))
    data = bytearray((folder / "3-spoilt.chain").read_bytes())
    data[-200] ^= 1
    (folder / "3-spoilt.chain").write_bytes(bytes(data))
    return found(folder)


def found(folder: Path) -> RecordedFamily:
    """The family in a folder, of which no chain was read."""
    family = find_family(folder, read_chains=False)
    assert family is not None
    return family
