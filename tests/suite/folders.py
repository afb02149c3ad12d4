"""Folders of chains that are suites."""

from __future__ import annotations

import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from chainview.chain.files.exporters import WRITERS, Losses, all_of
from chainview.chain.files.opened import open_chain
from chainview.suite.settings import FILE
from chainview.workbench.programs import record_actor
from tests.actor.running import SAMPLES, sample

PRICING = SAMPLES / "pricing"
CALLS = ["increment(5s32)", "increment(2s32)"]


@cache
def counted() -> bytes:
    """A chain of the sample counter: init and two calls of three events each, and a shutdown."""
    folder = Path(mkdtemp(prefix="chainview-test-"))
    try:
        record_actor(sample("counter"), folder / "c.chain", CALLS)
        return (folder / "c.chain").read_bytes()
    finally:
        shutil.rmtree(folder)


def ending_in_a_call(folder: Path, name: str) -> Path:
    """The first five events of that chain: of its second call there is no end."""
    whole, path = folder / "whole.tmp", folder / name
    whole.write_bytes(counted())
    with open_chain(whole) as opened:
        excerpt = all_of(opened.load())
        path.write_bytes(
            b"".join(WRITERS["msgpack"](type(excerpt)(excerpt.table, range(1, 6), excerpt.header), Losses()))
        )
    whole.unlink()
    return path


def damaged(folder: Path, name: str) -> Path:
    """That chain with some bytes in its middle that nobody recorded."""
    data, path = counted(), folder / name
    middle = len(data) * 2 // 3
    path.write_bytes(data[:middle] + b"XXXX" + data[middle + 4 :])
    return path


def suite_of(folder: Path, *more: str, **chains: bytes) -> Path:
    """Writes a suite of the counter with these chains; returns its file."""
    return suite_by(sample("counter"), folder, *more, **chains)


def suite_by(module: Path, folder: Path, *more: str, **chains: bytes) -> Path:
    """The same by another module."""
    (folder / "chains").mkdir(parents=True, exist_ok=True)
    for name, data in chains.items():
        (folder / "chains" / f"{name}.chain").write_bytes(data)
    (folder / FILE).write_text("\n".join([f'module = "{module}"', *more]) + "\n")
    return folder / FILE
