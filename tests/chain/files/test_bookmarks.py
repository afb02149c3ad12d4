"""Bookmarks: in the chain's own file where that can be, else beside it."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from chainview.chain.families.kept_chains import kept_chains
from chainview.chain.files.bookmarks import (
    append_note,
    bookmark_note,
    change_beside,
    file_beside,
    read_beside,
    told_in,
    write_beside,
)
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import turn_in
from tests.chain import samples


@pytest.mark.parametrize("closed", [True, False])
def test_a_note_is_appended_and_nothing_else_changes(tmp_path: Path, closed: bool) -> None:
    """The chain is as sound, as closed and as old as before, its hashes are the same, and the bookmark is in it."""
    path = tmp_path / "a.chain"
    path.write_bytes(samples.native(samples.events(6), end=closed))
    os.utime(path, (1000, 2000))
    with open_chain(path) as opened:
        before = [event.hash for event in opened]
    size = path.stat().st_size
    for number in (4, 5):
        grown = append_note(path, bookmark_note(number, "see 漢字"), size)
        assert grown == path.stat().st_size
        size = grown
    with open_chain(path) as opened:
        assert [event.hash for event in opened] == before
        assert verify(opened).sound
        assert (opened.end is not None) == closed
        assert [told_in(note.data) for note in opened.notes] == [(4, "see 漢字"), (5, "see 漢字")]
    [kept] = kept_chains(tmp_path)
    assert (kept.closed, kept.events) == (closed, 6)
    assert path.stat().st_mtime == 2000


def test_what_is_not_ours_to_write_is_left_alone(tmp_path: Path) -> None:
    """Nothing is written to a file of another format, of another size than was read, or that is being written."""
    chain = tmp_path / "a.chain"
    chain.write_bytes(samples.native(samples.events(3)))
    foreign = tmp_path / "b.json"
    foreign.write_text("[]")
    note = bookmark_note(1, "")
    assert append_note(chain, note, chain.stat().st_size - 1) is None
    assert append_note(foreign, note, 2) is None
    assert append_note(tmp_path / "none", note, 0) is None
    with ChainWriter.create(tmp_path / "c.chain", samples.header()) as writer:
        writer.write_event(samples.events(1)[0])
        path = writer.path
        size = path.stat().st_size
        assert append_note(path, note, size) is None
        assert path.stat().st_size == size
    assert foreign.read_text() == "[]"


def test_what_lies_beside_a_chain_is_read_back(tmp_path: Path) -> None:
    """Bookmarks and those taken away are kept; none at all leaves no file, and a file of something else is told."""
    chain = tmp_path / "a.json"
    assert read_beside(chain) == {}
    write_beside(chain, {3: "why?", 7: "", 9: None})
    assert read_beside(chain) == {3: "why?", 7: "", 9: None}
    write_beside(chain, {})
    assert not file_beside(chain).exists()
    for other in ("{", "[]", '{"bookmarks": 3}'):
        file_beside(chain).write_text(other)
        with pytest.raises(ChainviewError):
            read_beside(chain)
    file_beside(chain).write_text('{"bookmarks": [{"event": "x"}, 5, {"event": 2, "text": "ok"}]}')
    assert read_beside(chain) == {2: "ok"}


def test_two_who_bookmark_one_chain_keep_each_others(tmp_path: Path) -> None:
    """A change is made of what lies there by then, and waits for the turn of whoever is making another."""
    chain = tmp_path / "a.json"
    found = list[dict[int, str | None]]()
    with turn_in(tmp_path):
        other = threading.Thread(target=lambda: found.append(change_beside(chain, 5, "theirs")))
        other.start()
        write_beside(chain, {2: "ours"})
    other.join()
    assert found == [{2: "ours", 5: "theirs"}] == [read_beside(chain)]
    assert change_beside(chain, 2, None) == {2: None, 5: "theirs"}
    assert change_beside(chain, 2, None, kept=False) == {5: "theirs"}
    assert change_beside(chain, 5, "", kept=False) == {}
    assert not file_beside(chain).exists()


def test_what_lies_beside_and_is_no_bookmarks_is_not_written_over(tmp_path: Path) -> None:
    """A file that can't be read as bookmarks stays what it is, and that nothing was kept is said."""
    chain = tmp_path / "a.json"
    file_beside(chain).write_text("mine")
    with pytest.raises(ChainviewError, match="can't be read"):
        change_beside(chain, 1, "")
    assert file_beside(chain).read_text() == "mine"
