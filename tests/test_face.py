"""What `import chainview` offers: each name is there, typed, loaded late, and shown by a page whose examples run."""

from __future__ import annotations

import ast
import doctest
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import chainview
from tests.commands.running import SAMPLES
from tests.reference import REPOSITORY

PAGE = REPOSITORY / "docs" / "python.md"


def promised() -> set[str]:
    """The names of the face but for the version."""
    return set(chainview.__all__) - {"__version__"}


@pytest.mark.once
def test_the_examples_of_the_page_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every example of the page of the face gives what the page says."""
    for name in ("counter", "pulse"):
        shutil.copy(SAMPLES / name / f"{name}.wasm", tmp_path)
    for name in ("foreman", "worker"):
        (tmp_path / name).mkdir()
        for file in (f"{name}.wasm", "manifest.toml"):
            shutil.copy(SAMPLES / name / file, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    options = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    failed, tried = doctest.testfile(str(PAGE), module_relative=False, optionflags=options, encoding="utf-8")
    assert tried > 20
    assert not failed


def test_every_name_is_there_and_none_hides_a_room() -> None:
    """Each name of the face can be had, and none is also the name of a room, which importing would put in its place."""
    for name in chainview.__all__:
        assert getattr(chainview, name) is not None
    rooms = {path.stem for path in (REPOSITORY / "chainview").iterdir()}
    assert not promised() & rooms


def test_what_is_typed_is_what_is_loaded() -> None:
    """Type checkers are told of exactly the names that are loaded, each from the same module."""
    tree = ast.parse((REPOSITORY / "chainview" / "__init__.py").read_text(encoding="utf-8"))
    typed = {
        alias.asname or alias.name: node.module
        for block in tree.body
        if isinstance(block, ast.If)
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    loaded = {name: f"chainview.{module}" for module, names in chainview._HOMES.items() for name in names.split()}
    assert typed == loaded | {"__version__": "chainview.system.version"}
    assert promised() == set(loaded)


def test_every_name_stands_on_the_page() -> None:
    """The page tells of every name; integers between the narrowest and the widest count as told with those."""
    page = PAGE.read_text(encoding="utf-8")
    between = {f"{sign}{bits}" for sign in "US" for bits in (16, 32)}
    assert {name for name in promised() - between if f"`{name}`" not in page} == set()


def test_a_name_that_is_not_promised_is_no_attribute() -> None:
    """Asking for anything else fails as it does for any module."""
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        chainview.nothing  # noqa: B018 - asking is what fails


@pytest.mark.parametrize(
    ("asked", "not_loaded"),
    [
        ("chainview", {"wasmtime", "textual", "msgpack", "watchfiles"}),
        ("chainview.open_chain, chainview.verify, chainview.read_payload", {"wasmtime", "textual"}),
        ("chainview.diff_chains", {"wasmtime", "textual"}),
        ("chainview.replay_chain, chainview.record_actor, chainview.load_actor", {"textual"}),
    ],
)
def test_names_load_late(asked: str, not_loaded: set[str]) -> None:
    """Importing the face loads nothing, reading chains no engine, and nothing of it the screens."""
    script = (
        f"import json, sys, chainview\n{asked}\nprint(json.dumps(sorted({{n.partition('.')[0] for n in sys.modules}})))"
    )
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert not set(json.loads(run.stdout)) & not_loaded


def test_python_m_chainview_is_the_command() -> None:
    """`python -m chainview` answers as `chainview` does."""
    run = subprocess.run([sys.executable, "-m", "chainview", "--version"], capture_output=True, text=True, timeout=60)
    assert (run.returncode, run.stdout.strip()) == (0, f"chainview {chainview.__version__}")


def test_a_replay_takes_five_lines() -> None:
    """One replay from Python is at most five lines, and tells that a changed build differs."""
    pricing = SAMPLES / "pricing"
    explanation = chainview.replay_chain(
        pricing / "faults" / "changed-argument.wasm", pricing / "workloads" / "short.chain"
    )
    assert not explanation.passes
    assert [cause.code for cause in explanation.causes] == ["C1"]


def test_a_closed_chain_says_so(tmp_path: Path) -> None:
    """Events of a chain that was closed are refused in a sentence, read before or not, never left out in silence."""
    path = tmp_path / "c.chain"
    chainview.record_actor(SAMPLES / "counter" / "counter.wasm", path, "increment(5s32)")
    with chainview.open_chain(path) as read:
        assert len(list(read)) == 7
    unread = chainview.open_chain(path)
    unread.close()
    for chain in (read, unread):
        with pytest.raises(chainview.ChainviewError, match="is closed"):
            list(chain)
