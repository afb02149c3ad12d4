"""A command that builds something."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from chainview.system import build_command
from chainview.system.build_command import end_in_words, run_aside, run_build
from chainview.system.errors import ChainviewError, Terminated
from chainview.system.long_work import GivenUp, given_up_when
from chainview.system.signals import ENDING, Interruption
from tests.waiting import LIMIT, eventually


@pytest.mark.parametrize(("command", "code", "words"), [("exit 3", 3, "exit code 3"), ("kill -9 $$", -9, "signal 9")])
def test_how_it_ended_is_known(tmp_path: Path, command: str, code: int, words: str) -> None:
    """As a number, and in words."""
    assert run_build(command, tmp_path) == code
    assert end_in_words(code) == words


def test_it_runs_in_a_folder_and_hears_nobody(tmp_path: Path) -> None:
    """Its environment can be another one; there is nothing that it could read."""
    assert run_build("cat > $NAME && test ! -s $NAME", tmp_path, environment={**os.environ, "NAME": "made"}) == 0
    assert (tmp_path / "made").exists()


def test_what_it_says_goes_to_standard_error(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """Standard output is for what we say."""
    assert run_build("echo said; echo amiss >&2", tmp_path) == 0
    assert capfd.readouterr() == ("", "said\namiss\n")


def test_what_it_says_is_heard_to_its_end(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    """However much that is, and by nobody else; also from one that closes its output before it ends."""
    heard: list[bytes] = []
    assert run_build("seq 30000; echo amiss >&2; exec >&- 2>&-; exit 3", tmp_path, heard.append) == 3
    assert b"".join(heard) == b"".join(b"%d\n" % each for each in range(1, 30001)) + b"amiss\n"
    assert capfd.readouterr() == ("", "")


_LEAVES = """
import os
told, tell = os.pipe()
if os.fork():
    os.read(told, 1)
else:
    os.setsid()
    os.write(tell, b"!")
    open("hold").read()
"""


def test_one_that_leaves_the_session_is_not_waited_for(tmp_path: Path) -> None:
    """As a server of a compiler's cache does, which goes on with the output that it was given."""
    (tmp_path / "leaves.py").write_text(_LEAVES)
    os.mkfifo(tmp_path / "hold")
    heard: list[bytes] = []
    assert run_build(f"'{sys.executable}' leaves.py; echo done", tmp_path, heard.append) == 0
    assert b"".join(heard) == b"done\n"
    with (tmp_path / "hold").open("w"):
        pass


class Held:
    """A command with a child that hold a pipe open as long as they are there; it can be seen that they are gone."""

    def __init__(self, folder: Path, trap: str) -> None:
        os.mkfifo(folder / "pipe")
        work = f"{trap}; while :; do sleep 0.05; done"
        begins = f"exec 3>pipe; {{ {work}; }} & trap 'echo put away >&3; exit' TERM; echo begun >&3; : > begun"
        self.command = f"{begins}; {work}"
        self._pipe, self._folder = folder / "pipe", folder
        self.begun, self._said = threading.Event(), list[str]()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def _listen(self) -> None:
        with self._pipe.open() as pipe:
            for line in pipe:
                self._said.append(line.strip())
                self.begun.set()

    def said_when_gone(self) -> list[str]:
        """What they said, once both are gone."""
        self._thread.join(LIMIT)
        assert not self._thread.is_alive()
        return self._said


@pytest.mark.parametrize("hears", [None, bytes])
def test_one_that_nobody_wants_is_ended_with_its_children(
    tmp_path: Path, hears: Callable[[bytes], None] | None
) -> None:
    """They are asked to end first, and put away what they are at."""
    held = Held(tmp_path, "true")
    with given_up_when(held.begun.is_set), pytest.raises(GivenUp):
        run_build(held.command, tmp_path, hears)
    assert held.said_when_gone() == ["begun", "put away"]


def test_one_that_does_not_end_when_asked_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a moment."""
    monkeypatch.setattr(build_command, "_PATIENCE_SECONDS", 0.2)
    held = Held(tmp_path, "trap '' TERM")
    with given_up_when(held.begun.is_set), pytest.raises(GivenUp):
        run_build(held.command, tmp_path)
    assert held.said_when_gone() == ["begun"]


def test_what_it_left_behind_is_ended(tmp_path: Path) -> None:
    """Else it would write into the build that comes next."""
    held = Held(tmp_path, "true")
    assert run_build(f"({held.command}) & while [ ! -e begun ]; do sleep 0.05; done", tmp_path) == 0
    assert held.said_when_gone() == ["begun", "put away"]


def test_a_signal_ends_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also one that comes just as it begins."""
    taken = Interruption()
    monkeypatch.setattr(build_command, "interruption", taken)
    monkeypatch.setattr(sys, "unraisablehook", sys.unraisablehook)
    before = {number: signal.getsignal(number) for number in (*ENDING, signal.SIGALRM)}
    taken.listen()
    try:
        held, begun = Held(tmp_path, "true"), build_command._begun

        def begun_meanwhile(*given: object) -> object:
            process = begun(*given)  # type: ignore[arg-type]
            assert held.begun.wait(LIMIT)
            os.kill(os.getpid(), signal.SIGTERM)
            return process

        monkeypatch.setattr(build_command, "_begun", begun_meanwhile)
        with pytest.raises(Terminated):
            run_build(held.command, tmp_path)
        assert held.said_when_gone() == ["begun", "put away"]
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_KILLED = """
import sys
from pathlib import Path
from chainview.system.build_command import run_build
run_build(sys.argv[1], Path(), lambda piece: Path("heard").touch())
"""


def test_it_ends_with_who_began_it(tmp_path: Path) -> None:
    """With its children, also where that was killed, and could end nothing any more."""
    held = Held(tmp_path, "true")
    paths = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    words = [sys.executable, "-c", _KILLED, f"echo; exec >&- 2>&-; {held.command}"]
    began = subprocess.Popen(words, cwd=tmp_path, env={**os.environ, **paths})
    assert held.begun.wait(LIMIT)
    eventually((tmp_path / "heard").exists)
    began.kill()
    began.wait()
    assert held.said_when_gone()[:1] == ["begun"]


def test_what_can_t_be_run_is_told(tmp_path: Path) -> None:
    """Where its folder is gone, or no text that the system takes."""
    for command, folder in (("true", tmp_path / "gone"), ("tr\0ue", tmp_path)):
        with pytest.raises(ChainviewError, match="can't run the build command"):
            run_build(command, folder)


def test_a_program_aside_is_heard_apart_and_gives_way(tmp_path: Path) -> None:
    """Its output is one thing and its talk another, and it is nicer than we are."""
    said: list[bytes] = []
    talk: list[bytes] = []
    words = [sys.executable, "-c", "import os, sys; print(os.nice(0)); print('talk', file=sys.stderr); sys.exit(4)"]
    assert run_aside(words, tmp_path, said.append, talk.append) == 4
    assert b"".join(talk) == b"talk\n"
    assert int(b"".join(said)) >= min(19, os.nice(0) + build_command._ASIDE)
    with pytest.raises(ChainviewError, match="can't run the program '/no/such'"):
        run_aside(["/no/such"], tmp_path, said.append, talk.append)
