"""`chainview diff`: what it says of two chains, its exit codes, and what it loads."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from chainview.workbench.programs import record_actor
from tests.commands.running import finished_here, sample
from tests.waiting import LIMIT


def recorded(folder: Path, name: str, *calls: str) -> str:
    """A chain of the sample counter with these calls."""
    record_actor(sample("counter"), folder / name, calls)
    return str(folder / name)


def test_equal_chains_are_identical(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The counter's chains hold no clock: two runs with the same calls give the same chain."""
    one, other = (recorded(tmp_path, name, "increment(5s32)") for name in ("a.chain", "b.chain"))
    done = finished_here(capsys, "diff", one, other)
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("identical")


def test_other_params_are_the_cause(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the call's params are named; the kept formats may differ."""
    one, other = recorded(tmp_path, "a.chain", "increment(5s32)"), recorded(tmp_path, "b.chain", "increment(6s32)")
    array = str(tmp_path / "b.json")
    assert finished_here(capsys, "export", other, "--to", "json", "-o", array).code == 0
    for second in (other, array):
        done = finished_here(capsys, "diff", one, second, "--json")
        told = json.loads(done.out)
        assert (done.code, told["command"], told["verdict"]) == (1, "diff", "diverged")
        assert told["causes"][0]["path"] == "params.0"
        assert told["control"] == "not tested"


def test_accepted_differences_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Rules beside the first chain count."""
    one, other = recorded(tmp_path, "a.chain", "get-count()"), recorded(tmp_path, "b.chain", "get-count()", "reset()")
    assert finished_here(capsys, "diff", one, other).code == 1
    Path(f"{one}.accept.toml").write_text('[[accept]]\ncode = "C3"\n[[accept]]\ncode = "C11"\n', encoding="utf-8")
    assert finished_here(capsys, "diff", one, other).code == 0


def test_a_damaged_chain_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whichever of the two fails its hashes is unusable."""
    one, other = (recorded(tmp_path, name, "increment(5s32)") for name in ("a.chain", "b.chain"))
    data = bytearray(Path(other).read_bytes())
    data[len(data) // 2] ^= 1
    Path(other).write_bytes(bytes(data))
    done = finished_here(capsys, "diff", one, other, "--json")
    told = json.loads(done.out)
    assert (done.code, told["verdict"]) == (1, "unusable")
    assert "b.chain" in told["sentence"]
    assert all(told["events"][side] > 0 for side in ("recorded", "now"))
    assert told["modules"]["recorded"] == told["modules"]["now"]


def test_a_missing_file_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    """One sentence, exit code 2."""
    done = finished_here(capsys, "diff", "a.chain", "b.chain")
    assert (done.code, done.out) == (2, "")
    assert "a.chain" in done.err


@pytest.mark.once
def test_comparing_loads_neither_engine_nor_screen(tmp_path: Path) -> None:
    """Two recordings are compared without wasmtime and without Textual."""
    one, other = recorded(tmp_path, "a.chain", "increment(5s32)"), recorded(tmp_path, "b.chain", "increment(6s32)")
    script = (
        "import sys\n"
        "from chainview.cli import main\n"
        f"assert main(['diff', {one!r}, {other!r}]) == 1\n"
        "assert not {'wasmtime', 'textual'} & set(sys.modules), 'loaded'\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT, check=False)
    assert done.returncode == 0, done.stderr
