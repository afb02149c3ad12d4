"""`chains FOLDER` lists the actors of a family, whoever recorded it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from chainview.chain.families.index import INDEX, OTHER_INDEX, Entry
from chainview.system.files.locations import chains_folder
from tests.chain import samples
from tests.commands.running import run_here


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A root, and a child whose chain is not closed and holds fewer events."""
    folder = tmp_path / "session"
    folder.mkdir()
    (folder / "0-root.chain").write_bytes(samples.native(samples.events(10)))
    (folder / "1-child.chain").write_bytes(samples.native(samples.events(5), end=False))
    lines = [Entry("0-root.chain", "a", "root").line, Entry("1-child.chain", "b", "child", "a").line]
    (folder / INDEX).write_text("".join(lines))
    return folder


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """What the command prints, which ends well."""
    assert run_here("chains", *words) == 0
    return capsys.readouterr().out


def test_a_familys_folder_is_listed_with_its_members(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Actor, events, state and file, children below their parent; `--json` has the same."""
    head, titles, *rows = listed(capsys, str(family)).splitlines()
    assert head.startswith(f"{family}: 2 actors, 15 events, ")
    assert titles.split() == ["actor", "events", "size", "state", "file"]
    assert [row.split()[:3] for row in rows] == [["0", "root", "10"], ["1", "child", "5"]]
    assert rows[1].startswith("  1 child")
    assert [row.split()[-2:] for row in rows] == [["sound", "0-root.chain"], ["sound", "1-child.chain"]]
    found = json.loads(listed(capsys, str(family), "--json"))
    keys = ("number", "actor", "events", "state", "file", "parent", "closed")
    assert [[each[key] for key in keys] for each in found["members"]] == [
        [0, "root", 10, "sound", "0-root.chain", None, True],
        [1, "child", 5, "sound", "1-child.chain", "a", False],
    ]
    (whole,) = found["chains"]
    assert [whole[key] for key in ("path", "actor", "actors", "events", "live")] == [str(family), "root", 2, 15, False]


def test_folders_of_others_and_bare_ones_are_listed_alike(family: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the index of Theater's harness, and with none; what is missing or damaged is told in its row."""
    (family / INDEX).unlink()
    *_, first, second = listed(capsys, str(family)).splitlines()
    assert [row.split()[:3] for row in (first, second)] == [["0", "counter", "10"], ["1", "counter", "5"]]
    entries = [{"file": "0-root.chain", "id": "a", "name": "root"}, {"file": "gone.json", "id": "b", "name": "gone"}]
    (family / OTHER_INDEX).write_text(json.dumps(entries))
    data = (family / "0-root.chain").read_bytes()
    (family / "0-root.chain").write_bytes(data[: len(data) // 2])
    rows = listed(capsys, str(family)).splitlines()[2:]
    assert rows[1].split()[-6:-4] == ["unreadable", "gone.json"]
    assert "damaged" in rows[0]
    assert rows[1].endswith("gone.json  the file is missing")
    found = json.loads(listed(capsys, str(family), "--json"))
    assert [each["state"] for each in found["members"]] == ["damaged", "unreadable"]


def test_a_folder_of_sessions_is_listed_as_the_kept_chains_are(
    family: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A line for each family and chain; so is the folder of the kept ones, and a kept family is found by its name."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (family.parent / "single.chain").write_bytes(samples.native(samples.events(7)))
    assert listed(capsys, str(family.parent)).splitlines()[0].startswith("begun (UTC)")
    assert len(listed(capsys, str(family.parent)).splitlines()) == 3
    shutil.copytree(family, chains_folder() / "kept-session")
    assert "root and 1 more, kept-session" in listed(capsys, str(chains_folder()))
    assert listed(capsys, "kept-session").splitlines()[2].startswith("0 root")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["nowhere"], "there is no folder nowhere"),
        (["session/0-root.chain"], "session/0-root.chain is no folder"),
        (["empty"], "is a folder without a chain"),
        (["session", "--prune", "--older-than", "1d"], "leave out FOLDER"),
    ],
)
def test_what_is_no_folder_of_chains_is_told(
    family: Path,
    words: list[str],
    says: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a sentence; nothing but kept chains is pruned."""
    (family.parent / "empty").mkdir()
    monkeypatch.chdir(family.parent)
    assert run_here("chains", *words) == 2
    assert says in capsys.readouterr().err
    assert len(list(family.iterdir())) == 3
