"""An actor that is rebuilt twenty times in a row under a live screen in a real terminal."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from chainview.chain.files.entries.entry import Note
from chainview.chain.files.native.reader import read_entries
from tests.commands.running import chainview
from tests.e2e import rebuilding as how
from tests.e2e.rebuilding import BROKEN, DIFFERS, GONE, IDENTICAL, Rebuild, Watched, build, remark
from tests.e2e.terminal import EXITED, terminal

pytestmark = pytest.mark.once

COMPONENT = b"\0asm\x0d\0\x01\0"
UNKNOWN_IMPORT = build().replace(b"sample:pricing/rates", b"sample:pricing/grate", 1)
HALF = len(build()) // 2
REBUILDS = (
    Rebuild(how.renamed, IDENTICAL, build("refactored")),
    Rebuild(how.in_place, IDENTICAL, remark("in place")),
    Rebuild(how.in_chunks, DIFFERS, build("number-format"), "rate of tea: 4.5"),
    Rebuild(how.in_place, BROKEN, remark("halves")[:HALF], "no valid WebAssembly module"),
    Rebuild(how.appended, IDENTICAL, remark("halves")[HALF:]),
    Rebuild(how.renamed, BROKEN, b"garbage " * 100, "is no WebAssembly module"),
    Rebuild(how.in_place, BROKEN, b"", "is empty"),
    Rebuild(how.removed, GONE, says="is gone"),
    Rebuild(how.in_place, IDENTICAL, remark("back again")),
    Rebuild(how.folder, BROKEN, says="is a folder"),
    Rebuild(how.for_the_folder, DIFFERS, build("two-faults"), "price of tea"),
    Rebuild(how.rapid, IDENTICAL, remark("the last of five")),
    Rebuild(how.touched_first, IDENTICAL, remark("touched")),
    Rebuild(how.renamed, BROKEN, UNKNOWN_IMPORT, "sample:pricing/grate.lookup"),
    Rebuild(how.in_place, BROKEN, COMPONENT, "is a WebAssembly component"),
    Rebuild(how.renamed, DIFFERS, build("endless-loop")),
    Rebuild(how.linked, IDENTICAL, remark("linked")),
    Rebuild(how.as_symlink, DIFFERS, build("loop-fewer")),
    Rebuild(how.with_an_old_time, IDENTICAL, remark("old")),
    Rebuild(how.renamed, IDENTICAL, build()),
)
CALLS = ("--call", 'set-rate("tea", 450u64)', "--call", 'forecast("tea", 60u32)', "--timeout", "2s")
WORDS = {IDENTICAL: "identical", DIFFERS: "diverged", BROKEN: "broken"}
"""The states in the notes."""


@contextmanager
def watched(folder: Path) -> Iterator[Watched]:
    """The correct build on a live screen, its chain in `c.chain`; quits at the end."""
    module = folder / "pricing.wasm"
    module.write_bytes(build())
    words = ("run", str(module), "--stub", *CALLS, "-o", str(folder / "c.chain"))
    with terminal(folder, *words, columns=250, rows=45) as window:
        window.wait("week 60: tea")
        yield Watched(window, module)
        window.keys("q")
        window.wait(f"{EXITED} 0")


def notes_in(folder: Path) -> list[dict[str, Any]]:
    """The notes of the chain that was recorded."""
    entries = read_entries((folder / "c.chain").read_bytes())
    return [entry.data for entry in entries if isinstance(entry, Note)]


def test_twenty_rebuilds_each_get_their_verdict_and_the_session_goes_on(tmp_path: Path) -> None:
    """Identical builds are taken, others wait, broken ones say why; keys answer and calls are made after each."""
    assert len(REBUILDS) == 20
    with watched(tmp_path) as live:
        for step in REBUILDS:
            live.rebuild(step)
            live.call()
    assert chainview(tmp_path, "verify", "c.chain").code == 0
    notes = notes_in(tmp_path)
    left, content = iter(notes), b""
    for step in REBUILDS:
        if step.verdict == GONE:
            continue
        content = content + step.data if step.manner is how.appended else step.data
        # What does not load has no hash; a file that was half written for long may have been told as broken before.
        known = {hashlib.sha256(content).hexdigest(), *([""] if step.verdict == BROKEN else [])}
        assert any(note["state"] == WORDS[step.verdict] and note["sha256"] in known for note in left), step
    with terminal(tmp_path, "open", str(tmp_path / "c.chain"), columns=120, rows=200) as window:
        screen = window.wait("shutdown")
    assert [note["text"] for note in notes if not any(form[:30] in screen for form in note["brief"])] == []
    # What became of an older build is not told after a newer one.
    numbers = [note["build"] for note in notes]
    assert numbers == sorted(numbers)


def test_a_build_that_comes_back_as_it_was_is_told_again(tmp_path: Path) -> None:
    """After a clean, or a broken build, the very bytes of before are checked anew, and told."""
    with watched(tmp_path) as live:
        live.rebuild(Rebuild(how.removed, GONE, says="is gone"))
        live.rebuild(Rebuild(how.in_place, IDENTICAL, build()))
        live.rebuild(Rebuild(how.renamed, DIFFERS, build("number-format")))
        live.rebuild(Rebuild(how.renamed, BROKEN, b"garbage", "is no WebAssembly module"))
        live.rebuild(Rebuild(how.renamed, DIFFERS, build("number-format")))
