"""Files, and what comes through a pipe, that hold the chains of several actors, in every command that takes a chain."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from tests.chain.families.division.printed import CHAINS, OTHER, ROOT, WORKER, capture, lines
from tests.chain.files.theater.writings import as_cli_line
from tests.commands.running import Finished, finished_here, sample

ACTORS = "0 90035e44, 1 0c94fa74, 2 01141801"


@pytest.fixture
def printed(tmp_path: Path) -> str:
    """A file of what Theater's command line prints of a family."""
    path = tmp_path / "events.jsonl"
    path.write_bytes(b"".join(lines()))
    return str(path)


@pytest.fixture
def captured(tmp_path: Path) -> str:
    """A supervisor's capture of it."""
    path = tmp_path / "capture.jsonl"
    path.write_bytes(b"".join(capture()))
    return str(path)


def piped(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, data: bytes, *words: str) -> Finished:
    """A command that is given data through a pipe."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(data)))
    return finished_here(capsys, *words)


def test_every_command_takes_all_of_its_actors(
    printed: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """As of a folder of chains, with what they are called and who spawned whom."""
    verified = json.loads(finished_here(capsys, "verify", printed, "--json").out)
    assert verified["sound"]
    assert [(each["name"], each["id"], each["parent"]) for each in verified["members"]] == [
        ("90035e44", ROOT, None),
        ("0c94fa74", WORKER, ROOT),
        ("01141801", OTHER, ROOT),
    ]
    shown = finished_here(capsys, "show", printed, "--json").out.splitlines()
    assert len(shown) == sum(map(len, CHAINS.values()))
    listed = finished_here(capsys, "chains", printed).out
    assert f"{printed}: 3 actors, 15 events" in listed
    assert "  1 0c94fa74" in listed
    told = json.loads(finished_here(capsys, "chains", printed, "--json").out)
    assert (told["folder"], {each["path"] for each in told["members"]}) == (printed, {None})
    stats = json.loads(finished_here(capsys, "stats", printed, "--json").out)
    assert (stats["chain"], len(stats["members"])) == (printed, 3)
    merged = finished_here(capsys, "show", printed, "--merged").out
    assert merged.startswith(f"{printed}: 3 actors")
    exported = finished_here(capsys, "export", printed, "--to", "msgpack", "-o", str(tmp_path / "kept"))
    assert exported.code == 0
    assert len(list((tmp_path / "kept").glob("*.chain"))) == 3


def test_an_actor_is_chosen(printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """By name, number, id or file, of every command that takes several."""
    for name in ("0c94fa74", "1", WORKER, "1-0c94fa74.jsonl"):
        told = json.loads(finished_here(capsys, "verify", printed, "--json", "--actor", name).out)
        assert [each["id"] for each in told["members"]] == [WORKER]
    assert len(json.loads(finished_here(capsys, "stats", printed, "--json", "--actor", "1").out)["members"]) == 1
    one = finished_here(capsys, "show", printed, "2", "--json", "--actor", "1")
    assert json.loads(one.out)["hash"] == CHAINS[WORKER][1].hash.hex()
    unknown = finished_here(capsys, "verify", printed, "--actor", "x")
    assert (unknown.code, "there is no actor 'x'" in unknown.err, ACTORS in unknown.err) == (2, True, True)


def test_one_event_is_of_one_actor(printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Which has to be chosen, and it is said who there are."""
    done = finished_here(capsys, "show", printed, "2")
    assert done.code == 2
    assert f"--actor chooses one of its actors, which are {ACTORS}" in done.err


def test_a_single_chain_has_no_actors_to_choose(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That is said."""
    path = tmp_path / "one.jsonl"
    path.write_text("".join(as_cli_line(event, ROOT) for event in CHAINS[ROOT]))
    for words in (("verify",), ("stats",), ("show",), ("replay", "x.wasm")):
        done = finished_here(capsys, *words, str(path), "--actor", "1")
        assert (done.code, "is one chain: --actor chooses among those of several" in done.err) == (2, True)


def test_what_takes_one_chain_names_the_actors_there_are(
    printed: str, captured: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """And says how to have one in a file of its own."""
    path = tmp_path / "one.jsonl"
    path.write_text("".join(as_cli_line(event, ROOT) for event in CHAINS[ROOT]))
    wanted = f"{printed} holds the chains of 3 actors, and one is taken here: chainview export --actor NAME writes"
    for words in (
        ("diff", "--text", str(path), printed),
        ("record", sample("counter"), "--answers-from", printed),
        ("run", sample("counter"), "--replay", printed),
    ):
        done = finished_here(capsys, *words)
        assert done.code == 2
        assert wanted in done.err, words
        assert ACTORS in done.err


def test_what_comes_through_a_pipe_is_taken_too(
    printed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is read once, whatever it turns out to be."""
    done = piped(capsys, monkeypatch, Path(printed).read_bytes(), "verify", "-")
    assert done.out.startswith("standard input: links right")
    one = "".join(as_cli_line(event, ROOT) for event in CHAINS[ROOT]).encode()
    assert piped(capsys, monkeypatch, one, "verify", "-").out.startswith("-: links right")
    chosen = piped(capsys, monkeypatch, Path(printed).read_bytes(), "show", "-", "--json", "--actor", "2")
    assert len(chosen.out.splitlines()) == len(CHAINS[OTHER])


def test_a_replay_of_what_holds_no_payloads_is_refused(printed: str, capsys: pytest.CaptureFixture[str]) -> None:
    """With a sentence that names the file and not where it was divided to."""
    for words in ((), ("--actor", "1")):
        done = finished_here(capsys, "replay", "--text", sample("counter"), printed, *words)
        assert done.code == 2
        assert f"{printed}: " in done.err
        assert "no payloads" in done.err
        assert "chainview-" not in done.err


def test_nothing_is_left_behind(
    printed: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The folder of what was divided is gone when a command has ended."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))
    finished_here(capsys, "verify", printed)
    finished_here(capsys, "show", printed, "2")
    assert list(folder.iterdir()) == []


def test_a_capture_is_linked_and_hashed(captured: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each chain by itself, with the names of its handles."""
    told = json.loads(finished_here(capsys, "verify", captured, "--json").out)
    assert [(each["name"], each["sound"], each["head"]) for each in told["members"]] == [
        (name, True, chain[-1].hash.hex())
        for name, chain in zip(("boss", "worker", "worker"), CHAINS.values(), strict=True)
    ]
