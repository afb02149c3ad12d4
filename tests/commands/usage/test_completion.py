"""What is offered in a place of the command line."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from chainview.commands.usage.completion import TAKEN, files_beginning, offer
from chainview.commands.usage.parsers import COMMANDS, find_command, parsed, parsers_for
from chainview.commands.usage.shell_words import typed_line
from tests.commands.running import sample
from tests.test_imports import loaded


def texts(*words: str) -> list[str]:
    """What is offered in the place of the last of these words."""
    return [each.text for each in offer(words).candidates]


def test_it_is_known_of_every_argument_what_it_takes() -> None:
    """Each has choices, or a word in its help for which the table says what stands there."""
    for name, parser in parsers_for(COMMANDS).commands.items():
        for action in parser.arguments:
            if action.nargs != 0 and action.choices is None:
                assert action.metavar in TAKEN, (name, action)


def test_every_example_can_be_typed() -> None:
    """The lines in the help of a command are taken by its parser."""
    for name in COMMANDS:
        for line, does in find_command(name).HELP.examples:
            typed = re.findall(r"chainview ([^|>]*?)(?= [|>] |\)\"|$)", line)
            assert typed, line
            for each in map(shlex.split, typed):
                assert parsed(each).run == find_command(each[0]).run, line
            assert does


def test_commands_and_options_come_from_the_parsers() -> None:
    """Commands behind the program's name, options of the one that is named, and what an option offers."""
    assert texts("") == list(COMMANDS)
    assert texts("verify", "--") == ["--help", "--json", "--actor"]
    assert texts("open", "c.chain", "--theme", "") == ["dark", "light", "ansi"]
    assert texts("open", "--theme=l") == ["--theme=light"]
    assert texts("export", "--t") == ["--to"]
    assert texts("export", "c.chain", "--to", "th") == ["theater"]
    assert texts("nothing", "") == texts("verify", "c", "") == texts("verify", "--", "--") == []


def test_what_lies_about_is_offered_by_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Kept chains newest first, what may be allowed, settings and action ids, and files by how their path begins."""
    kept = tmp_path / "chainview" / "chains"
    (kept / "b-20260102T000000Z").mkdir(parents=True)
    (kept / "b-20260102T000000Z" / "family.jsonl").touch()
    for name in ("a-20260101T000000Z.chain", "a-20260103T000000Z.chain", "es\x1bc.chain", "x.txt"):
        (kept / name).touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    names = ["a-20260103T000000Z.chain", "b-20260102T000000Z", "a-20260101T000000Z.chain"]
    assert texts("verify", "") == names
    assert "filesystem" in texts("run", "a.wasm", "--allow", "fi")
    assert {"theme", "fold.all"} <= set(texts("config", ""))
    assert [each.text for each in files_beginning(f"{kept}/a")] == [f"{kept}/{name}" for name in (names[2], names[0])]
    assert [each.text for each in files_beginning(f"{kept}/b")] == [f"{kept}/{names[1]}/"]
    assert files_beginning("/nowhere/") == files_beginning("\0/") == []


def test_values_of_options_take_no_place_of_an_argument(tmp_path: Path) -> None:
    """What stands behind an option that takes a value, joined or not, or behind `--`, is counted as what it is."""
    assert texts("explain", "C10") == ["C10"]
    assert offer(["replay", "--mode", "probe", "a.wasm", "--st", "1u8", ""]).files
    assert offer(["record", "-oc.chain", ""]).files
    assert not offer(["record", "-o", "c.chain", "a.wasm", ""]).files
    assert not offer(["verify", "--", "-", ""]).files


def test_calls_and_messages_come_from_the_module_that_is_named() -> None:
    """With their signatures, also by a manifest; a call that takes nothing is whole."""
    found = {each.text: each for each in offer(["record", sample("counter"), "--call", ""]).candidates}
    assert set(found) == {"increment(", "get-count()", "init()", "reset()"}
    assert found["increment("].note == "increment(by: s32) -> s32"
    assert found["increment("].open
    assert texts("record", str(Path(sample("orders")).with_name("manifest.toml")), "--call", "ini") != []
    assert texts("record", "--call", "i") == texts("record", "/", "--call", "i") == []


@pytest.mark.once
def test_a_tab_loads_neither_engine_nor_screen() -> None:
    """Not even where the exports of a module are asked for."""
    for words in (["zsh", "of", "record", sample("counter"), "--call", ""], ["bash", "of", "chainview ", ""]):
        assert not loaded("completion", *words) & {"wasmtime", "textual"}


def test_a_line_of_bash_is_read_as_bash_reads_it() -> None:
    """Quotes, escapes, assignments before the command and redirections; what is replaced begins behind a break."""
    breaks = " \t\n\"'><=;|&(:"
    assert typed_line('A=1 chainview show \'a b\' "c\\"d" e\\ f', breaks).words == ("show", "a b", 'c"d', "e f")
    assert typed_line("chainview run --theme=li", breaks).replaced_from == len("--theme=")
    assert typed_line("chainview run 'theater:simple/a", breaks).replaced_from == 0
    assert typed_line("chainview run --call='inc", breaks).replaced_from == len("--call=")
    assert typed_line("chainview show c >", breaks).is_target
    assert typed_line("chainview show c > o", breaks).is_target
    assert typed_line("chainview show > out ", breaks).words == ("show", "")


@pytest.mark.parametrize(
    ("line", "replaced"),
    [
        ("chainview verify a", "a\\ b\\'c\\$\\(d\\)\\`e\\\"é"),
        ("chainview verify 'a", "a b'\\''c$(d)`e\"é"),
        ('chainview verify "a', "a b'c\\$(d)\\`e\\\"é"),
    ],
)
def test_a_word_is_put_in_as_the_quotes_want_it(line: str, replaced: str) -> None:
    """Nothing in it means anything to the shell, in quotes and without."""
    assert typed_line(line, "").replacement("a b'c$(d)`e\"é") == replaced
