"""What a terminal may send: keys come through, and nothing else does."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.traceback import Traceback
from textual import events
from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual.drivers.linux_driver import LinuxDriver
from textual.message import Message

from chainview.ui.driver import Keyboard, TerminalDriver
from chainview.ui.terminal_input import MOST_PASTED, Pasted, TerminalInput
from tests.ui.app_driver import PlayedSession
from tests.ui.test_terminal import app_of


def posted(*parts: bytes) -> list[Message]:
    """What is posted of bytes that come in these parts, with a moment before the next; a longer one at the end."""
    messages: list[Message] = []
    keyboard = Keyboard(messages.append)
    for part in parts:
        keyboard.feed(part)
        keyboard.idle()
    for _ in range(20):
        keyboard.idle()
    return messages


def keys(*parts: bytes) -> list[str]:
    """The names of the keys that are posted."""
    return [message.key for message in posted(*parts) if isinstance(message, events.Key)]


REPLIES = {
    "primary device attributes": b"\x1b[?62;1;4c",
    "secondary device attributes": b"\x1b[>41;354;0c",
    "tertiary device attributes": b"\x1bP!|00000000\x1b\\",
    "terminal version": b"\x1bP>|XTerm(354)\x1b\\",
    "colours": b"\x1b]10;rgb:ffff/ffff/ffff\x07\x1b]11;rgb:0000/0000/0000\x1b\\",
    "clipboard": b"\x1b]52;c;" + b"aGVsbG8K" * 2000 + b"\x07",
    "kitty keyboard": b"\x1b[?0u",
    "kitty graphics": b"\x1b_Gi=31;OK\x1b\\",
    "status": b"\x1b[0n",
    "window": b"\x1b[8;34;120t",
    "window title": b"\x1b]lname\x1b\\",
    "a mode that is not known": b"\x1b[?9999;0$y",
    "a mouse of X10": b"\x1b[M\xe0\xf1\xff\x1b[M !!",
    "a mouse of urxvt": b"\x1b[32;10;20M",
    "numbers without end": b"\x1b[99999999999999u\x1b[1;99999999999999A",
    "letters that are none": b"\x1b[4294967295u",
    "unknown and long": b"\x1b[" + b"1;" * 60 + b"q",
}


@pytest.mark.parametrize("reply", REPLIES.values(), ids=REPLIES)
@pytest.mark.parametrize("cut", [None, 1, 2, 3, 7])
def test_replies_of_a_terminal_are_no_keys(reply: bytes, cut: int | None) -> None:
    """Whatever a terminal answers, late and in parts, no key is made of it, and the next one arrives."""
    parts = [reply] if cut is None else [reply[at : at + cut] for at in range(0, len(reply), cut)][:200]
    whole = TerminalInput()
    texts = [text for part in parts for text in whole.feed(part)]
    assert not any(isinstance(text, str) and text.isalnum() for text in texts)
    assert keys(reply + b"q")[-1:] == ["q"]
    assert keys(reply) == []


def test_bytes_that_are_no_utf_8_end_nothing() -> None:
    """They are taken as Latin-1, alone and between others; what is cut in a letter is put together."""
    assert [message.character for message in posted(b"a\xe9b\xff") if isinstance(message, events.Key)] == [*"aéb", "ÿ"]
    assert keys(b"\x80\x9f") == []
    whole = TerminalInput()
    assert "".join([str(text) for part in (b"\xe2", b"\x82", b"\xac") for text in whole.feed(part)]) == "€"


@pytest.mark.parametrize("sequence", [key for key in ANSI_SEQUENCES_KEYS if key.startswith("\x1b")])
def test_every_key_that_textual_knows_comes_through(sequence: str) -> None:
    """Each sequence of its table is handed on whole."""
    got = list(TerminalInput().feed(sequence.encode() + b"x"))
    assert "".join([text for text in got if isinstance(text, str)]) == sequence + "x"


def test_an_escape_key_is_one() -> None:
    """ESC alone is the key once nothing follows; with a letter it is alt, also where the letter may begin a reply."""
    assert keys(b"\x1b") == ["escape"]
    assert list(TerminalInput().feed(b"\x1bx")) == ["\x1bx"]
    reader = TerminalInput()
    assert list(reader.feed(b"\x1b]")) == []
    assert reader.idle() == "\x1b]"
    assert list(reader.feed(b"q")) == ["q"]
    assert keys(b"\x1b[A\x1bOP\x1b[1;5C") == ["up", "f1", "ctrl+right"]


@pytest.mark.parametrize("half", [b"\x1b[1;", b"\x1b[M!", b"\x1b]11;rgb:", b"\x1bPx"])
def test_half_a_sequence_is_given_up(half: bytes) -> None:
    """What never ends swallows no more than what comes right behind it."""
    keyboard_input = TerminalInput()
    assert list(keyboard_input.feed(half)) == []
    for _ in range(10):
        assert keyboard_input.idle() == ""
    assert list(keyboard_input.feed(b"q")) == ["q"]


@pytest.mark.parametrize("size", [10, 10 << 20])
def test_a_paste_is_one_text_and_bounded(size: int) -> None:
    """What is pasted is no key, whatever is in it; of a very long text the beginning is taken."""
    pasted = b"\x1b[200~" + b"q\x1b]x\xe9" + b"a" * size + b"\x1b[201~z"
    reader, got = TerminalInput(), list[str | Pasted]()
    for at in range(0, len(pasted), 4096):
        got.extend(reader.feed(pasted[at : at + 4096]))
    assert got == [Pasted(("q\x1b]xé" + "a" * size)[:MOST_PASTED]), "z"]


def test_a_paste_that_no_terminal_marks_is_one_text_and_bounded() -> None:
    """What comes faster than any hand types is no key, and what is typed, or held down for long, is."""
    pasted, messages = b"quit\n" * 200_000, list[Message]()
    keyboard = Keyboard(messages.append)
    for at in range(0, len(pasted), 4096):
        keyboard.feed(pasted[at : at + 4096])
    keyboard.idle()
    keyboard.feed(b"j" * 500)
    assert isinstance(messages[0], events.Paste)
    assert messages[0].text == pasted.decode()[:MOST_PASTED]
    assert [message.key for message in messages[1:] if isinstance(message, events.Key)] == ["j"] * 500


def test_a_paste_whose_end_never_comes_takes_no_key_for_ever() -> None:
    """What came of it is given after a while, and keys are keys again; a paste that only pauses goes on."""
    reader, got = TerminalInput(), list[str | Pasted]()
    got.extend(reader.feed(b"\x1b[200~one "))
    for part in (b"two, as long as no hand types it, ", b"three, as long as no hand types it\x1b[20"):
        got.extend(reader.idle() for _ in range(8))
        got.extend(reader.feed(part))
    got.extend(reader.idle() for _ in range(10))
    got.extend(reader.feed(b"j"))
    pasted = "one two, as long as no hand types it, three, as long as no hand types it\x1b[20"
    assert [each for each in got if each] == [Pasted(pasted), "j"]


def test_keys_typed_behind_a_paste_that_never_ends_do_not_make_it_longer() -> None:
    """Whoever goes on typing behind the beginning of a paste has keys again once a second of pauses is over."""
    reader, got = TerminalInput(), list[str | Pasted]()
    got.extend(reader.feed(b"\x1b[200~"))
    for _ in range(12):
        got.extend(reader.feed(b"j"))
        got.append(reader.idle())
    assert [each for each in got if each] == [Pasted("j" * 10), "j", "j"]


def test_keys_without_end_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """An app that is far behind is given no more keys and mouse reports, but the key that quits, and all else."""
    handed_on, app, waiting = list[Message](), app_of(PlayedSession()), [0]
    driver = TerminalDriver.__new__(TerminalDriver)
    driver._app = app

    def hand_on(_: LinuxDriver, message: Message) -> None:
        handed_on.append(message)

    monkeypatch.setattr(LinuxDriver, "process_message", hand_on)
    monkeypatch.setattr(type(app), "message_queue_size", property(lambda _: waiting[-1]))
    sent = [events.Key("up", None), events.Key("ctrl+q", None), events.Paste("text")]
    for size, expected in ((10, sent), (5_000, sent[1:])):
        waiting.append(size)
        for each in sent:
            driver.process_message(each)
        assert handed_on == expected
        handed_on.clear()


@given(st.lists(st.binary(max_size=30) | st.sampled_from(list(REPLIES.values())), max_size=8))
def test_nothing_that_is_typed_ends_the_keyboard(parts: list[bytes]) -> None:
    """Whatever bytes come, in whatever parts, a key that is pressed after them arrives."""
    messages: list[Message] = []
    keyboard = Keyboard(messages.append)
    for part in (*parts, b"\x1b[201~\x07\x1b[201~"):
        keyboard.feed(part)
    keyboard.feed(b"qq")
    assert isinstance(messages[-1], events.Key)
    assert messages[-1].key == "q"


def test_a_crash_of_the_keyboard_holds_its_traceback() -> None:
    """What Textual hands over to be printed is kept as the text that it prints."""
    app = app_of(PlayedSession())
    try:
        raise ValueError("no key")
    except ValueError as error:
        app.panic(Traceback.from_exception(type(error), error, error.__traceback__))
    assert "ValueError: no key" in app.crash
    assert "test_terminal_input.py" in app.crash


@pytest.mark.skipif(os.name != "posix", reason="Textual has another driver there")
def test_the_terminal_is_read_by_our_driver() -> None:
    """The app reads its keys by what is tested here."""
    assert app_of(PlayedSession()).get_driver_class() is TerminalDriver
