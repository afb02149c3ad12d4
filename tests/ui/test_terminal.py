"""Before and after the screen: terminals that can show none, where the chain lies, and what a crash leaves behind."""

from __future__ import annotations

import errno
import os
import re
import sys
from pathlib import Path

import pytest

from chainview.actor.session.status import Phase, Status
from chainview.core.serving import served
from chainview.pack.values import UNIT
from chainview.system.errors import ChainviewError
from chainview.ui import terminal
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.members import Members
from chainview.ui.feeds.sources import Kept, LiveSource
from chainview.ui.widgets.key_map import KeyMap
from tests.ui import samples
from tests.ui.app_driver import ENVIRON, PlayedSession


def app_of(session: PlayedSession) -> ChainviewApp:
    """An app that has shown a session."""
    source = LiveSource(lambda: session)
    source.open()
    return ChainviewApp(source, KeyMap(), "dark", ENVIRON)


@pytest.mark.parametrize("term", ["", "dumb"])
def test_a_dumb_terminal_is_refused_with_the_command_to_use(term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a usable terminal type no screen is tried; the sentence names what to use instead."""
    monkeypatch.setenv("TERM", term)
    with pytest.raises(ChainviewError, match="use chainview record") as refused:
        terminal.require_terminal("chainview record")
    assert refused.value.exit_code == 2


def test_redirected_streams_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Standard output has to be a terminal, standard input too unless a chain is piped in."""
    monkeypatch.setenv("TERM", "xterm")
    terminals = {0: False, 1: True}
    monkeypatch.setattr(os, "isatty", lambda descriptor: terminals[descriptor])
    terminal.require_terminal("chainview show -", keys=False)
    with pytest.raises(ChainviewError, match="standard input is no terminal"):
        terminal.require_terminal("chainview show")
    terminals[1] = False
    with pytest.raises(ChainviewError, match="standard output is no terminal"):
        terminal.require_terminal("chainview show -", keys=False)


def test_a_path_drives_no_terminal_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    """A path with control characters is shown with them spelled out, and as a shell takes it."""
    session = PlayedSession()
    session.chain_path = Path("/tmp/\x1b]0;x\x07\u202e.chain")
    app = app_of(session)
    terminal._farewell(app, app.source)
    told = capsys.readouterr().err
    assert told.replace("\n", "").isprintable()
    assert r"chainview open $'/tmp/\x1b\x5d0\x3bx\x07\xe2\x80\xae.chain'" in told


def test_the_end_says_where_the_chain_lies(capsys: pytest.CaptureFixture[str]) -> None:
    """After the live screen two lines on standard error name the file and how to open it, quoted for a shell."""
    session = PlayedSession()
    session.chain_path = Path("/chains/my counter.chain")
    app = app_of(session)
    assert terminal._farewell(app, app.source) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert told.err.splitlines() == [
        "the chain is in /chains/my counter.chain",
        "open it again with: chainview open '/chains/my counter.chain'",
    ]


def test_the_end_of_a_family_names_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    """And how many chains and events lie there; what became of a child's chain is told with its name."""
    session, child, unborn = PlayedSession(), PlayedSession(), PlayedSession()
    session.family_folder = session.chain_path = Path("/chains/foreman-1")
    child.rescues, child.state = ("the disk was full",), Status(Phase.IDLE, "worker.wasm")
    unborn.chain_path = None
    source = LiveSource(lambda: session)
    source.session, source.roster = session, Members(0)
    session.tell_of_family(source.roster.add)
    session.start()
    session.spawn(child)
    session.spawn(unborn)
    session.record([samples.call("init"), samples.result("init", UNIT)])
    child.record([samples.call("init")])
    source.ended.append(Kept(Path("/chains/foreman-0"), 1, 7))
    assert terminal._farewell(ChainviewApp(source, KeyMap(), "dark", ENVIRON), source) == 1
    assert capsys.readouterr().err.splitlines() == [
        "1 chain with 7 events is in /chains/foreman-0",
        "worker.wasm: the disk was full",
        "2 chains with 3 events are in /chains/foreman-1",
        "open them again with: chainview open /chains/foreman-1",
    ]


def test_a_crash_becomes_one_sentence_and_a_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A crash ends with exit code 1 and a file that holds the traceback, and whether the core served."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    app = app_of(PlayedSession())
    app.crash = "Traceback: a bug"
    with pytest.raises(ChainviewError) as failed:
        terminal._farewell(app, app.source)
    assert failed.value.exit_code == 1
    named = re.search(r"in (\S+\.log)$", failed.value.sentence)
    assert named is not None
    log = Path(named[1]).read_text(encoding="utf-8")
    assert log.startswith("Traceback: a bug\n")
    assert served() in log


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (RuntimeError("can't start new thread"), "allows no more threads"),
        (MemoryError(), "out of memory"),
        (OSError(errno.EMFILE, "Too many open files"), "allows no more open files"),
    ],
)
def test_a_limit_of_the_system_is_no_crash(error: Exception, told: str) -> None:
    """What the system has no more of is a sentence at the end of the screen, and leaves no file behind."""
    app = app_of(PlayedSession())
    try:
        raise error
    except Exception:
        app._fatal_error()
    assert app.crash == ""
    with pytest.raises(ChainviewError, match=told):
        terminal._farewell(app, app.source)


def test_a_signal_ends_as_interrupted() -> None:
    """SIGTERM, SIGHUP and SIGINT end with 130 where a call ran or was left, else with 0, whatever else they brought."""
    for unfinished, code in ((True, 130), (False, 0)):
        session = PlayedSession()
        session.unfinished = unfinished
        app = app_of(session)
        app.ended_by, app.crash = 15, "the terminal has gone"
        assert terminal._farewell(app, app.source) == code


def test_a_terminal_that_has_gone_takes_everything() -> None:
    """Writing to a closed terminal raises nothing, so that ending never waits for it."""
    read_end, write_end = os.pipe()
    os.close(read_end)
    with os.fdopen(write_end, "w", encoding="utf-8") as stream:
        swallowing = terminal._Terminal(stream)
        assert swallowing.write("x" * 100_000) == 100_000
        swallowing.flush()
        os.dup2(os.open(os.devnull, os.O_WRONLY), write_end)


def test_the_screen_leaves_standard_error_as_it_was() -> None:
    """What Textual draws on is swapped only while the screen is up."""
    before = sys.__stderr__
    with terminal._screen_on_terminal():
        assert sys.__stderr__ is not before
    assert sys.__stderr__ is before
