"""The pytest plugin: chains as tests, and a fixture that replays one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

import chainview
from chainview.suite.adapters import pytest_plugin
from tests.actor.running import sample
from tests.commands.running import environment
from tests.reference import REPOSITORY
from tests.suite.folders import PRICING, counted, damaged, ending_in_a_call, suite_by, suite_of
from tests.waiting import LIMIT

pytestmark = pytest.mark.once

PLUGIN = "chainview.suite.adapters.pytest_plugin"
NOT_BY_ITSELF = ("-p", "no:chainview")
"""Where the package is installed its plugin is loaded by itself, and can't be named once more."""
PROCESSES = ("-p", "xdist", "-n")


class Told:
    """What came of each test of a session, by its id."""

    def __init__(self) -> None:
        self.collected: list[str] = []
        self.outcomes: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.lines = ""

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Takes note of what was collected."""
        self.collected = [each.nodeid for each in session.items]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Takes note of a phase of a test; a setup that fails is an error."""
        if report.when == "call" or report.failed:
            told = "error" if report.failed and report.when != "call" else report.outcome
            self.outcomes[report.nodeid] = told
            self.texts[report.nodeid] = report.longreprtext


def session(folder: Path, *words: str, capsys: pytest.CaptureFixture[str]) -> Told:
    """A pytest session in this process, in a folder."""
    told = Told()
    before = Path.cwd()
    os.chdir(folder)
    try:
        plain = [*NOT_BY_ITSELF, "-p", "no:cacheprovider", "-p", "no:xdist", "-c", os.devnull, "--rootdir", str(folder)]
        # Others of this process see to these.
        plain += ["-p", "no:faulthandler", "-p", "no:hypothesispytest", "-p", "no:cov"]
        pytest.main([*plain, *words], plugins=[told, pytest_plugin])
    finally:
        os.chdir(before)
    told.lines = capsys.readouterr().out
    return told


