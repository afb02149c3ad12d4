"""The stack as a list, and opening a frame's file."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from textual.app import App

from chainview.chain.event import Extras, Frame
from chainview.chain.payload import encode_error
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.find.frames import _Frames
from chainview.ui.lines.line import plain
from tests.ui.app_driver import Driven, drive, few_calls
from tests.ui.app_driver import PlayedSession as Session

pytestmark = pytest.mark.once


async def fail(driven: Driven, session: Session, frames: Sequence[Frame]) -> None:
    """A call fails, with this stack."""
    session.record(few_calls(1))
    session.chain.append("wasm", encode_error("f", "it failed"), Extras(reason="unreachable", stack=tuple(frames)))
    await driven.flush()


def test_a_frame_is_opened_by_the_person_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The list tells path, count and what is not here; only what is chosen there is opened, at its line."""
    source = tmp_path / "lib.rs"
    source.touch()
    ran: list[list[str]] = []

    @contextmanager
    def lent(app: App[None]) -> Iterator[None]:
        yield

    def run(command: list[str], *, check: bool) -> subprocess.CompletedProcess[bytes]:
        ran.append(command)
        return subprocess.CompletedProcess(command, 3)

    monkeypatch.setattr(App, "suspend", lent)
    monkeypatch.setattr(subprocess, "run", run)
    monkeypatch.setenv("VISUAL", "/bin/sh -c")
    frames = [Frame("core::panic", "/rustc/1/core.rs:9"), *[Frame("a::deep", f"{source}:4")] * 3, Frame("b::top")]

    async def script(driven: Driven) -> None:
        await fail(driven, session, frames)
        await driven.press("S")
        top = driven.top
        assert isinstance(top, _Frames)
        lines = [plain(line) for line in top.rows(90)]
        assert lines[0].rstrip().endswith("/rustc/1/core.rs:9  not here")
        assert lines[1].rstrip().endswith("lib.rs:4  3 times")
        assert top.cursor == "1"
        assert not ran
        await driven.press("enter")
        assert ran == [["/bin/sh", "-c", "+4", str(source)]]
        assert "/bin/sh ended with exit code 3" in driven.said()
        await driven.press("S", "k", "enter")
        assert "/rustc/1/core.rs is not on this machine" in driven.said()
        await driven.press("S")
        assert isinstance(driven.top, _Frames)
        assert any(plain(line).startswith("enter opens the file") for line in driven.top.rows(90))
        await driven.press("G")
        assert not any("enter" in plain(line) for line in driven.top.rows(90))
        await driven.press("enter")
        assert "this module does not tell the file of its functions" in driven.said()
        await driven.press("g", "S")
        assert any(said.startswith("no stack is known here") for said in driven.said())
        assert len(ran) == 1

    session = Session()
    drive(LiveSource(lambda: session), script)


def test_a_failed_call_shows_its_stack_with_its_reason() -> None:
    """The payload tab of a failure has the stack, innermost first, before the message as it is recorded."""

    async def script(driven: Driven) -> None:
        await fail(driven, session, [Frame("a::deep", "src/lib.rs:4")] * 3)
        await driven.press("k", "j")
        told = driven.details
        assert told.index("unreachable") < told.index("a::deep  src/lib.rs:4  3 times") < told.index("it failed")

    session = Session()
    drive(LiveSource(lambda: session), script)
