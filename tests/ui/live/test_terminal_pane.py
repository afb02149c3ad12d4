"""The terminal of the actors on the live screen."""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

import pytest

from chainview.pack.values import UNIT, Value
from chainview.ui.feeds.pane_terminal import MOST_LINES, PaneTerminal, Writer
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.live.live_screen import LiveScreen
from chainview.ui.live.terminal_pane import LEAVING
from chainview.ui.panes.sized_pane import remember_share
from tests.ui.app_driver import Driven, PlayedSession, drive


class Listening:
    """An actor that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def _tell(self, told: object) -> Future[Value]:
        self.told.append(told)
        done = Future[Value]()
        done.set_result(UNIT)
        return done

    def typed(self, data: bytes) -> Future[Value]:
        return self._tell(data)

    def signalled(self, name: str) -> Future[Value]:
        return self._tell(name)

    def resized(self, columns: int, rows: int) -> Future[Value]:
        return self._tell((columns, rows))

    def ended(self) -> None:
        self.told.append(None)


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        ([b"one\r\ntwo\nthree"], ["one", "two", "three"]),
        ([b"gr\xc3", b"\xbc\xc3\x9f"], ["grüß"]),
        ([b"\x1b[31mred\x1b[0m", b"\x1b[", b"2Jplain"], ["redplain"]),
        ([b"10 %\r20 %"], ["20 %"]),
        ([b"\xff"], ["\ufffd"]),
        ([b"\x1b]0;title\x07text"], ["text"]),
    ],
)
def test_what_is_written_is_kept_as_lines(written: list[bytes], lines: list[str]) -> None:
    """What drives a terminal is left out, also in pieces, and what begins its line again is shown from there."""
    terminal = PaneTerminal()
    for piece in written:
        terminal.write(piece)
    assert terminal.lines == lines


def test_it_is_told_who_writes_once_there_are_several() -> None:
    """One alone needs no name; from when another writes each stands above what it wrote, also above what was there."""
    terminal = PaneTerminal()
    one, two = [terminal.of(lambda name=name: name) for name in ("0-one", "1-two")]  # type: ignore[misc]
    one.write(b"a\n")
    one.write(b"b")
    assert terminal.lines == ["a", "b"]
    two.write(b"c\n")
    two.write(b"d\n")
    one.write(b"e\n")
    assert terminal.lines == ["0-one", "a", "b", "1-two", "c", "d", "0-one", "e", ""]
    assert [line for line in terminal.lines if isinstance(line, Writer)] == ["0-one", "1-two", "0-one"]


def test_an_actor_that_writes_without_end_is_bounded() -> None:
    """The newest lines are kept, each up to a length."""
    terminal = PaneTerminal()
    terminal.write(b"x" * 100_000 + b"\n" * (2 * MOST_LINES))
    assert len(terminal.lines) == MOST_LINES
    terminal.write(b"y" * 100_000)
    assert len(terminal.lines[-1]) < 10_000


def test_those_who_listen_are_told() -> None:
    """Of lines, signals and another size, until they listen no longer."""
    terminal, actor = PaneTerminal(), Listening()
    assert not terminal.signal("interrupt")
    end = terminal.listen(actor)
    terminal.resize(80, 10)
    terminal.typed("hi\n")
    terminal.resize(80, 10)
    terminal.resize(90, 10)
    assert terminal.signal("interrupt")
    assert actor.told == [b"hi\n", (90, 10), "interrupt"]
    assert terminal.lines == ["hi", ""]
    end()
    end()
    terminal.typed("more")
    assert len(actor.told) == 3


@pytest.mark.once
def test_the_pane_comes_up_when_something_is_written_and_takes_lines() -> None:
    """The prompt stays for the next line until esc; `X` lets the actor hear an interrupt; `I` hides the pane."""
    terminal, actor = PaneTerminal(), Listening()

    async def script(driven: Driven) -> None:
        screen = driven.screen
        assert isinstance(screen, LiveScreen)
        assert screen.terminal is not None
        assert not screen.terminal.display
        terminal.listen(actor)
        terminal.write(b"who is there?\n")
        await driven.flush()
        await driven.until(lambda: "who is there?" in screen.terminal.view.text)  # type: ignore[union-attr]
        assert screen.terminal.display
        assert "i type" in driven.line("footer")
        await driven.press("i")
        await driven.type("me")
        await driven.press("enter")
        await driven.until(lambda: driven.app.focused is not None)
        await driven.type("again")
        await driven.press("enter", "escape")
        assert [told for told in actor.told if isinstance(told, bytes)] == [b"me\n", b"again\n"]
        await driven.press("X")
        assert actor.told[-1] == "interrupt"
        assert driven.said()[-1] == "the actor hears an interrupt"
        await driven.press("I")
        assert not screen.terminal.display

    drive(LiveSource(PlayedSession, terminal=terminal), script)


def test_each_key_goes_to_an_actor_that_wants_that() -> None:
    """But for ^c, which stays chainview's, and the one that ends it; then keys are chainview's again."""
    terminal, actor = PaneTerminal(), Listening()
    terminal.listen(actor)
    terminal.set_raw(True)

    async def script(driven: Driven) -> None:
        await driven.press("i", "q", "enter", "up", "ctrl+c", "ctrl+d", LEAVING, "question_mark")
        assert [told for told in actor.told if isinstance(told, bytes)] == [b"q", b"\r", b"\x1b[A", b"\x04"]
        assert not driven.at_chain

    drive(LiveSource(PlayedSession, terminal=terminal), script)


def test_typing_goes_on_as_the_actor_wants_it() -> None:
    """An actor that asks for each key gets what was begun at once, then keys; one that asks for lines again gets lines;
    once none listens, that is said and the keys are chainview's."""
    terminal, actor = PaneTerminal(), Listening()
    end = terminal.listen(actor)

    async def script(driven: Driven) -> None:
        await driven.press("i")
        await driven.type("be")
        terminal.set_raw(True)
        await driven.flush()
        await driven.until(lambda: b"be" in actor.told)
        await driven.press("g", "x")
        assert actor.told[-2:] == [b"g", b"x"]
        assert "every other key goes to the actor" in driven.line("footer")
        terminal.set_raw(False)
        await driven.flush()
        await driven.until(lambda: driven.app.focused is not None)
        await driven.type("line")
        await driven.press("enter")
        assert actor.told[-1] == b"line\n"
        end()
        await driven.flush()
        await driven.until(lambda: driven.screen.prompt.purpose is None)
        assert driven.said()[-1] == "no actor takes what is typed any more"

    drive(LiveSource(PlayedSession, terminal=terminal), script)


