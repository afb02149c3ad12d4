"""`chains` as a process: kept chains are listed and pruned."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_header
from chainview.chain.files.native.writer import ChainWriter
from tests.chain import samples
from tests.commands.running import chainview

pytestmark = pytest.mark.once


def keep(folder: Path, name: str, actor: str, count: int, *, age: float, closed: bool = True) -> Path:
    """A kept chain that was last written so many seconds ago."""
    kept = folder / "xdg_state_home" / "chainview" / "chains"
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / f"{name}.chain"
    data = samples.native(samples.events(count), end=closed)
    began = Header(actor_name=actor, time_ns=samples.START_NS - int(age * 1e9))
    path.write_bytes(pack_header(began) + data[len(pack_header(samples.header())) :])
    os.utime(path, (path.stat().st_atime, path.stat().st_mtime - age))
    return path


def test_kept_chains_are_listed_newest_first(tmp_path: Path) -> None:
    """The listing has actor, events, size and whether a chain is closed, also for what is no chain."""
    old = keep(tmp_path, "a", "old-actor", 5, age=5000)
    new = keep(tmp_path, "b", "new\x1bactor", 12, age=10, closed=False)
    (new.parent / "junk.chain").write_bytes(b"junk")
    (new.parent / "empty.chain").touch()
    (new.parent / "other.txt").write_text("not listed")
    found = json.loads(chainview(tmp_path, "chains", "--json").out)
    assert (found["chainview"], found["command"], found["folder"]) == (1, "chains", str(new.parent))
    listed = {Path(each["path"]).stem: each for each in found["chains"]}
    assert list(listed).index("b") < list(listed).index("a")
    assert set(listed) == {"a", "b", "junk", "empty"}
    assert [listed["a"][key] for key in ("actor", "events", "bytes", "closed", "live")] == [
        "old-actor",
        5,
        old.stat().st_size,
        True,
        False,
    ]
    assert (listed["b"]["events"], listed["b"]["closed"]) == (12, False)
    assert (listed["junk"]["events"], listed["empty"]["events"]) == (None, None)
    text = chainview(tmp_path, "chains").out
    assert "new\\u{1b}actor, b.chain" in text
    assert len(text.splitlines()) == 5


def test_no_kept_chains(tmp_path: Path) -> None:
    """Without a folder of kept chains there is nothing to list, and that is no failure."""
    told = chainview(tmp_path, "chains")
    assert (told.code, told.out, "no chains" in told.err) == (0, "", True)
    assert json.loads(chainview(tmp_path, "chains", "--json").out)["chains"] == []


def test_pruning_by_age(tmp_path: Path) -> None:
    """Chains not written for the time given go, after a dry run that only tells."""
    old, new = keep(tmp_path, "a", "x", 5, age=40 * 86400), keep(tmp_path, "b", "x", 5, age=86400)
    told = chainview(tmp_path, "chains", "--prune", "--older-than", "30d", "--dry-run")
    assert (told.code, old.exists()) == (0, True)
    assert told.out.startswith(f"would remove {old}")
    done = json.loads(chainview(tmp_path, "chains", "--prune", "--older-than", "30d", "--json").out)
    assert (done["removed"], old.exists(), new.exists()) == ([str(old)], False, True)
    assert [each["path"] for each in done["chains"]] == [str(new)]


def test_pruning_by_size_takes_the_oldest_and_never_one_being_written(tmp_path: Path) -> None:
    """The oldest go until the rest fits; one that is being written stays and is told."""
    paths = [keep(tmp_path, name, "x", 20, age=1000 - number) for number, name in enumerate("abc")]
    size = paths[0].stat().st_size
    live = paths[0].parent / "live.chain"
    with ChainWriter.create(live, samples.header()) as writer:
        for event in samples.events(20):
            writer.write_event(event)
        os.utime(live, (0, 0))
        told = chainview(tmp_path, "chains", "--prune", "--max-size", str(size * 5 // 2))
        assert told.code == 0
        assert f"kept {live}: it is being written" in told.err
        assert [path.exists() for path in (*paths, live)] == [False, False, True, True]


def test_pruning_leaves_what_is_no_chain(tmp_path: Path) -> None:
    """A file that can't be read as a chain is left where it is, counts for nothing, and is told."""
    old = keep(tmp_path, "a", "x", 5, age=5000)
    size = old.stat().st_size
    others = [old.parent / "junk.chain", old.parent / "empty.chain"]
    others[0].write_bytes(b"junk" * 1000)
    others[1].touch()
    for other in others:
        os.utime(other, (0, 0))
    fits = chainview(tmp_path, "chains", "--prune", "--max-size", str(size))
    assert (fits.code, fits.out, old.exists()) == (0, "", True)
    told = chainview(tmp_path, "chains", "--prune", "--older-than", "1h")
    assert told.code == 0
    assert told.out.startswith(f"removed {old}")
    for other in others:
        assert f"kept {other}: it is no chain" in told.err
        assert other.exists()


def test_pruning_asks_for_what(tmp_path: Path) -> None:
    """Pruning without a limit, or a limit without pruning, is refused."""
    for words in (["--prune"], ["--older-than", "1d"], ["--dry-run"], ["--max-size", "1G", "--dry-run"]):
        assert chainview(tmp_path, "chains", *words).code == 2
