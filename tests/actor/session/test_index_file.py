"""The index of a family that somebody meddles with while it is written."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.actor.session.index_file import IndexFile
from chainview.chain.families.index import INDEX, Entry, read_index
from chainview.system.errors import ChainviewError

FIRST, SECOND = Entry("0-a.chain", "id-0", "a"), Entry("1-b.chain", "id-1", "b", "id-0")


def begun(folder: Path) -> IndexFile:
    """One of a root."""
    index = IndexFile(folder)
    index.add(FIRST)
    return index


def entries(folder: Path) -> list[Entry]:
    """Those that a reader finds."""
    found = read_index(folder)
    return [] if found is None else list(found.entries)


def become_a_folder(path: Path) -> None:
    """Makes a folder of the file."""
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    ("meddle", "told"),
    [
        (Path.unlink, "was removed or renamed"),
        (lambda path: path.write_bytes(b""), "was changed by somebody else"),
        (lambda path: path.write_bytes(path.read_bytes() + b"{}"), "was changed by somebody else"),
    ],
)
@pytest.mark.parametrize("at_end", [True, False])
def test_an_index_that_is_lost_is_written_again(
    tmp_path: Path, meddle: Callable[[Path], None], told: str, at_end: bool
) -> None:
    """Whole and once, when the next actor begins or at the end; the sentence names it and what became of it."""
    index = begun(tmp_path)
    meddle(tmp_path / INDEX)
    if not at_end:
        index.add(SECOND)
    index.put_right()
    index.put_right()
    assert entries(tmp_path) == [FIRST, SECOND][: 1 if at_end else 2]
    said = f"{tmp_path / INDEX} {told} while the family was recorded: it was written again, whole"
    assert index.rescues == (said,)


def test_one_that_nobody_touched_stays(tmp_path: Path) -> None:
    """Nothing is written, and nothing told."""
    index = begun(tmp_path)
    before = (tmp_path / INDEX).stat()
    index.put_right({"id-0": tmp_path / "0-a.chain", "id-1": None})
    assert (tmp_path / INDEX).stat() == before
    assert index.rescues == ()


def test_it_names_the_chains_that_were_written_again(tmp_path: Path) -> None:
    """Under their new names, as far as they lie in the folder; that is no loss of its own."""
    index = begun(tmp_path)
    index.add(SECOND)
    index.put_right({"id-0": tmp_path / "0-a.chain.rescued", "id-1": tmp_path / "elsewhere" / "1-b.chain.rescued"})
    assert [each.file for each in entries(tmp_path)] == ["0-a.chain.rescued", "1-b.chain"]
    assert index.rescues == ()


def test_one_that_can_not_be_written_again_is_told(tmp_path: Path) -> None:
    """With the reason; an actor that begins is refused, as it could not be found later."""
    index = begun(tmp_path)
    become_a_folder(tmp_path / INDEX)
    index.put_right()
    index.put_right()
    (said,) = index.rescues
    assert (
        f"can't be read (it is no regular file) while the family was recorded: it was not written again: {tmp_path}"
        in said
    )
    with pytest.raises(ChainviewError, match="can't write"):
        index.add(SECOND)