@pytest.mark.parametrize("size", [(80, 24), (120, 34), (61, 12)])
@pytest.mark.parametrize("share", [None, 0.5])
def test_an_actor_that_asks_before_the_pane_is_shown_is_told_its_size(
    tmp_path: Path, size: tuple[int, int], share: float | None
) -> None:
    """The one that it then has, so that it is not told of another; also where a person gave the pane a share."""
    if share is not None:
        remember_share(tmp_path / "panes.json", "terminal below", share)
    terminal, actor = PaneTerminal(), Listening()

    async def script(driven: Driven) -> None:
        screen = driven.screen
        assert isinstance(screen, LiveScreen)
        assert screen.terminal is not None
        expected = terminal.size()
        terminal.listen(actor)
        terminal.write(b"who is there?\n")
        await driven.flush()
        await driven.until(lambda: screen.terminal.view.size.height > 0)  # type: ignore[union-attr]
        assert (screen.terminal.view.size.width, screen.terminal.view.size.height) == expected
        assert not actor.told

    drive(LiveSource(PlayedSession, terminal=terminal), script, size=size)


@pytest.mark.once
def test_without_an_actor_that_listens_nothing_can_be_typed() -> None:
    """The keys say so."""

    async def script(driven: Driven) -> None:
        await driven.press("i")
        assert "no actor takes" in driven.said()[-1]
        await driven.press("X")
        assert driven.said()[-1] == "no actor listens to a terminal"

    drive(LiveSource(PlayedSession, terminal=PaneTerminal()), script)
