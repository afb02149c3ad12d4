"""What is loaded: a command without a screen never loads Textual, and help loads neither engine nor screen."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.waiting import LIMIT

_ACTORS = Path(__file__).resolve().parent.parent / "sample_actors"
COUNTER = str(_ACTORS / "counter" / "counter.wasm")
SHORT = str(_ACTORS / "pricing" / "workloads" / "short.chain")
KNOWN_WITHOUT_THE_ENGINE = (
    "chainview.actor.exports",
    "chainview.actor.limits",
    "chainview.actor.module",
    "chainview.actor.session.options",
    "chainview.actor.session.status",
    "chainview.workbench.build",
    "chainview.ui.app",
    "chainview.ui.feeds.live_feed",
    "chainview.ui.live.live_screen",
)


def loaded(*words: str) -> set[str]:
    """The top-level packages that a process has loaded once it has run the command, and the modules of chainview."""
    return loaded_by(
        "from chainview.cli import main\n"
        "try:\n    code = main(sys.argv[1:])\nexcept SystemExit as ended:\n    code = ended.code\n"
        "assert not code, code\n",
        *words,
    )


def loaded_by(script: str, *words: str) -> set[str]:
    """The top-level packages that a process has loaded once it has run the script, and the modules of chainview."""
    script = (
        "import json, sys\n"
        f"{script}\n"
        "names = {name if name.startswith('chainview.') else name.partition('.')[0] for name in sys.modules}\n"
        "print('\\n' + json.dumps(sorted(names)))\n"
    )
    run = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, timeout=LIMIT)
    assert run.returncode == 0, run.stderr
    return set(json.loads(run.stdout.splitlines()[-1]))


@pytest.mark.parametrize("words", [["--version"], ["--help"], ["run", "--help"]])
def test_help_loads_neither_engine_nor_screen(words: list[str]) -> None:
    """Version and help answer without wasmtime, Textual, msgpack or watchfiles."""
    assert not loaded(*words) & {"wasmtime", "textual", "msgpack", "watchfiles"}


def test_an_actor_is_shown_before_the_engine_is_loaded() -> None:
    """What makes its session, and all beside it, comes after the first frame."""
    names = loaded_by(
        "from chainview.cli import main\n"
        "from chainview.ui import terminal\n"
        "terminal.require_terminal = lambda *instead, **keys: None\n"
        "terminal._show = lambda source, options: 0\n"
        "assert main(sys.argv[1:]) == 0\n",
        "run",
        COUNTER,
    )
    assert "chainview.ui.feeds.sources" in names
    assert not names & {"wasmtime", "chainview.actor.module", "chainview.workbench.rebuilding.builder"}


@pytest.mark.once
def test_commands_without_a_screen_never_load_textual(tmp_path: Path) -> None:
    """Recording, checking and showing a chain load no Textual, and reading one loads no wasmtime."""
    chain = str(tmp_path / "c.chain")
    assert "textual" not in loaded("record", COUNTER, "-o", chain)
    assert not loaded("verify", chain) & {"textual", "wasmtime"}
    assert not loaded("show", chain) & {"textual", "wasmtime"}
    assert not loaded("export", chain, "--to", "json") & {"textual", "wasmtime"}
    assert "textual" not in loaded("inspect", COUNTER)


@pytest.mark.once
def test_python_without_assertions_does_the_same(tmp_path: Path) -> None:
    """Under PYTHONOPTIMIZE, which leaves out assertions and docstrings, actors are recorded and replayed as ever."""
    chain = str(tmp_path / "c.chain")
    for words in (["record", COUNTER, "-q", "-o", chain], ["replay", "--json", COUNTER, chain], ["record", "--help"]):
        run = subprocess.run([sys.executable, "-OO", "-m", "chainview", *words], capture_output=True, timeout=LIMIT)
        assert run.returncode == 0, run.stderr


def test_checking_a_chain_loads_no_values() -> None:
    """Checking a chain of chainview's own loads neither values, nor families, nor the readers of other formats."""
    unneeded = {
        "chainview.pack.values.compounds",
        "chainview.pack.cgrf.decoder",
        "chainview.chain.payload",
        "chainview.chain.families.folder",
        "chainview.chain.files.theater.index",
    }
    assert not loaded("verify", SHORT) & unneeded


def test_the_screen_of_a_file_loads_nothing_of_running_actors() -> None:
    """What a chain alone is shown by loads neither the live screen, nor builds, families, and readers of literals."""
    unneeded = {
        "chainview.actor.module",
        "chainview.chain.families.folder",
        "chainview.chain.families.links",
        "chainview.chain.files.theater.json_array",
        "chainview.pack.literal.parser",
        "chainview.ui.feeds.live_feed",
        "chainview.ui.live.live_screen",
        "chainview.workbench",
    }
    shown = "chainview.commands.open, chainview.ui.app, chainview.ui.feeds.file_feed, chainview.ui.live.actor_screens"
    assert not loaded_by(f"import {shown}, chainview.ui.event.event_blocks") & unneeded


def test_what_a_screen_needs_of_a_session_loads_no_engine() -> None:
    """Phase, status, exports, limits, builds and the screens themselves are known without wasmtime."""
    assert "wasmtime" not in loaded_by(f"import {', '.join(KNOWN_WITHOUT_THE_ENGINE)}")
