"""A chain with two guilty calls, and a build of the counter that differs for both of them together alone."""

from __future__ import annotations

from pathlib import Path

from chainview.chain.files.exporters import Excerpt, Losses, write_native
from chainview.chain.table import EventTable
from chainview.pack.values import S32, Tuple
from chainview.replay.run.recording import Recording
from chainview.workbench.programs import record_actor
from tests.actor.running import sample

GUILTY = Tuple((S32(2_147_000_000),))
_SAID, _SAYS = b" does not fit into an s32", b" just can't fit in an s32"
_INNOCENT = ("increment(3s32)", "increment(-3s32)", "get-count()")


def edited_counter(folder: Path) -> Path:
    """A counter that says with other words that two counts together are too much."""
    module = folder / "edited.wasm"
    data = sample("counter").read_bytes()
    assert data.count(_SAID) == 1
    module.write_bytes(data.replace(_SAID, _SAYS))
    return module


def two_guilty(folder: Path, count: int) -> Path:
    """A chain of the counter with so many calls behind init, two of which are too much together."""
    calls = [_INNOCENT[number % len(_INNOCENT)] for number in range(count)]
    calls[count // 3] = calls[count * 4 // 5] = "increment(2147000000s32)"
    record_actor(sample("counter"), folder / "guilty.chain", calls)
    return folder / "guilty.chain"


def chain_of(table: EventTable, recording: Recording) -> bytes:
    """The file of a chain that was made anew, begun as a recording was."""
    assert recording.header is not None
    return b"".join(write_native(Excerpt(table, range(1, len(table) + 1), recording.header), Losses()))
