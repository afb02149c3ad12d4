"""Chains whose bytes were changed: opened, checked and read again in the process, in every format that is written."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from chainview.chain.files.exporters import WRITERS, Losses, all_of
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.system.errors import ChainviewError
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples

EVENTS = 60


@cache
def _written() -> dict[str, bytes]:
    """A chain in each format."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.chain"
        samples.write_native(path, EVENTS)
        with open_chain(path) as opened:
            opened.load()
            files = {name: b"".join(writer(all_of(opened), Losses())) for name, writer in WRITERS.items()}
    return files


@cache
def _hashes() -> list[bytes]:
    return [event.hash for event in samples.events(EVENTS)]


def _changed(data: bytes, random: Random) -> bytes:
    """The bytes with a few places cut out, written over, doubled or flipped."""
    changed = bytearray(data)
    for _ in range(random.randint(1, 6)):
        at = random.randrange(len(changed) + 1)
        end = min(len(changed), at + random.choice((1, 2, 8, 200, len(data))))
        match random.randrange(4):
            case 0:
                del changed[at:end]
            case 1:
                changed[at:end] = random.randbytes(end - at)
            case 2:
                changed[at:at] = changed[at:end]
            case _ if at < len(changed):
                changed[at] ^= 1 << random.randrange(8)
            case _:
                pass
    return bytes(changed)


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    for name, data in _written().items():
        path = folder / f"changed.{name}"
        path.write_bytes(_changed(data, random))
        figures.count("files")
        try:
            opened = open_chain(path)
        except ChainviewError:
            figures.count("refused in a sentence")
            continue
        with opened:
            verdict = verify(opened)
            hashes = [opened.table.hash(index) for index in range(len(opened.table)) if opened.table.payload(index)]
        figures.count("sound" if verdict.sound else "told as not sound")
        assert not verdict.sound or hashes == _hashes()[: len(hashes)], f"the {name} file is sound with other events"


CAMPAIGN = Campaign(
    "A changed chain file is refused in a sentence, or read as far as it goes; nothing else ends reading it.",
    _attack,
    short=20,
)