def apart(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A pytest session in processes of its own, without the other plugins that are installed."""
    alone = {"PYTHONPATH": str(REPOSITORY), "PYTEST_ADDOPTS": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", PLUGIN, *words],
        cwd=folder,
        env=environment(folder, **alone),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


def mixed_suite(folder: Path, *more: str) -> None:
    """Chains that pass, that end in a call, that are damaged and that differ, by a build of the pricing desk."""
    short = (PRICING / "workloads" / "short.chain").read_bytes()
    suite_by(PRICING / "faults" / "changed-field.wasm", folder, *more, differs=short, foreign=counted())
    damaged(folder / "chains", "damaged.chain")


def test_chains_are_collected_and_each_has_its_outcome(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A divergence is the failure's text, what comes to no judgement an error; ids are the sorted paths."""
    about = '[[chain]]\npath = "chains/differs.chain"\ndescription = "what was quoted"'
    mixed_suite(tmp_path, about)
    (tmp_path / "notes.chain.txt").touch()
    found = session(tmp_path, "--chainview", capsys=capsys)
    names = [f"chainview.toml::chains/{name}.chain" for name in ("damaged", "differs", "foreign")]
    assert found.collected == names
    assert [found.outcomes[name] for name in names] == ["error", "failed", "error"]
    assert found.texts[names[0]].startswith("damaged: ")
    text = found.texts[names[1]]
    assert text.startswith("what was quoted\nDIVERGES at event 17 of 55")
    assert "Traceback" not in text
    assert found.texts[names[2]].startswith("foreign: ")


def test_chains_that_pass_tell_what_is_to_be_known(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """That one ended inside a call, and that one was known to pass."""
    suite_of(tmp_path, 'cache = "verdicts"', a=counted())
    ending_in_a_call(tmp_path / "chains", "open.chain")
    found = session(tmp_path, "--chainview", capsys=capsys)
    assert set(found.outcomes.values()) == {"passed"}
    assert "chainview: 1 chain ended inside a call" in found.lines
    assert "chainview: 2 chains passed from the cache" in session(tmp_path, "--chainview", capsys=capsys).lines


def test_it_is_inert_unless_it_is_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the settings nor the chains of a folder are tests by lying there; settings that say so are."""
    file = suite_of(tmp_path, a=counted())
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_own.py").write_text("def test_own():\n    pass\n")
    assert session(tmp_path, "--collect-only", capsys=capsys).collected == ["tests/test_own.py::test_own"]
    file.write_text(f"pytest = true\n{file.read_text()}")
    both = ["chainview.toml::chains/a.chain", "tests/test_own.py::test_own"]
    assert session(tmp_path, "--collect-only", capsys=capsys).collected == both
    # What is named is collected, and no more; where a project names its folder of tests, chains come beside.
    assert session(tmp_path, "--collect-only", "tests", capsys=capsys).collected == both[1:]
    assert session(tmp_path, "--collect-only", "chains", capsys=capsys).collected == []
    beside = session(tmp_path, "--collect-only", "-o", "testpaths=tests", capsys=capsys)
    assert sorted(beside.collected) == both
    named = session(tmp_path, "--collect-only", "--chainview", "tests", capsys=capsys)
    assert sorted(named.collected) == both
    one = session(tmp_path, "--collect-only", both[0], capsys=capsys)
    assert one.collected == both[:1]
    # Settings of any size are no reason to read them whole at the start of every session.
    file.write_text(f"{file.read_text()}#{' ' * (4 << 20)}")
    assert session(tmp_path, "--collect-only", capsys=capsys).collected == both[1:]


def test_settings_elsewhere_are_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Upwards, or by their name, whatever that is; where there are none it is told."""
    suite_of(tmp_path / "crate", a=counted()).rename(tmp_path / "crate" / "suite.toml")
    found = session(tmp_path, "--collect-only", "--chainview-config", "crate/suite.toml", capsys=capsys)
    assert found.collected == ["crate/suite.toml::chains/a.chain"]
    (tmp_path / "crate" / "suite.toml").rename(tmp_path / "chainview.toml")
    (tmp_path / "chains").mkdir()
    (tmp_path / "chains" / "b.chain").write_bytes(counted())
    found = session(tmp_path / "crate", "--collect-only", "--chainview", "--rootdir", str(tmp_path), capsys=capsys)
    assert found.collected == ["chainview.toml::chains/b.chain"]
    for words, why in (
        (["--chainview-config", "gone.toml"], "there is no file"),
        (["--chainview-config", "chains"], "there is no file"),
    ):
        done = apart(tmp_path, *words)
        assert (done.returncode, why in done.stderr) == (4, True)


def test_settings_that_are_wrong_are_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """At the collection, and for each chain where the module can't be built."""
    file = suite_of(tmp_path, "colour = 1", a=counted())
    assert "there is no key 'colour'" in session(tmp_path, "--chainview", capsys=capsys).lines
    file.write_text('build = "exit 3"\n')
    (tmp_path / "chains" / "b.chain").write_bytes(counted())
    found = session(tmp_path, "--chainview", capsys=capsys)
    assert list(found.outcomes.values()) == ["error", "error"]
    assert all("ended with exit code 3" in text for text in found.texts.values())


def test_the_fixture_replays_or_fails_with_the_explanation(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A typed test gets the explanation of what passes."""
    workloads, faults = PRICING / "workloads", PRICING / "faults"
    (tmp_path / "test_it.py").write_text(
        "from chainview import ChainviewReplay\n"
        "def test_same(chainview_replay: ChainviewReplay) -> None:\n"
        f"    assert chainview_replay({str(PRICING / 'pricing.wasm')!r}, {str(workloads / 'short.chain')!r}).passes\n"
        "def test_other(chainview_replay: ChainviewReplay) -> None:\n"
        f"    chainview_replay({str(faults / 'changed-field.wasm')!r}, {str(workloads / 'short.chain')!r}, timeout=9)\n"
        "def test_gone(chainview_replay: ChainviewReplay) -> None:\n"
        "    chainview_replay('gone.wasm', 'gone.chain')\n"
    )
    found = session(tmp_path, capsys=capsys)
    assert list(found.outcomes.values()) == ["passed", "failed", "failed"]
    assert found.texts["test_it.py::test_other"].startswith("DIVERGES at event 17 of 55")
    assert "ChainviewError" in found.texts["test_it.py::test_gone"]
    assert chainview.ChainviewReplay.__call__.__doc__


def test_a_chain_that_takes_too_long_is_an_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By the time that the settings give a chain, however long a call may take."""
    chains = {"forecast": (PRICING / "workloads" / "forecast.chain").read_bytes()}
    limits = "limits = { timeout = '1h', chain = '3s' }"
    suite_by(PRICING / "faults" / "endless-loop.wasm", tmp_path, limits, **chains)
    found = session(tmp_path, "--chainview", capsys=capsys)
    assert list(found.outcomes.values()) == ["error"]
    text = found.texts["chainview.toml::chains/forecast.chain"]
    assert text.startswith("timed out: it was not done after 3 s")


def counted_builds(folder: Path) -> Sequence[str]:
    """The lines that a build wrote, one each time."""
    return (folder / "built").read_text().split()


def test_several_processes_share_the_chains_and_one_build(tmp_path: Path) -> None:
    """With pytest-xdist each chain runs once, and the module is built by one of them; the next session builds anew."""
    module = f"cp {sample('counter')} counter.wasm && echo once >> built"
    chains = {f"c{number}": counted() for number in range(6)}
    file = suite_by(Path("counter.wasm"), tmp_path, f'build = "{module}"', **chains)
    ending_in_a_call(tmp_path / "chains", "open.chain")
    file.write_text(f"pytest = true\n{file.read_text()}")
    done = apart(tmp_path, *PROCESSES, "2", "-q")
    assert (done.returncode, "7 passed" in done.stdout) == (0, True), done.stdout + done.stderr
    assert "chainview: 1 chain ended inside a call" in done.stdout
    assert list(counted_builds(tmp_path)) == ["once"]
    assert apart(tmp_path, *PROCESSES, "1", "-q").returncode == 0
    assert list(counted_builds(tmp_path)) == ["once", "once"]


def test_a_session_that_does_not_use_it_loads_nothing_of_it(tmp_path: Path) -> None:
    """Neither the engine nor the suite, and not even where settings lie there."""
    suite_of(tmp_path, a=counted())
    (tmp_path / "test_own.py").write_text(
        "import sys\n"
        "def test_own():\n"
        "    loaded = sorted(name for name in sys.modules if name.startswith(('chainview', 'wasmtime', 'textual')))\n"
        "    assert loaded == ['chainview', 'chainview.suite', 'chainview.suite.adapters',\n"
        "        'chainview.suite.adapters.pytest_plugin', 'chainview.system', 'chainview.system.later']\n"
    )
    done = apart(tmp_path, "-q")
    assert done.returncode == 0, done.stdout
