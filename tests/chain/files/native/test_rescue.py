"""A chain file that somebody takes away, or writes over, while it is written."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest

from chainview.chain.event import Event
from chainview.chain.files.native import rescue
from chainview.chain.files.native.writer import ChainWriteError, ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from tests.chain import samples
from tests.waiting import eventually

EVENTS = samples.events(40)


def _emptied(path: Path) -> None:
    path.write_bytes(b"")


def _shortened(path: Path) -> None:
    os.truncate(path, 700)


def _written_over(path: Path) -> None:
    path.write_bytes(bytes(path.stat().st_size))


def _changed_at_its_end(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-9] ^= 1
    path.write_bytes(data)


def _appended_to(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"noise")


def _removed(path: Path) -> None:
    path.unlink()


def _renamed(path: Path) -> None:
    path.rename(path.with_name("moved.chain"))


def _replaced(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(samples.native(EVENTS[:3]))
    other.replace(path)


def _folder_removed(path: Path) -> None:
    shutil.rmtree(path.parent)


def _folder_renamed(path: Path) -> None:
    path.parent.rename(path.parent.with_name("elsewhere"))


GONE = [_removed, _renamed, _folder_removed, _folder_renamed]
CHANGED = [_emptied, _shortened, _written_over, _changed_at_its_end, _appended_to]


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is looked at as soon as can be."""
    monkeypatch.setattr("chainview.chain.files.native.writer.SYNC_SECONDS", 0.01)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A chain file in a folder of its own; kept chains lie in another one."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "folder").mkdir()
    return tmp_path / "folder" / "r.chain"


def held(path: Path) -> list[Event]:
    """The events of a chain file that is sound and closed."""
    with open_chain(path) as opened:
        assert verify(opened).sound
        assert opened.end is not None
        return list(opened)


@pytest.mark.parametrize("harm", [*GONE, _replaced, *CHANGED])
def test_nothing_is_lost_of_a_chain_whose_file_is_lost_at_its_end(path: Path, harm: Callable[[Path], None]) -> None:
    """Whatever somebody does to the file or its name, the end of the recording leaves it whole, and says where."""
    writer = ChainWriter.create(path, samples.header())
    for event in EVENTS:
        writer.write_event(event)
    harm(path)
    writer.close()
    assert writer.path.name == "r.chain.rescued"
    assert held(writer.path) == EVENTS
    assert len(writer.rescues) == 1
    assert writer.rescues[0].endswith(f"while it was written: the chain was written again, whole, to {writer.path}")
    assert str(path) in writer.rescues[0]


@pytest.mark.parametrize("harm", CHANGED)
def test_what_is_emptied_or_written_over_is_written_again_at_once(path: Path, harm: Callable[[Path], None]) -> None:
    """The chain goes on in the file beside it, and nothing more is written into what is somebody else's now."""
    with ChainWriter.create(path, samples.header()) as writer:
        for event in EVENTS[:20]:
            writer.write_event(event)
        harm(path)
        left = path.read_bytes()
        eventually(lambda: writer.rescues)
        for event in EVENTS[20:]:
            writer.write_event(event)
    assert held(writer.path) == EVENTS
    assert path.read_bytes() == left


@pytest.mark.parametrize("harm", [*GONE, _replaced])
def test_what_has_lost_its_name_is_told_and_written_again_when_asked(path: Path, harm: Callable[[Path], None]) -> None:
    """Until then the chain goes on in the file that is still open."""
    with ChainWriter.create(path, samples.header()) as writer:
        writer.write_event(EVENTS[0])
        harm(path)
        eventually(lambda: writer.loss)
        writer.write_event(EVENTS[1])
        assert not writer.rescues
        writer.rescue()
        assert (writer.loss, len(writer.rescues)) == (None, 1)
        for event in EVENTS[2:]:
            writer.write_event(event)
    assert held(writer.path) == EVENTS


def test_a_name_that_comes_back_is_no_loss(path: Path) -> None:
    """A file that was moved away and back is the chain's as before."""
    with ChainWriter.create(path, samples.header()) as writer:
        writer.write_event(EVENTS[0])
        path.rename(path.with_name("away"))
        eventually(lambda: writer.loss)
        path.with_name("away").rename(path)
        eventually(lambda: not writer.loss)
    assert (writer.path, writer.rescues, held(path)) == (path, (), EVENTS[:1])


def test_a_file_may_be_lost_more_than_once(path: Path) -> None:
    """Each loss is told, and each time a name is taken that nothing has."""
    with ChainWriter.create(path, samples.header()) as writer:
        for number, event in enumerate(EVENTS[:3], 1):
            writer.write_event(event)
            _emptied(writer.path)
            eventually(lambda: len(writer.rescues) == number)  # noqa: B023 - asked in this round alone
    assert writer.path.name == "r.chain.rescued-3"
    assert held(writer.path) == EVENTS[:3]


