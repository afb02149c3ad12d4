"""Calls typed at the prompt: completed, checked, queued, and remembered."""

from __future__ import annotations

import errno
import os
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual import events

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused, Export, exports_of, parse_call
from chainview.actor.peer_calls import PeerCall
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import Tuple
from chainview.system.errors import ChainviewError
from chainview.system.files.lock import turn_in
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.live.call_prompt import MOST_KEPT, CallHistory, completed
from tests.actor.running import sample
from tests.ui.app_driver import Driven, PlayedSession, drive, drive_live, few_calls

pytestmark = pytest.mark.once

_BYTES = TypeDesc("list", args=(TypeDesc("u8"),))
_HANDED = PeerCall("theater:simple/message-server-client.handle-send", (("message", _BYTES),), Tuple)
SENT = Export("send", "send", _HANDED.params, (), peer=_HANDED)


def test_a_call_is_typed_completed_checked_and_queued(tmp_path: Path) -> None:
    """c asks for a call, tab completes the name, the signature is shown, enter queues it and the history keeps it."""

    async def script(driven: Driven) -> None:
        await driven.press("c")
        prompt = driven.screen.prompt
        assert prompt is not None
        assert "get-count" in prompt.candidates.text
        assert driven.line("footer").split("  ")[:4] == [" enter call", "tab complete", "↑ earlier calls", "esc leave"]
        await driven.type("inc")
        await driven.press("tab")
        assert prompt.input.value == "increment("
        assert "increment(by: s32) -> result<s32, string>" in prompt.candidates.text
        await driven.type("3s32)")
        assert "fits" in driven.line("prompt-note")
        await driven.press("enter")
        assert (prompt.purpose is not None, prompt.input.value) == (True, "")
        await driven.press("escape")
        assert prompt.purpose is None
        assert "? help" in driven.line("footer")

    session = drive_live(script)
    assert session.called == ["increment(3s32)"]
    assert (tmp_path / "calls").read_text(encoding="utf-8") == "increment(3s32)\n"


def test_a_call_that_does_not_fit_is_refused_with_the_reason() -> None:
    """What does not fit is not queued; the reason is beneath, and the text stays to be mended."""

    async def script(driven: Driven) -> None:
        await driven.press("c")
        await driven.type("nothing()")
        await driven.press("enter")
        prompt = driven.screen.prompt
        assert prompt is not None
        assert prompt.purpose is not None
        assert prompt.input.value == "nothing()"
        assert "nothing() does not fit" in driven.line("prompt-note")

    assert drive_live(script).called == []


class Listening(PlayedSession):
    """A session whose actor takes messages of a peer."""

    def exports(self) -> Sequence[Export]:
        """What can be sent to it alone."""
        return (SENT,)

    def check(self, text: str) -> CallRefused | None:
        """As a real session does it."""
        try:
            parse_call(text, (SENT,))
        except CallRefused as refused:
            return refused
        return None


def test_a_message_is_typed_in_plain_words() -> None:
    """As a file of messages has it; the hint tells what it is sent as, and what is amiss."""
    session = Listening()

    async def script(driven: Driven) -> None:
        await driven.press("c")
        await driven.type("send hex:0")
        await driven.until(lambda: "hex: is followed by an even number" in driven.line("prompt-note"))
        await driven.press("ctrl+u")
        await driven.type("send hello there")
        assert "send(message: list<u8>)" in driven.screen.prompt.candidates.text
        assert "fits" in driven.line("prompt-note")
        await driven.press("enter")

    drive(LiveSource(lambda: session), script)
    assert session.called == ["send hello there"]


