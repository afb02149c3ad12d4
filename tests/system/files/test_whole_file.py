"""Files that are written whole or not at all."""

from __future__ import annotations

import errno
import os
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from chainview.chain.files.native.layout import MAGIC
from chainview.chain.files.native.writer import ChainWriter
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import NotKept, whole_file, write_whole
from tests.chain import samples


def test_a_file_appears_whole_or_not_at_all(tmp_path: Path) -> None:
    """A file that fails half-way leaves nothing, an existing one stays, and force replaces it when it is whole."""
    path = tmp_path / "out"

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise ChainviewError("no more")

    with pytest.raises(ChainviewError, match="no more"):
        write_whole(path, pieces())
    assert list(tmp_path.iterdir()) == []
    write_whole(path, [b"a", b"b"])
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"ab", 0o600)
    with pytest.raises(ChainviewError, match="exists already"):
        write_whole(path, [b"c"])
    with pytest.raises(ChainviewError, match="no more"):
        write_whole(path, pieces(), force=True)
    assert path.read_bytes() == b"ab"
    write_whole(path, [b"c"], force=True)
    assert path.read_bytes() == b"c"
    with pytest.raises(ChainviewError, match="can't write"):
        write_whole(tmp_path / "none" / "x", [b""])
    with pytest.raises(ChainviewError, match="is a folder"):
        write_whole(tmp_path, [b""], force=True)


def test_a_file_that_is_being_written_is_not_replaced(tmp_path: Path) -> None:
    """Even force does not replace a chain that a program is writing."""
    path = tmp_path / "live.chain"
    with ChainWriter.create(path, samples.header()), pytest.raises(ChainviewError, match="being written"):
        write_whole(path, [b"x"], force=True)


def test_work_that_is_given_up_leaves_nothing(tmp_path: Path) -> None:
    """A file that is written in slices is not there before its last one, nor when the slices end early."""
    path = tmp_path / "out"

    def slices() -> Generator[None]:
        with whole_file(path) as file:
            for piece in (b"a", b"b"):
                file.write(piece)
                yield

    work = slices()
    next(work)
    assert not path.exists()
    work.close()
    assert list(tmp_path.iterdir()) == []
    for _ in slices():
        assert not path.exists()
    assert path.read_bytes() == b"ab"


def test_a_link_stays_where_it_is(tmp_path: Path) -> None:
    """What it leads to is replaced; one that leads nowhere is refused."""
    real, link = tmp_path / "real" / "a", tmp_path / "link"
    real.parent.mkdir()
    real.write_bytes(b"before")
    link.symlink_to("real/a")
    with ChainWriter.create(link, samples.header(), force=True) as writer:
        assert writer.path == real
    assert link.is_symlink()
    assert real.read_bytes().startswith(MAGIC)
    write_whole(link, [b"now"], force=True)
    assert link.is_symlink()
    assert real.read_bytes() == b"now"
    real.unlink()
    with pytest.raises(ChainviewError, match="no file that can be replaced"):
        write_whole(link, [b"now"], force=True)
    assert link.is_symlink()
    assert not list(real.parent.iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="the system has no names for what is open")
def test_a_stream_is_never_replaced(tmp_path: Path) -> None:
    """The name of what a process has open, as /dev/stdout is one, stays as it is, though it leads to a file."""
    with (tmp_path / "out").open("wb") as out:
        link = tmp_path / "stdout"
        link.symlink_to(f"/proc/self/fd/{out.fileno()}")
        for name in (link, Path(f"/proc/self/fd/{out.fileno()}")):
            with pytest.raises(ChainviewError, match="no file that can be replaced"):
                write_whole(name, [b"now"], force=True)
            with pytest.raises(ChainviewError, match="no file that can be replaced"):
                ChainWriter.create(name, samples.header(), force=True)
    assert link.is_symlink()
    assert (tmp_path / "out").read_bytes() == b""


def test_a_folder_that_fails_is_told_of_a_file_that_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a power cut leaves it there nobody knows; that it can't be written would be a lie."""

    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("chainview.system.files.whole_file.sync_folder", fail)
    for force in (False, True):
        with pytest.raises(NotKept, match="out is written, but may not outlive a power cut: input/output error"):
            write_whole(tmp_path / "out", [b"all"], force=force)
        assert [each.read_bytes() for each in tmp_path.iterdir()] == [b"all"]


@pytest.mark.parametrize("written", [True, False])
def test_a_name_that_can_not_be_removed_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: bool
) -> None:
    """Where a disk takes nothing any more, why the file could not be written is told; one that was written is there."""

    def refused(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "unlink", refused)
    if written:
        write_whole(tmp_path / "out", [b"all"])
        assert (tmp_path / "out").read_bytes() == b"all"
        return
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ChainviewError, match=r"can't write .*out: no space left"):
        write_whole(tmp_path / "out", [b"all"])