def test_of_a_chain_too_large_for_memory_what_is_left_is_written(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file cut behind what memory holds from is rescued whole; where its beginning is gone the sentence says so."""
    monkeypatch.setattr(rescue, "_KEPT_BYTES", 5000)
    for kept, said in ((0.8, "whole"), (0.0, "without its beginning")):
        with ChainWriter.create(path, samples.header(), force=True) as writer:
            for event in EVENTS:
                writer.write_event(event)
            os.truncate(path, int(path.stat().st_size * kept))
        with open_chain(writer.path) as opened:
            events = list(opened)
        assert events == EVENTS[-len(events) :]
        assert (len(events) == len(EVENTS)) == (said == "whole")
        assert said in writer.rescues[0]


def test_where_the_chain_can_not_be_written_again_that_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk that takes no copy is a failure that says what became of the file, and no half copy is left."""
    writer = ChainWriter.create(path, samples.header())
    writer.write_event(EVENTS[0])

    def full(descriptor: int, data: bytes) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    path.unlink()
    eventually(lambda: writer.loss)
    monkeypatch.setattr(os, "write", full)
    writer.rescue()
    with pytest.raises(ChainWriteError, match="was removed or renamed while it was written, and the chain can't be"):
        writer.write_event(EVENTS[1])
    writer.close()
    assert list(path.parent.iterdir()) == []


@pytest.mark.parametrize("asked", ["lseek", "pread", "fstat"])
def test_a_file_of_which_the_system_tells_nothing_more_is_written_again(
    path: Path, monkeypatch: pytest.MonkeyPatch, asked: str
) -> None:
    """A disk or a server that went away under the file leaves the chain whole, in a file elsewhere, and says so."""
    writer = ChainWriter.create(path, samples.header())
    writer.write_event(EVENTS[0])
    of_file, real, status = os.stat(path).st_ino, getattr(os, asked), os.fstat

    def gone(descriptor: int, *others: int) -> object:
        if status(descriptor).st_ino == of_file:
            raise OSError(errno.ESTALE, os.strerror(errno.ESTALE))
        return real(descriptor, *others)

    with monkeypatch.context() as gone_away:
        gone_away.setattr(os, asked, gone)
        for event in EVENTS[1:]:
            writer.write_event(event)
        writer.close()
    assert held(writer.path) == EVENTS
    assert [told.startswith(f"{path} became unreadable while it was written: ") for told in writer.rescues] == [True]


def test_where_no_file_stays_readable_the_recording_ends(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The chain is not written again and again: the second time is a failure, and nothing is written after it."""
    writer = ChainWriter.create(path, samples.header())

    def gone(descriptor: int, *others: int) -> int:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    with monkeypatch.context() as gone_away:
        gone_away.setattr(os, "lseek", gone)
        writer.write_event(EVENTS[0])
        with pytest.raises(ChainWriteError, match="became unreadable while it was written, and the chain can't be"):
            writer.write_event(EVENTS[1])
        writer.close()
    assert len(writer.rescues) == 1
    assert sorted(each.name for each in path.parent.iterdir()) == ["r.chain", "r.chain.rescued"]


def test_what_a_system_gives_in_pieces_is_no_loss(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A read may give less than there is: it is read on."""
    real = os.pread
    monkeypatch.setattr(os, "pread", lambda descriptor, size, at: real(descriptor, min(size, 100), at))
    with ChainWriter.create(path, samples.header()) as writer:
        for event in EVENTS:
            writer.write_event(event)
    assert (writer.path, writer.rescues) == (path, ())
    assert held(path) == EVENTS


@pytest.mark.parametrize("number", [errno.EDQUOT, errno.EIO, errno.EINTR])
def test_a_file_that_can_not_be_closed_is_told(path: Path, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """A quota or a server that refuses what was written only at the end is a failure; an interruption is none."""
    writer = ChainWriter.create(path, samples.header())
    writer.write_event(EVENTS[0])
    of_file, real = os.stat(path).st_ino, os.close

    def refused(descriptor: int) -> None:
        is_its = os.fstat(descriptor).st_ino == of_file
        real(descriptor)
        if is_its:
            raise OSError(number, os.strerror(number))

    interrupted = number == errno.EINTR
    with monkeypatch.context() as refusing:
        refusing.setattr(os, "close", refused)
        with nullcontext() if interrupted else pytest.raises(ChainWriteError, match="to the disk: "):
            writer.close()
    writer.close()
    assert held(path) == EVENTS[:1]
