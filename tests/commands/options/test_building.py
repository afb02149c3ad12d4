"""The options that have a screen build the actor that it runs."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from chainview.commands.options.building import add_build_options, builds, workshop
from chainview.suite.beside_a_run import suite_beside
from chainview.system.errors import ChainviewError
from tests.commands.running import run_here, sample
from tests.suite.folders import counted, suite_of


def given(*words: str, actor: str = "actor.wasm") -> argparse.Namespace:
    """The options as they are typed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("actor")
    add_build_options(parser)
    return parser.parse_args([actor, *words])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--src", "src"), "--src is of --build"),
        (("--build", " "), "--build needs a command"),
        (("--build", "make", "--src", "nothing"), "--src nothing: there is no such folder"),
        (("--build", "make"), "--build needs --src DIR"),
    ],
)
def test_options_that_say_nothing_together_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], says: str
) -> None:
    """With what to write instead."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ChainviewError, match=says):
        workshop(given(*words))


def test_without_a_command_nothing_is_built() -> None:
    """There are builds and a suite all the same."""
    assert not builds(given())
    assert workshop(given()).builder is None


@pytest.mark.parametrize("of", ["module", "here"])
def test_the_sources_are_those_of_the_crate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, of: str) -> None:
    """Of the module's, else of the one that chainview is started in."""
    crate = tmp_path / "crate"
    (crate / "target").mkdir(parents=True)
    (crate / "Cargo.toml").write_text("[package]")
    monkeypatch.chdir(crate if of == "here" else tmp_path)
    actor = str(crate / "target" / "a.wasm") if of == "module" else str(tmp_path / "elsewhere" / "a.wasm")
    builder = workshop(given("--build", "make", actor=actor)).builder
    assert builder is not None
    assert builder._watch._folders == [crate]


def test_folders_that_are_named_are_the_sources(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one").mkdir()
    builder = workshop(given("--build", "make", "--src", "one", "--src", str(tmp_path))).builder
    assert builder is not None
    assert builder._watch._folders == [tmp_path / "one", tmp_path]


def test_the_module_is_the_one_that_a_manifest_names_by_then(tmp_path: Path) -> None:
    """None while that can't be read."""
    manifest = tmp_path / "manifest.toml"
    builder = workshop(given("--build", "make", "--src", str(tmp_path), actor=str(manifest))).builder
    assert builder is not None
    assert builder._module() is None
    manifest.write_text('name = "a"\npackage = "made.wasm"\n')
    assert builder._module() == tmp_path / "made.wasm"


def test_an_actor_that_is_not_there_is_refused_only_where_nothing_makes_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A manifest is made by nobody."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert run_here("run", "nothing.wasm") == 2
    assert "there is no file nothing.wasm" in capsys.readouterr().err
    assert run_here("run", "manifest.toml", "--build", "make", "--src", ".") == 2
    assert "there is no file manifest.toml" in capsys.readouterr().err
    assert run_here("run", "nothing.wasm", "--build", "make", "--src", ".") == 2
    assert "no terminal" in capsys.readouterr().err


def test_the_suite_beside_an_actor_is_that_of_its_module(tmp_path: Path) -> None:
    """Also where that is not built yet; another's suite says nothing of it, and a file that is wrong says why."""
    file = suite_of(tmp_path, one=counted())
    assert suite_beside(str(sample("counter")), tmp_path / "chains").config == file
    with pytest.raises(ChainviewError, match=r"chainview.toml is the suite of .*counter.wasm, and .*pulse.wasm runs"):
        suite_beside(str(sample("pulse")), tmp_path)
    file.write_text('module = "out.wasm"\n')
    assert suite_beside(str(tmp_path / "out.wasm"), tmp_path).config == file
    file.write_text('build = "make"\n')
    with pytest.raises(ChainviewError, match="is the suite of another module"):
        suite_beside(str(tmp_path / "out.wasm"), tmp_path)
    file.write_text("modul = 7\n")
    with pytest.raises(ChainviewError, match="there is no key 'modul'"):
        suite_beside(str(tmp_path / "out.wasm"), tmp_path)


def test_a_program_that_waits_for_a_suite_hears_of_each_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Nothing is built for it, and standard output has the one object alone."""
    file = suite_of(tmp_path, one=counted(), two=counted())
    file.write_text(f"{file.read_text()}\n".replace("module =", 'build = "exit 7"\nmodule =', 1))
    monkeypatch.chdir(tmp_path)
    assert run_here("test", "--json", "--progress", "--no-build", "--no-cache", "-j", "1") == 0
    said = capfd.readouterr()
    assert said.err.splitlines()[0] == '{"done": 0, "of": 2, "failing": 0}'
    assert said.err.splitlines()[-1] == '{"done": 2, "of": 2, "failing": 0}'
    assert said.out.startswith('{"chainview": 1, "command": "test", "passes": true')
    assert run_here("test", "--json") == 2
