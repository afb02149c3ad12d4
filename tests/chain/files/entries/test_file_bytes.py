"""Files that are read as bytes."""

from __future__ import annotations

import os
from array import array
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.entries import file_bytes
from chainview.chain.files.entries.file_bytes import Change, FileBytes
from chainview.system.errors import ChainviewError

DATA = bytes(range(7)) * 40_000
ENDS = st.none() | st.integers(-50, 50) | st.integers(-len(DATA) - 9, len(DATA) + 9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all examples of a law share."""
    return tmp_path_factory.mktemp("files")


def held(path: Path, data: bytes) -> FileBytes:
    """A file of these bytes, written long ago; its descriptor stays open with the test."""
    path.write_bytes(data)
    os.utime(path, (0, 0))
    return FileBytes(os.open(path, os.O_RDONLY), "x.chain")


@given(
    start=ENDS,
    stop=ENDS,
    wanted=st.binary(min_size=1, max_size=4) | st.sampled_from([DATA[3:20], DATA[:9000], b"\x06\x01"]),
)
def test_a_file_reads_as_its_bytes(folder: Path, start: int | None, stop: int | None, wanted: bytes) -> None:
    """Slices, single bytes and what is found are those of the bytes it holds, across the pieces it is read in."""
    files = held(folder / "law", DATA)
    assert len(files) == len(DATA)
    assert files[start:stop] == DATA[start:stop]
    begin, end, _ = slice(start, stop).indices(len(DATA))
    assert files.find(wanted, begin, end) == DATA.find(wanted, begin, end)
    if begin < len(DATA):
        assert files[begin] == DATA[begin]


def test_what_lies_across_two_pieces_is_found(tmp_path: Path) -> None:
    """Bytes of which some end one piece and some begin the next are found where they lie."""
    piece = file_bytes._PIECE
    for at in (piece - 3, piece - 1, piece, 2 * piece - 2):
        data = bytes(at) + b"here" + bytes(2 * piece)
        assert held(tmp_path / "x", data).find(b"here") == at


def test_a_file_that_became_shorter_is_told(tmp_path: Path) -> None:
    """Bytes that are gone are an error in one sentence, or zeros for a screen; those that are left are still read."""
    path = tmp_path / "x.chain"
    files = held(path, DATA)
    os.truncate(path, 100_000)
    assert "became shorter" in str(files.change())
    assert files[60_000:100_000] == DATA[60_000:100_000]
    for read in (lambda: files[99_000:100_001], lambda: files[len(DATA) - 1], lambda: files.find(b"none")):
        with pytest.raises(ChainviewError, match=r"x\.chain became shorter while it was being read: open it again"):
            read()
    files.tolerate()
    assert files[99_990:100_010] == DATA[99_990:100_000] + bytes(10)
    assert files[200_000] == 0
    assert len(files) == len(DATA)


def test_what_was_read_stays_when_a_file_is_emptied(tmp_path: Path) -> None:
    """What was read a moment ago is still there."""
    path = tmp_path / "x.chain"
    files = held(path, DATA)
    assert files[10:20] == DATA[10:20]
    path.write_bytes(b"")
    assert files[10:20] == DATA[10:20]


def test_a_file_takes_in_what_is_appended(tmp_path: Path) -> None:
    """It ends where it ended until it grows, and a piece that was read before its end came is read again."""
    path = tmp_path / "x.chain"
    files = held(path, b"one")
    assert (files[:9], files.change()) == (b"one", None)
    with path.open("ab") as file:
        file.write(b"two")
    assert (files[:9], files.change()) == (b"one", None)
    assert files.grow()
    assert files[:9] == b"onetwo"
    assert not files.grow()
    assert files.change() is None


@pytest.mark.parametrize("written", [b"another", b"another, that is longer", bytes(900)])
def test_a_file_that_is_written_over_is_told(tmp_path: Path, written: bytes) -> None:
    """Other bytes in the place of those that were read are no growth, however many there are."""
    path = tmp_path / "x.chain"
    files = held(path, b"the one")
    with path.open("r+b") as file:
        file.write(written)
    assert files.change() is Change.WRITTEN_OVER
    if len(written) > 7:
        with pytest.raises(ChainviewError, match="written over"):
            files.grow()


@given(
    at=st.integers(0, len(DATA) - 1), step=st.sampled_from([1, 1000, file_bytes._PIECE, 100_000]), read=st.integers(1)
)
def test_no_growth_hides_a_change(folder: Path, at: int, step: int, read: int) -> None:
    """One byte that changed where a file was read is told, though more was appended."""
    path = folder / "grown"
    files = held(path, DATA)
    first = max(0, at - read % (3 * step))
    for begin in range(first, at + 1, step):
        assert files[begin : begin + step] == DATA[begin : begin + step]
    files.forget()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(bytes([DATA[at] ^ 1]))
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    assert files.change(everywhere=True) is Change.WRITTEN_OVER


def test_a_look_at_a_file_that_grows_finds_what_changed_in_what_it_holds(tmp_path: Path) -> None:
    """Without reading all of it again, a change in what is held of a file is told, and it does not grow."""
    path = tmp_path / "x.chain"
    files = held(path, DATA)
    assert files[150_000:150_009] == DATA[150_000:150_009]
    with path.open("r+b") as file:
        file.seek(150_000)
        file.write(b"changed")
        file.seek(0, os.SEEK_END)
        file.write(b"more")
    assert files.change() is Change.WRITTEN_OVER
    with pytest.raises(ChainviewError, match="written over"):
        files.grow()


def test_a_look_at_a_file_that_grows_compares_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However much was read of a file, a look at one that grew reads what is held, its ends and a few pieces."""
    path = tmp_path / "x.chain"
    files = held(path, bytes(8 << 20))
    for at in range(0, len(files), 5000):
        assert files[at] == 0
    with path.open("ab") as file:
        file.write(b"more")
    read = os.pread
    reads: list[int] = []

    def counted(descriptor: int, size: int, at: int) -> bytes:
        reads.append(size)
        return read(descriptor, size, at)

    monkeypatch.setattr(os, "pread", counted)
    assert files.change() is None
    assert sum(reads) <= (1 << 20) + 40 * file_bytes._PIECE
    assert files.grow()
    assert files.change(everywhere=True) is None


def test_little_of_a_file_is_held(tmp_path: Path) -> None:
    """However much of it is read, at most a megabyte stays in memory."""
    files = held(tmp_path / "x", bytes(3 << 20))
    for at in range(0, len(files), 1000):
        assert files[at] == 0
    assert sum(map(len, files._held.values())) <= 1 << 20


def test_a_file_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """What the system refuses is an error in one sentence."""
    with pytest.raises(ChainviewError, match=r"can't read x\.chain: is a directory"):
        FileBytes(os.open(tmp_path, os.O_RDONLY), "x.chain")


def test_no_byte_stands_outside_a_file(tmp_path: Path) -> None:
    """An offset before the first byte or behind the last is an IndexError, as with bytes, and -1 is the last."""
    files = held(tmp_path / "x", b"one")
    assert files[-1] == ord("e")
    for at in (3, -4):
        with pytest.raises(IndexError):
            files[at]


def test_a_file_that_shrank_does_not_grow(tmp_path: Path) -> None:
    """Looking for more in a file that holds less tells that it became shorter."""
    path = tmp_path / "x.chain"
    files = held(path, DATA)
    os.truncate(path, 9)
    with pytest.raises(ChainviewError, match="became shorter"):
        files.grow()


def test_a_screen_goes_on_over_a_disk_that_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system reads no more, an error says so; a screen that has to go on gets zeros."""
    files = held(tmp_path / "x.chain", DATA)

    def fails(*_: object) -> bytes:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "pread", fails)
    with pytest.raises(ChainviewError, match=r"can't read x\.chain"):
        files[0]
    files.tolerate()
    assert files[5:9] == bytes(4)


def test_a_file_at_rest_is_open_only_while_it_is_read(tmp_path: Path) -> None:
    """What it holds is read by its name, as long as that names the same file; another one is told."""
    path = tmp_path / "x.chain"
    path.write_bytes(DATA)
    descriptor = os.open(path, os.O_RDONLY)
    files = FileBytes(descriptor, str(path))
    files.rest()
    os.close(descriptor)
    assert (files[5:20_000], files[70_000:70_009]) == (DATA[5:20_000], DATA[70_000:70_009])
    assert files.change() is None
    path.write_bytes(DATA + b"more")
    with pytest.raises(ChainviewError, match="was written over while it was being read"):
        files[200_000:200_009]


class _Unread(array):  # type: ignore[type-arg]  # it takes no argument at run time
    """What the pieces of a file come to, of which nobody may go through all."""

    def __iter__(self) -> Iterator[int]:
        raise AssertionError("all pieces of a file were gone through")


def test_a_read_goes_through_none_of_the_pieces_before_it(tmp_path: Path) -> None:
    """However much of a file was read, a read looks at its own pieces alone."""
    files = held(tmp_path / "x", DATA)
    files._sums = _Unread("q")
    step = file_bytes._PIECE + 9
    read = [files[at : at + 2 * step] for at in range(0, len(DATA), step)]
    assert read == [DATA[at : at + 2 * step] for at in range(0, len(DATA), step)]
