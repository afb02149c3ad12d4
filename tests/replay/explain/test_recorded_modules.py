"""Which modules made a recording: known by SHA-256, at hand, kept, or given by name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from chainview.actor.engine.loading import compile_module, load_module, read_module
from chainview.actor.module_cache import keep_module
from chainview.chain.files.entries.header import Header
from chainview.chain.files.opened import open_chain
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.pack.values import S32
from chainview.replay.explain.control import RecordedModules, recorded_modules
from chainview.replay.run.build_notes import RecordedBuild
from chainview.replay.run.recording import Recording
from tests.actor.guests import Guest
from tests.commands.running import SAMPLES

PRICING = SAMPLES / "pricing"
OWN, OTHER = PRICING / "pricing.wasm", PRICING / "faults" / "trap.wasm"


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Recording:
    """A recording of the pricing actor, with nothing in the cache of modules."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("chainview.actor.module_cache.modules_folder", lambda: tmp_path / "modules")
    with open_chain(PRICING / "workloads" / "short.chain") as opened:
        found = Recording.of(opened.load())
    assert found.header is not None
    found.header = replace(found.header, module_sha256=read_module(OWN).sha256)
    return found


def test_the_module_given_is_doubted_only_when_it_is_another(recording: Recording) -> None:
    """A module named by a person is taken, and doubted exactly where its SHA-256 is not the recorded one."""
    own, other = (recorded_modules(recording, [], path) for path in (OWN, OTHER))
    assert isinstance(own, RecordedModules)
    assert isinstance(other, RecordedModules)
    assert own.doubt == ""
    assert "is not the recorded module" in other.doubt
    recording.header = None
    unknown = recorded_modules(recording, [], OTHER)
    assert isinstance(unknown, RecordedModules)
    assert unknown.doubt == ""


def test_a_kept_module_is_used_only_as_it_was_kept(recording: Recording, tmp_path: Path) -> None:
    """The recorded module is found in the cache; one whose bytes were changed there is thrown away."""
    assert "is not at hand" in str(recorded_modules(recording, []))
    keep_module(read_module(OWN))
    assert isinstance(recorded_modules(recording, []), RecordedModules)
    [kept] = [path for path in (tmp_path / "modules").rglob("*") if path.is_file()]
    kept.write_bytes(OTHER.read_bytes())
    assert "is not at hand" in str(recorded_modules(recording, []))
    assert not kept.exists()


@pytest.mark.parametrize("calls", [0, 1])
def test_a_build_without_calls_is_not_needed(recording: Recording, calls: int) -> None:
    """A later build must be at hand only where a recorded call was made with it."""
    start = recording.starts[-1] if calls else len(recording)
    recording.builds = [RecordedBuild(start, "0" * 64, None)]
    found = recorded_modules(recording, [load_module(OWN)])
    if calls:
        assert "(0000000…) is not at hand" in str(found)
    else:
        assert isinstance(found, RecordedModules)
        assert not found.later


def test_a_module_at_hand_is_known_by_its_bytes(recording: Recording) -> None:
    """A loaded module with the recorded SHA-256 is the recorded one; another one at hand is not."""
    found = recorded_modules(recording, [load_module(OTHER), load_module(OWN)])
    assert isinstance(found, RecordedModules)
    assert found.first.file.name == OWN.name
    assert isinstance(recorded_modules(recording, [load_module(OTHER)]), str)


def test_a_folder_is_searched_by_what_its_modules_are(tmp_path: Path) -> None:
    """The recorded module is found under any name in a folder that a person named, beside what is none."""
    path = Guest().returning("f", S32(1)).written(tmp_path, "m.wat")
    loaded = compile_module(read_module(path))
    folder = tmp_path / "builds"
    folder.mkdir()
    (folder / "a.wasm").write_bytes(b"none")
    (folder / "old.wasm").write_bytes(loaded.file.data)
    header = Header(module_sha256=loaded.file.sha256)
    found = recorded_modules(Recording(EventTable(), Schema.VALUES, header), [], folder)
    assert isinstance(found, RecordedModules)
    assert (found.first.file.path.name, found.doubt) == ("old.wasm", "")
    other = recorded_modules(Recording(EventTable(), Schema.VALUES, Header(module_sha256="ab" * 32)), [], folder)
    assert isinstance(other, str)
