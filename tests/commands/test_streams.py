"""Standard streams that are closed, full, or left by their readers."""

from __future__ import annotations

import json
import shlex
import subprocess
from pathlib import Path

import pytest

from chainview.chain.files.native.layout import pack_event, pack_header
from tests.chain import samples
from tests.commands.running import COMMAND, Finished, chainview, environment, sample
from tests.waiting import LIMIT

pytestmark = pytest.mark.once

EVENTS = samples.events(2000)
PULSE = f"record {shlex.quote(sample('pulse'))}"
CHATTER = f"record {shlex.quote(sample('chatter'))} --call 'chat(2000u32, 40u32)' -o c.chain"


def shell(folder: Path, line: str) -> Finished:
    """Runs a line in which `chainview` is the command; the exit code is the command's, also in front of a pipe."""
    script = f'set -o pipefail; chainview() {{ {shlex.join(COMMAND)} "$@"; }}; {line}'
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment(folder, PYTHONUNBUFFERED=""),
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    return Finished(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a sound chain, and one in which every link is wrong."""
    (tmp_path / "sound.chain").write_bytes(samples.native(EVENTS))
    (tmp_path / "broken.chain").write_bytes(pack_header(samples.header()) + pack_event(EVENTS[0]) * 2000)
    return tmp_path


@pytest.mark.parametrize(("chain", "code"), [("sound.chain", 0), ("broken.chain", 1)])
@pytest.mark.parametrize("option", ["", "--json"])
def test_a_verdict_does_not_need_a_reader(folder: Path, chain: str, code: int, option: str) -> None:
    """`verify` exits with its verdict also when nobody reads the report."""
    for ending in ("| true", ">&-", ">&- 2>&-", "2>&-"):
        assert shell(folder, f"chainview verify {option} {chain} {ending}").code == code
    told = shell(folder, f"chainview verify {option} {chain} >/dev/full")
    assert (told.code, "can't write to standard output" in told.err) == (code or 2, True)


@pytest.mark.parametrize("command", ["show", "show --json", "export --to json"])
def test_a_listing_ends_with_its_reader(folder: Path, command: str) -> None:
    """A listing whose reader goes away ends normally, and one that can't be written does not."""
    ended = shell(folder, f"chainview {command} sound.chain | head -1")
    assert (ended.code, ended.out.count("\n"), "Traceback" in ended.err) == (0, 1, False)
    full = shell(folder, f"chainview {command} sound.chain >/dev/full")
    assert (full.code, full.err.splitlines()[0]) == (
        2,
        "chainview: can't write to standard output: no space left on device",
    )


@pytest.mark.parametrize("closed", [">&-", "2>&-", "<&-", "<&- >&- 2>&-"])
def test_closed_streams_are_no_errors(folder: Path, closed: str) -> None:
    """A command works with any of its standard streams closed, and talk never lands among the data."""
    chain = shell(folder, f"chainview record {shlex.quote(sample('counter'))} -o c.chain --force {closed}")
    assert (chain.code, "Traceback" in chain.err, "events in" in chain.out) == (0, False, False)
    assert chainview(folder, "verify", "c.chain").code == 0
    missing = shell(folder, f"chainview show none.chain {closed}")
    assert (missing.code, missing.out) == (2, "")
    shown = shell(folder, f"chainview show sound.chain {closed}")
    assert (shown.code, shown.out.count("\n")) == (0, 0 if ">&-" in closed.replace("2>&-", "") else len(EVENTS))


def test_a_suite_runs_where_all_streams_are_closed(folder: Path) -> None:
    """As a service may be begun: the processes that replay have stand-ins for them too."""
    made = shell(folder, f"chainview record {shlex.quote(sample('counter'))} -q -o c.chain --as-test one")
    assert made.code == 0, made.err
    for closed in ("<&- >&- 2>&-", "<&- 2>&-"):
        ended = shell(folder, f"chainview test --no-cache {closed}")
        assert (ended.code, ended.err) == (0, "")


def test_standard_input_that_is_closed_is_empty(folder: Path) -> None:
    """A chain from a closed standard input is one sentence."""
    told = shell(folder, "chainview verify - <&-")
    assert (told.code, told.err) == (2, "chainview: standard input is empty: nothing was recorded into it\n")


@pytest.mark.parametrize("words", ["--help", "show --help", "--version"])
def test_help_that_nobody_reads(folder: Path, words: str) -> None:
    """Help ends normally without a reader, and says when it can't be written."""
    assert shell(folder, f"chainview {words} | true").code == 0
    full = shell(folder, f"chainview {words} >/dev/full")
    assert (full.code, "can't write to standard output" in full.err) == (2, True)


def test_a_recording_tells_where_its_chain_lies_when_its_reader_goes(folder: Path) -> None:
    """`record | head` ends an actor that lives on timers, and standard error says why and where the chain is."""
    ended = shell(folder, f"chainview {PULSE} -o p.chain | head -2")
    assert (ended.code, ended.out.count("\n")) == (0, 2)
    assert "chainview: standard output was closed; the chain is in p.chain\n" in ended.err
    assert chainview(folder, "verify", "p.chain").code == 0


@pytest.mark.parametrize("option", ["", "--json"])
def test_a_recording_that_can_not_be_printed(folder: Path, option: str) -> None:
    """A full standard output is named together with the chain, which is whole."""
    ended = shell(folder, f"chainview {CHATTER} {option} >/dev/full")
    assert ended.code == 2
    assert "can't write to standard output: no space left on device; the chain is in c.chain\n" in ended.err
    assert json.loads(chainview(folder, "verify", "c.chain", "--json").out)["sound"] is True


def test_nothing_told_drives_the_terminal(folder: Path) -> None:
    """Names and words of all kinds are told with their control characters spelled out."""
    evil = "\x1b[2J\x07\u202e"
    (folder / f"{evil}.wasm").write_text(evil)
    (folder / f"{evil}.toml").write_text(f'name = "x"\npackage = "{evil.encode("unicode_escape").decode()}"')
    (folder / "handlers.toml").write_text(
        f'name = "x"\npackage = "{sample("counter")}"\n[[handler]]\ntype = "\\u001b[2J"\n'
    )
    for words in (
        ("record", evil),
        ("record", f"{evil}.wasm"),
        ("record", f"{evil}.toml"),
        ("record", "handlers.toml", "-q", "-o", f"{evil}.chain"),
        ("record", "handlers.toml", "-q", "-o", f"missing{evil}/c.chain"),
        ("record", "handlers.toml", "--call", f"{evil}()"),
        ("inspect", "handlers.toml"),
        ("verify", evil),
        ("verify", f"{evil}.chain"),
        ("verify", "sound.chain", evil),
        ("show", "sound.chain", "--grep", f"({evil}"),
        ("export", "sound.chain", "--to", "json", "-o", f"{evil}.wasm"),
        (evil,),
    ):
        told = chainview(folder, *words)
        assert told.err or words[0] in ("inspect", "verify")
        assert not set(told.out + told.err) & set("\x1b\x07\u202e"), words