def test_leaving_the_call_prompt_keeps_the_text() -> None:
    """Escape closes the prompt; the next c finds what was typed."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("c")
        await driven.type("get")
        await driven.press("escape")
        assert prompt.purpose is None
        await driven.press("c")
        assert prompt.input.value == "get"

    drive_live(script)


def test_keys_typed_right_after_the_prompts_key_are_text() -> None:
    """Keys that arrive in one go with the key that opens the prompt never do what they do outside of it."""

    async def script(driven: Driven) -> None:
        await driven.pilot.press("slash", *"qps")
        await driven.flush()
        prompt = driven.screen.prompt
        assert prompt is not None
        assert prompt.input.value == "qps"
        assert driven.app.is_running

    assert not drive_live(script, few_calls()).paused


def test_calls_typed_before_come_back_with_up_and_down(tmp_path: Path) -> None:
    """Up and down step through the calls of this and earlier runs, and back to what was being typed."""
    CallHistory(tmp_path / "calls").add("get-count()")

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("c")
        await driven.type("inc")
        await driven.press("up")
        assert prompt.input.value == "get-count()"
        await driven.press("down")
        assert prompt.input.value == "inc"

    drive_live(script)


def test_history_keeps_the_newest_lines_once_and_privately(tmp_path: Path) -> None:
    """A call typed again moves to the end, old ones go, and nobody else can read the file."""
    path = tmp_path / "state" / "calls"
    history = CallHistory(path)
    for number in range(MOST_KEPT + 5):
        history.add(f"call({number})")
    history.add("call(10)")
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == MOST_KEPT
    assert lines[-1] == "call(10)"
    assert lines.count("call(10)") == 1
    assert path.stat().st_mode & 0o077 == 0


def test_two_sessions_keep_each_others_calls(tmp_path: Path) -> None:
    """What another session kept since is still there behind a call that is kept here."""
    one, other = CallHistory(tmp_path / "calls"), CallHistory(tmp_path / "calls")
    assert one.lines == other.lines == []
    one.add("first()")
    other.add("second()")
    one.add("third()")
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["first()", "second()", "third()"]
    assert one.step(-2, "") == "second()"


def test_two_sessions_that_keep_a_call_at_once_take_turns(tmp_path: Path) -> None:
    """A call is added to what lies there once whoever is adding another has done so."""
    one, other = CallHistory(tmp_path / "calls"), CallHistory(tmp_path / "calls")
    with turn_in(tmp_path):
        adding = threading.Thread(target=lambda: other.add("second()"))
        adding.start()
        (tmp_path / "calls").write_text("first()\n", encoding="utf-8")
    adding.join()
    one.add("third()")
    assert (tmp_path / "calls").read_text(encoding="utf-8").split() == ["first()", "second()", "third()"]


@pytest.mark.parametrize("kind", ["pipe", "folder", "refused"])
def test_a_history_that_can_not_be_read_holds_nobody_up_and_loses_nothing(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pipe, a folder or a file that may not be read in its place: calls come back, as long as the session lives."""
    path = tmp_path / "calls"
    if kind == "pipe":
        os.mkfifo(path)
    elif kind == "folder":
        path.mkdir()
    else:
        path.write_text("before()\n", encoding="utf-8")

        def refuse(*words: object, **options: object) -> int:
            raise PermissionError(errno.EACCES, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    history = CallHistory(path)
    with pytest.raises(ChainviewError, match=f"can't read {path}: .*; the call is not kept"):
        history.add("now()")
    monkeypatch.undo()
    assert history.step(-1, "") == "now()"
    assert kind != "refused" or path.read_text(encoding="utf-8") == "before()\n"


def test_saving_a_call_gives_a_chain_that_can_be_opened(tmp_path: Path) -> None:
    """s saves the call under the cursor to a chain file; the same name again is refused."""
    path = tmp_path / "one.chain"

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("g", "s")
        assert prompt.input.value == "counter-1-call-1.chain"
        for _ in range(2):
            prompt.input.value = str(path)
            await driven.press("enter")
            await driven.flush()
            if prompt.purpose is None:
                await driven.press("s")
        assert "exists already" in driven.line("prompt-note")

    drive_live(script, few_calls())
    with open_chain(path) as opened:
        assert len(opened.load().table) == 3
        assert verify(opened).sound


def test_completion_goes_as_far_as_it_is_clear() -> None:
    """Tab gives the common beginning of several names, and one name its bracket."""
    exports = PlayedSession().exports()
    assert completed(exports, "g") == "get-"
    assert completed(exports, "get-c") == "get-count()"
    assert completed(exports, "history") == "get-history()"
    assert completed(exports, "increment(3") == "increment(3"


def test_completion_goes_on_with_cases_and_fields() -> None:
    """As far as the declared type makes it clear; a literal that is whole, and an export that is none, stay."""
    exports = exports_of(load_module(sample("orders")))
    text = "place-order("
    for typed, more in (
        ("", "{"),
        ("c", "ustomer: "),
        ('"Ada", l', "ines: "),
        ("", "["),
        ("", "{"),
        ("s", "ku: "),
        ('"tea"}], d', "elivery: "),
        ("L", "ocker("),
    ):
        text += typed
        assert completed(exports, text) == text + more
        text += more
    assert completed(exports, f"{text}4)}})") == f"{text}4)}})"
    assert completed(exports, "nothing-like-it(P") == "nothing-like-it(P"


def test_several_lines_are_pasted_as_calls() -> None:
    """Each line is a call, or several are one; enter makes all of them, or says which does not fit and makes none."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("c")
        driven.app.post_message(events.Paste("increment(5)\r# no call\rincrement(\r\n  6\r)\n"))
        await driven.until(lambda: prompt.input.value == "increment(5); increment(6)")
        await driven.until(lambda: "2 calls, each fits" in driven.line("prompt-note"))
        await driven.type("; nothing()")
        await driven.press("enter")
        assert driven.line("prompt-note").startswith(
            " " * len(" call increment(5); increment(6);") + " ^ nothing() does"
        )
        for _ in "; nothing()":
            await driven.press("backspace")
        await driven.press("enter")
        assert prompt.input.value == ""

    assert drive_live(script).called == ["increment(5)", "increment(6)"]
