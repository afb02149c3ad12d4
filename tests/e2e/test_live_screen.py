"""The live screen in a real terminal."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from pathlib import Path

import pytest

from chainview.chain.event import Extras, Frame
from chainview.chain.files.entries.entry import End
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.reader import read_entries
from chainview.chain.files.native.writer import ChainWriter
from chainview.chain.payload import encode_error
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from tests.commands.running import chainview, sample
from tests.e2e.terminal import EXITED, terminal

pytestmark = pytest.mark.once


@pytest.mark.parametrize(("columns", "rows"), [(80, 24), (120, 34), (200, 50)])
def test_a_pulse_is_watched_and_its_chain_kept(tmp_path: Path, columns: int, rows: int) -> None:
    """The chain streams in, no line is wider than the terminal, and quitting says where the chain lies."""
    with terminal(tmp_path, "run", sample("pulse"), columns=columns, rows=rows) as window:
        screen = window.wait("tick 3")
        assert "● LIVE" in screen
        assert max(map(len, screen.splitlines())) <= columns
        window.keys("q")
        said = window.wait(f"{EXITED} 0")
    path = re.search(r"chainview open (\S+?\.chain)", said.replace("\n", ""))
    assert path is not None
    kept = Path(path[1])
    entries = list(read_entries(kept.read_bytes()))
    assert isinstance(entries[-1], End)
    assert chainview(tmp_path, "verify", str(kept)).code == 0


def test_a_call_is_typed_and_its_events_appear(tmp_path: Path) -> None:
    """c opens the prompt, a wrong argument is refused with the reason, a right one is called."""
    with terminal(tmp_path, "run", sample("counter")) as window:
        window.wait("counting from 0")
        window.keys("c")
        window.type("increment(5u32)")
        window.wait("expected s32, got u32")
        window.keys("BSpace", "BSpace", "BSpace", "BSpace", "BSpace")
        window.type("5s32)")
        window.keys("Enter")
        window.wait("state.count 0 → 5")
        window.leave_prompt()
        # A paste arrives faster than the prompt opens.
        window.type("cincrement(2s32)")
        window.wait("call increment(2s32)")
        window.keys("Enter")
        window.wait("state.count 5 → 7")


def test_a_fault_costs_a_message_and_not_the_session(tmp_path: Path) -> None:
    """A trap and a panic are shown with their reasons, and the next call succeeds."""
    calls = ("--call", "trap()", "--call", "panic()", "--call", "fine()")
    with terminal(tmp_path, "run", sample("faulty"), *calls) as window:
        screen = window.wait("state.fine 0 → 1")
        assert "wasm trap: wasm `unr" in screen
        assert "the guest panicked" in screen


def test_an_endless_loop_is_interrupted_by_a_key(tmp_path: Path) -> None:
    """x ends the running call, and keys answered all the while."""
    with terminal(tmp_path, "run", sample("faulty"), "--call", "endless-loop()") as window:
        window.wait("endless-loop()")
        window.keys("?")
        window.wait("Next event")
        window.keys("Escape")
        window.wait(lambda screen: "Next event" not in screen)
        window.keys("x")
        window.wait("interrupted by the user")


def test_a_terminal_that_shrinks_and_grows_keeps_the_screen(tmp_path: Path) -> None:
    """Below the smallest size it says so, and grown again everything is there."""
    with terminal(tmp_path, "run", sample("pulse")) as window:
        window.wait("tick 1")
        window.resize(40, 8)
        window.wait("chainview needs")
        window.resize(100, 30)
        window.wait("● LIVE")


def test_no_color_means_no_colour(tmp_path: Path) -> None:
    """Under NO_COLOR no escape code sets a colour."""
    with terminal(tmp_path, "run", sample("counter"), NO_COLOR="1") as window:
        window.wait("counting from 0")
        assert not re.search(r"\x1b\[[0-9;]*(?:3[0-7]|4[0-7]|38;|48;)", window.colours())


def test_a_dumb_terminal_gets_a_sentence(tmp_path: Path) -> None:
    """TERM=dumb is told which command to use instead, with exit code 2."""
    with terminal(tmp_path, "run", sample("counter"), TERM="dumb") as window:
        assert "use chainview record" in window.wait(f"{EXITED} 2")


def test_no_terminal_gets_a_sentence(tmp_path: Path) -> None:
    """Without a terminal run and open name the command to use, and nothing else is printed."""
    for words, instead in ((("run", sample("counter")), "chainview record"), (("open", "c.chain"), "chainview show")):
        chainview(tmp_path, "record", sample("counter"), "-o", "c.chain", "--force")
        done = chainview(tmp_path, *words)
        assert (done.code, done.out) == (2, "")
        assert instead in done.err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT])
def test_a_signal_ends_with_the_chain_closed(tmp_path: Path, number: signal.Signals) -> None:
    """SIGTERM, SIGHUP and SIGQUIT restore the terminal and close the chain file."""
    with terminal(tmp_path, "run", sample("pulse"), "-o", str(tmp_path / "p.chain")) as window:
        window.wait("tick 1")
        subprocess.run(["pkill", f"-{number.value}", "-f", f"^[^ ]*python.*{tmp_path}/p.chain"], check=True)
        window.wait(EXITED)
        time.sleep(0.1)
    assert isinstance(list(read_entries((tmp_path / "p.chain").read_bytes()))[-1], End)


def test_a_module_that_can_not_run_is_a_sentence(tmp_path: Path) -> None:
    """A file that is no module ends with its sentence and code 2, on a terminal that works."""
    (tmp_path / "broken.wasm").write_bytes(b"no module")
    with terminal(tmp_path, "run", str(tmp_path / "broken.wasm")) as window:
        # Where the lines break depends on how long the folder's name is.
        said = "".join(window.wait(f"{EXITED} 2").split())
    assert "isnoWebAssemblymodule" in said


def test_a_recorded_chain_is_opened_and_searched(tmp_path: Path) -> None:
    """open shows a file, / finds in it, & filters it, and q gives the terminal back."""
    chainview(tmp_path, "record", sample("chatter"), "--call", "chat(500u32, 40u32)", "-o", "c.chain", "-q")
    with terminal(tmp_path, "open", str(tmp_path / "c.chain")) as window:
        window.wait("chain sound")
        window.keys("&")
        window.type("kind:call")
        window.keys("Enter")
        window.wait("2 of 50")
        window.keys("F", ":")
        window.type("400")
        window.keys("Enter")
        window.wait("event 400 of 50")
        window.keys("q")
        window.wait(f"{EXITED} 0")


def test_an_editor_gets_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    """A frame's file is opened at its line by the command that EDITOR names; behind it the screen is as it was."""
    source, editor = tmp_path / "lib.rs", tmp_path / "edit"
    source.touch()
    editor.write_text('#!/bin/sh\necho "edits $*"\nread answer\n')
    editor.chmod(0o755)
    extras = Extras(stack=(Frame("a::f", f"{source}:7"),))
    with ChainWriter.create(tmp_path / "f.chain", Header(Schema.VALUES)) as writer:
        writer.write_event(StateChain().append("wasm", encode_error("f", "it failed"), extras), extras)
    with terminal(tmp_path, "open", "f.chain", EDITOR=str(editor)) as window:
        window.wait("▤ FILE")
        window.keys("S")
        window.wait("opens the file in your editor")
        window.keys("Enter")
        window.wait(f"edits +7 {source}")
        window.keys("Enter")
        window.wait("▤ FILE")
        window.keys("q")
        window.wait(f"{EXITED} 0")
