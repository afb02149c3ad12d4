"""The scripts of `chainview completion` in the shells themselves."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.commands.running import sample
from tests.commands.usage.shells import is_installed, words_typed

pytestmark = pytest.mark.once
HOSTILE = "a b'c$(touch pwned)\"é;&|`x`.chain"
GUEST = """(module (memory (export "memory") 1)
  (func (export "do $(touch pwned)") (param i32 i32 i32 i32) (result i32) i32.const 0)
  (func (export "esc\\1b[2J") (param i32 i32 i32 i32) (result i32) i32.const 0))"""


@pytest.fixture(params=["bash", "zsh", "fish"])
def shell(request: pytest.FixtureRequest) -> str:
    """Each shell that is on this machine."""
    name = str(request.param)
    if not is_installed(name):
        pytest.skip(f"{name} is not installed")
    return name


def test_what_is_begun_is_completed_to_the_one_word_that_fits(shell: str, tmp_path: Path) -> None:
    """A command, a code, an option, what an option offers, behind a blank or an equals sign."""
    assert words_typed(shell, tmp_path, "expl\tC11\t") == ["explain", "C11"]
    assert words_typed(shell, tmp_path, "open --the\tli\tc --theme=da\t") == [
        "open", "--theme", "light", "c", "--theme=dark",
    ]  # fmt: skip


def test_kept_chains_are_completed_whatever_is_in_their_names(shell: str, tmp_path: Path) -> None:
    """The name arrives letter for letter, and nothing in it is run."""
    kept = tmp_path / "xdg_state_home" / "chainview" / "chains"
    kept.mkdir(parents=True)
    for name in (HOSTILE, "es\x1bc.chain", "no-chain.txt"):
        (kept / name).touch()
    assert words_typed(shell, tmp_path, "verify a\t") == ["verify", HOSTILE]
    assert not (tmp_path / "pwned").exists()


def test_calls_are_completed_from_the_module_that_the_line_names(shell: str, tmp_path: Path) -> None:
    """A call without arguments whole, of another the name and the bracket, with quotes and without."""
    counter = sample("counter")
    keys = f"record {counter} --call get-c\t --call 'incr\t5s32)'"
    assert words_typed(shell, tmp_path, keys) == [
        "record", counter, "--call", "get-count()", "--call", "increment(5s32)",
    ]  # fmt: skip


def test_nothing_that_a_module_exports_is_run_or_drives_the_terminal(shell: str, tmp_path: Path) -> None:
    """A name like a command arrives as a word, and one with control characters is not offered."""
    (tmp_path / "guest.wat").write_text(GUEST)
    assert words_typed(shell, tmp_path, "record guest.wat --call do\t1\\)") == [
        "record", "guest.wat", "--call", "do $(touch pwned)(1)",
    ]  # fmt: skip
    assert words_typed(shell, tmp_path, "record guest.wat --call es\t") == ["record", "guest.wat", "--call", "es"]
    assert not (tmp_path / "pwned").exists()


def test_files_are_completed_where_a_file_is_asked_for(shell: str, tmp_path: Path) -> None:
    """Also beside kept chains, and with blanks in their names."""
    kept = tmp_path / "xdg_state_home" / "chainview" / "chains"
    kept.mkdir(parents=True)
    (kept / "kept.chain").touch()
    (tmp_path / "my module.wasm").touch()
    assert words_typed(shell, tmp_path, "replay my\tkept\t") == ["replay", "my module.wasm", "kept.chain"]
    assert words_typed(shell, tmp_path, "verify my\t") == ["verify", "my module.wasm"]
