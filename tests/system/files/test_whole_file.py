"""Files that are written whole or not at all."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from chainview.chain.files.native.writer import ChainWriter
from chainview.system.errors import ChainviewError
from chainview.system.files.whole_file import whole_file, write_whole
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
