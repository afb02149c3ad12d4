"""Chain files that somebody removes, renames, replaces, empties or writes over, while they are written or read."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable
from pathlib import Path
from random import Random
from unittest.mock import patch

from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import StateChain
from chainview.system.errors import ChainviewError
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples


def _emptied(path: Path, random: Random) -> None:
    with path.open("r+b") as file:
        file.truncate(random.randrange(path.stat().st_size + 1))


def _written_over(path: Path, random: Random) -> None:
    with path.open("r+b") as file:
        file.seek(random.randrange(path.stat().st_size))
        file.write(random.randbytes(random.choice((1, 100, 5_000))))


def _copied_over(path: Path, random: Random) -> None:
    path.write_bytes(random.randbytes(random.choice((0, 10, 4_000))))


def _replaced(path: Path, random: Random) -> None:
    other = path.with_suffix(".other")
    other.write_bytes(b"something else")
    other.replace(path)


def _renamed(path: Path, random: Random) -> None:
    path.rename(path.with_suffix(".renamed"))


def _removed(path: Path, random: Random) -> None:
    path.unlink()


def _folder_removed(path: Path, random: Random) -> None:
    shutil.rmtree(path.parent)


Change = Callable[[Path, Random], None]
OF_CONTENT: tuple[Change, ...] = (_emptied, _written_over, _copied_over)
CHANGES: tuple[Change, ...] = (*OF_CONTENT, _replaced, _renamed, _removed, _folder_removed)


def _while_written(random: Random, folder: Path, figures: Figures) -> None:
    """At the end there is a file with every event, under the name that the writer tells."""
    inner = folder / "chains"
    inner.mkdir()
    path, change = inner / "a.chain", random.choice(CHANGES)
    count = random.randint(2, 60)
    at = random.randrange(1, count)
    with patch.dict("os.environ", {"XDG_STATE_HOME": str(folder / "state")}):
        writer = ChainWriter.create(path, samples.header())
        with writer:
            chain = StateChain(sink=writer)
            for number, (event_type, payload) in enumerate(samples.parts(count)):
                if number == at:
                    change(path, random)
                chain.append(event_type, payload)
    figures.count(f"written: {change.__name__.strip('_').replace('_', ' ')}")
    with open_chain(writer.path) as opened:
        verdict = verify(opened)
        assert verdict.sound, f"{change.__name__}: {[*verdict.problems]}"
        assert len(opened.table) == count, (
            f"{change.__name__}: {len(opened.table)} of {count} events are in {writer.path}"
        )
    assert writer.path == path or writer.rescues, f"{change.__name__}: the chain has another name, and nothing says so"


def _while_read(random: Random, folder: Path, figures: Figures) -> None:
    """Reading ends with what was in the file, or with a sentence."""
    path, change = folder / "a.chain", random.choice(OF_CONTENT)
    samples.write_native(path, random.choice((50, 3_000)))
    begun = threading.Event()

    def spoil() -> None:
        begun.wait()
        change(path, random)

    thread = threading.Thread(target=spoil)
    thread.start()
    try:
        with open_chain(path) as opened:
            begun.set()
            verdict = verify(opened)
            for index in range(len(opened.table)):
                opened.table.payload(index)
            figures.count("read: before it changed" if verdict.sound else "read: told as not sound")
    except ChainviewError as error:
        figures.count(f"read: {error.sentence.replace(str(path), 'it')}")
    finally:
        begun.set()
        thread.join()


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    random.choice((_while_written, _while_read))(random, folder, figures)


CAMPAIGN = Campaign(
    "Whoever changes a chain file while it is written costs no event, and while it is read a sentence.",
    _attack,
    short=20,
)
