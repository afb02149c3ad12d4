"""What a header or a note tells is a text that anybody may have written: a SHA-256 is one, or it is ignored."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.module_cache import cached_module
from chainview.chain.files.entries.entry import OTHER_CHAINS, Note
from chainview.chain.files.entries.header import sha256_in
from chainview.chain.files.native.layout import pack_event, pack_header, pack_note
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.replay.run.build_notes import recorded_builds
from chainview.replay.run.recording import Recording
from chainview.system.files.locations import modules_folder
from tests.chain import samples

EVENTS = samples.events(3)
NOT_A_SHA: list[Any] = [
    "",
    "ab",
    "../../x",
    "/etc/passwd",
    "a" * 63,
    "a" * 65,
    "g" * 64,
    "a" * 300,
    "a" * 63 + "\n",
    5,
    b"a" * 64,
]


@pytest.mark.parametrize("sha256", NOT_A_SHA)
def test_what_is_no_sha256_is_ignored(tmp_path: Path, sha256: Any) -> None:
    """In a header and in a note alike; nothing of it becomes a path."""
    assert sha256_in(sha256) == ""
    note = Note("build", {"state": "taken", "sha256": sha256})
    assert recorded_builds([note]) == []
    header = replace(samples.header(), module_sha256=sha256)
    path = tmp_path / "c.chain"
    path.write_bytes(b"".join([pack_header(header), *map(pack_event, EVENTS), pack_note(note)]))
    with open_chain(path) as opened:
        assert verify(opened).sound
        assert opened.header is not None
        assert opened.header.module_sha256 == ""


def test_a_sha256_is_taken_in_large_digits_too() -> None:
    """One has one spelling from then on."""
    assert sha256_in("AB" * 32) == sha256_in("ab" * 32) == "ab" * 32


def test_only_a_sha256_names_a_kept_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path that leads out of the cache finds nothing, whatever lies there."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = modules_folder()
    folder.mkdir(parents=True)
    (folder.parent / "out.wasm").write_bytes(b"\0asm")
    name = sha256(b"\0asm").hexdigest()
    (folder / f"{name}.wasm").write_bytes(b"\0asm")
    assert cached_module("../out") is None
    assert cached_module("x" * 300) is None
    assert cached_module(name) is not None


@pytest.mark.parametrize("state", [["taken"], {"taken": 1}, None, 5, b"taken"])
def test_a_note_of_any_types_tells_of_no_build(state: Any) -> None:
    """What is no word is no state of a build."""
    assert recorded_builds([Note("build", {"state": state, "sha256": "ab" * 32})]) == []


def test_a_count_that_is_none_is_told_as_none(tmp_path: Path) -> None:
    """A note of ours that somebody else wrote ends nothing."""
    path = tmp_path / "c.chain"
    path.write_bytes(
        b"".join(
            [pack_header(samples.header()), *map(pack_event, EVENTS), pack_note(Note(OTHER_CHAINS, {"events": "x"}))]
        )
    )
    with open_chain(path) as opened:
        assert any("left out: 0" in remark for remark in verify(opened).remarks)


def test_a_state_that_can_not_be_decoded_is_not_known(tmp_path: Path) -> None:
    """As in a chain that does not hold it: what init does without it is not blamed."""
    path = tmp_path / "c.chain"
    path.write_bytes(
        b"".join([pack_header(replace(samples.header(), initial_state=b"CGRFx")), *map(pack_event, EVENTS)])
    )
    with open_chain(path) as opened:
        verify(opened)
        assert Recording.of(opened).initial_state is None
