"""`chainview test`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from chainview.suite.settings import FILE
from tests.commands.running import COMMAND, chainview, environment, finished_here
from tests.suite.folders import PRICING, counted, damaged, suite_by, suite_of
from tests.waiting import eventually

NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the system lists no processes")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.once
def test_a_suite_is_replayed_in_processes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From a folder below too; what fails can be had again alone, and as one object."""
    suite_of(tmp_path, a=counted(), b=counted())
    damaged(tmp_path / "chains", "damaged.chain")
    os.chdir(tmp_path / "chains")
    found = finished_here(capsys, "test")
    assert (found.code, found.err) == (1, "")
    assert "2 passed, 1 damaged: 3 chains" in found.out.splitlines()[-1]
    found = finished_here(capsys, "test", "--last-failed", "--json", "--jobs", "1")
    told = json.loads(found.out)
    assert [(each["name"], each["outcome"]) for each in told["tests"]] == [("chains/damaged.chain", "damaged")]
    assert told["tests"][0]["report"]["recording"]["state"] == "damaged"
    found = finished_here(capsys, "test", "-k", "a.chain", "--fail-fast", "--config", str(tmp_path / FILE))
    assert (found.code, found.out.splitlines()[1].split(maxsplit=3)[2:]) == (0, ["passed", "from the cache"])
    found = finished_here(capsys, "test", "-k", "a.chain", "--no-cache", "--junit", "report.xml")
    assert (found.code, found.out.splitlines()[1].split()) == (0, ["chains/a.chain", "10", "passed"])
    assert b'<testcase classname="chains" name="a.chain"' in Path("report.xml").read_bytes()
    found = finished_here(capsys, "test", "-k", "b.chain", "--last-failed")
    assert (found.code, found.err) == (0, "chainview: none of them failed the last time: all are replayed\n")


def test_what_cant_be_begun_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a file, without a chain, without a chain of that name: nothing could run, which is exit code 2."""
    found = finished_here(capsys, "test")
    assert found.code == 2
    assert "`chainview test --init` writes one" in found.err
    assert finished_here(capsys, "test", "--init").code == 0
    found = finished_here(capsys, "test")
    assert found.code == 2
    assert "there is no chain for" in found.err
    suite_of(tmp_path, a=counted())
    found = finished_here(capsys, "test", "-k", "nobody")
    assert (found.code, found.err) == (2, f"chainview: no chain of {tmp_path / FILE} is called 'nobody'\n")


@pytest.mark.once
def test_a_report_that_cant_be_written_costs_no_result(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What all chains came to is told, then what can't be written, with exit code 2."""
    suite_of(tmp_path, a=counted())
    found = finished_here(capsys, "test", "--no-cache", "--junit", "nowhere/report.xml")
    assert found.code == 2
    assert "1 passed: 1 chain" in found.out
    assert "nowhere/report.xml" in found.err
    (tmp_path / "durations.json").mkdir()
    found = finished_here(capsys, "test", "--store-durations", "--json")
    assert (found.code, len(json.loads(found.out)["tests"])) == (2, 1)
    assert "durations.json" in found.err


def looping(folder: Path) -> subprocess.Popen[str]:
    """The command, on one process, of a chain that does not end, and then of one that does."""
    loops = PRICING / "faults" / "endless-loop.wasm"
    chains = {name: (PRICING / "workloads" / f"{name}.chain").read_bytes() for name in ("forecast", "short")}
    suite_by(loops, folder, "limits = { timeout = '1h', jobs = 1 }", **chains)
    return subprocess.Popen(
        [*COMMAND, "test"],
        cwd=folder,
        env=environment(folder),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def worker_of(command: int) -> int:
    """The process that replays for a command, once there is one."""
    found = list[int]()

    def look() -> list[int]:
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
                if parent == command and b"spawn_main" in (folder / "cmdline").read_bytes():
                    found.append(int(folder.name))
            except OSError:
                continue
        return found

    eventually(look)
    return found[0]


@pytest.mark.once
@NEEDS_PROC
def test_a_process_that_is_killed_is_its_chains_error(tmp_path: Path) -> None:
    """The other chain passes, in another process."""
    with looping(tmp_path) as running:
        os.kill(worker_of(running.pid), signal.SIGKILL)
        out, err = running.communicate()
    assert (running.returncode, err) == (1, "")
    assert "CRASHED  the process that replayed it was ended by SIGKILL" in out
    assert "1 passed, 1 crashed: 2 chains" in out


@pytest.mark.once
@NEEDS_PROC
def test_a_signal_leaves_no_process_behind(tmp_path: Path) -> None:
    """Though one of them would never end by itself."""
    with looping(tmp_path) as running:
        worker = worker_of(running.pid)
        running.terminate()
        out, err = running.communicate()
    assert (running.returncode, out) == (130, "")
    assert "SIGTERM" in err
    eventually(lambda: not Path(f"/proc/{worker}").exists())


def test_a_suite_is_begun_in_a_process_of_its_own(tmp_path: Path) -> None:
    """`--init` says what it wrote, and refuses to write it again."""
    found = chainview(tmp_path, "test", "--init")
    assert (found.code, found.err) == (0, "")
    assert found.out.startswith(f"{tmp_path / FILE}: written")
    assert chainview(tmp_path, "test", "--init").code == 2
