"""Saving to files, and copying."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.chain.state_chain import linked
from chainview.ui.feeds.file_sources import FileSource
from chainview.ui.find import clipboard
from chainview.ui.find.clipboard import carrier, local_tool, said_of_copy
from chainview.ui.widgets.slices import Slices
from tests.chain.unsound import WRONG
from tests.ui.app_driver import Driven, drive, drive_live, few_calls

pytestmark = pytest.mark.once


def test_saving_as_json_writes_theaters_array(tmp_path: Path) -> None:
    """A name that ends in .json gives the JSON array that Theater reads, of what was chosen with tab."""
    path = tmp_path / "all.json"

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("s", "tab")
        assert prompt.purpose is not None
        assert prompt.purpose.label == "save chain to"
        prompt.input.value = str(path)
        await driven.press("enter")
        await driven.flush()

    drive_live(script, few_calls())
    stored = json.loads(path.read_text(encoding="utf-8"))
    assert [set(event) for event in stored] == [{"hash", "parent_hash", "event_type", "data"}] * 15
    with open_chain(path) as opened:
        assert verify(opened.load()).sound


def test_saving_leaves_out_what_can_not_be_read(tmp_path: Path) -> None:
    """Damaged rows are left out of what is saved, and their number is said."""
    (tmp_path / "in").write_bytes(WRONG["unreadable"])
    path = tmp_path / "out.json"

    async def script(driven: Driven) -> None:
        await driven.until(lambda: len(driven.screen.chain_tree.table) == 11)
        prompt = driven.screen.prompt
        assert prompt is not None
        await driven.press("s", "tab")
        prompt.input.value = str(path)
        await driven.press("enter")
        await driven.until(path.exists)
        assert f"saved 10 events to {path}; 1 that can't be read were left out" in driven.said()

    drive(FileSource(open_chain(tmp_path / "in")), script)
    assert len(json.loads(path.read_bytes())) == 10


def test_an_event_that_json_can_not_hold_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An event type that is no Unicode is saved in a chain file, and refused by name as JSON, where nothing is left."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    refusal = "event 2 has a type that is no Unicode, which JSON can't hold: use a chain file (msgpack)"
    odd = [*few_calls(0)[:1], ("odd\udcff", b"")]

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        assert prompt is not None
        for name in ("all.json", "all.chain"):
            await driven.press("s")
            while prompt.purpose is not None and prompt.purpose.label != "save chain to":
                await driven.press("tab")
            prompt.input.value = str(tmp_path / name)
            await driven.press("enter")
            await driven.flush()
            if name == "all.json":
                assert refusal in driven.said()
        await driven.press("G", "y")
        assert driven.said()[-1] == refusal

    drive_live(script, odd)
    assert [path.name for path in tmp_path.iterdir()] == ["all.chain"]
    with open_chain(tmp_path / "all.chain") as opened:
        assert verify(opened).sound
        assert opened.table.event_type(1) == "odd\udcff"


def test_copies_say_what_and_how_much(monkeypatch: pytest.MonkeyPatch) -> None:
    """y copies the event as JSON and Y its hash, and a message says so."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("g", "y")
        assert any(text.startswith("copied event 1 as JSON") and "characters" in text for text in driven.said())
        await driven.press("Y")

    drive_live(script, few_calls())
    event = json.loads(copied[0])
    assert bytes(event["hash"]).hex() == copied[1]


def test_the_key_again_copies_what_is_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """JSON as Theater writes it, then what the event says as text without its bytes, then its line, then JSON again."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("g", "y")
        assert driven.said()[-1].endswith("y again copies it as text")
        await driven.press("y")
        assert driven.said()[-1].startswith("copied event 1 as text")
        assert driven.said()[-1].endswith("y again copies its line alone")
        await driven.press("y")
        assert "again" not in driven.said()[-1]
        await driven.press("y", "down", "y")

    drive_live(script, few_calls())
    whole, text, line, again, other = copied
    assert json.loads(whole) == json.loads(again) != json.loads(other)
    assert text.startswith("event 1  ")
    assert "raw" not in text
    assert len(line.splitlines()) == 1


def test_what_is_too_long_for_the_terminal_is_offered_shorter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the JSON of an event does not fit, the message names the key that copies it as text, which does."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    monkeypatch.setattr(clipboard, "OSC52_MOST", 600)
    copied: list[str] = []

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("g", "y")
        assert "too many for the terminal's clipboard: y again copies it as text; or save it" in driven.said()[-1]
        await driven.press("y", "y")

    drive_live(script, few_calls())
    assert copied


def test_a_copy_says_what_is_known_of_it() -> None:
    """A tool that did it is named; behind tmux, screen and ssh it is told that nobody knows, and what else there is."""
    said = partial(said_of_copy, "hash", "abc", otherwise="save it")
    assert said(tool="", between="") == "copied hash: abc, 3 characters, through the terminal"
    assert said(tool="xclip", between="ssh") == "copied hash: abc, 3 characters, through the terminal and with xclip"
    for between in ("tmux", "screen", "ssh"):
        assert f"behind {between}, which may refuse it: if it did, save it" in said(tool="", between=between)
    assert "into tmux's buffer, and the terminal beyond may refuse it" in said(tool="tmux", between="tmux")
    assert said_of_copy("event", "x" * (1 << 20), "", "ssh", "save it") == ""
    assert "with pbcopy" in said_of_copy("event", "x" * (1 << 20), "pbcopy", "", "save it")


def test_where_a_copy_goes_is_known_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tool of the desktop before tmux, which is asked where there is none; ssh and screen have none of their own."""
    monkeypatch.setattr("shutil.which", lambda name: name)
    assert local_tool({"TMUX": "/tmp/t,1,0", "DISPLAY": ":0"}, "linux") == ["xclip", "-selection", "clipboard"]
    assert local_tool({"TMUX": "/tmp/t,1,0"}, "linux") == ["tmux", "load-buffer", "-w", "-"]
    assert local_tool({"SSH_TTY": "/dev/pts/1"}, "linux") is None
    found = [carrier(each) for each in ({"TMUX": "x", "SSH_TTY": "y"}, {"STY": "x"}, {"SSH_CONNECTION": "x"}, {})]
    assert found == ["tmux", "screen", "ssh", ""]
    assert carrier({"TEXTUAL_DRIVER": "textual.drivers.web_driver:WebDriver"}) == "textual serve"


def test_a_large_event_is_copied_between_keys_and_can_be_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large copy goes on in slices, the same key stops it, and without a local tool it is not even begun."""
    monkeypatch.setattr(clipboard, "_AT_ONCE", 100)
    monkeypatch.setattr(clipboard, "OSC52_MOST", 100)
    path = tmp_path / "large.chain"
    path.write_bytes(pack_header(Header()) + pack_event(next(linked([("note", bytes(3 << 20))]))))

    async def script(driven: Driven) -> None:
        await driven.until(lambda: len(driven.screen.chain_tree.table) == 1)
        monkeypatch.setattr(clipboard, "local_tool", lambda: None)
        await driven.press("y")
        assert "too many for the terminal's clipboard: y again copies its line alone; or save it" in driven.said()[-1]
        await driven.press("y")
        monkeypatch.setattr(clipboard, "local_tool", lambda: ["true"])
        with monkeypatch.context() as held:
            # A quick machine would be done with it before the next key.
            held.setattr(Slices, "run", lambda *_: None)
            await driven.press("y")
            assert clipboard.COPYING in driven.screen.slices
            await driven.press("y")
            assert "copying was stopped" in driven.said()
            assert clipboard.COPYING not in driven.screen.slices
        await driven.press("y")
        while clipboard.COPYING in driven.screen.slices:
            await driven.flush()
        await driven.until(lambda: any("with true" in said for said in driven.said()))

    drive(FileSource(open_chain(path)), script)


def test_with_the_keys_in_the_details_the_event_is_copied_in_either_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """The box asks what of it: as JSON, or as text, of which no other is offered then."""
    monkeypatch.setattr("chainview.ui.find.clipboard.local_tool", lambda: None)
    copied: list[str] = []

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "copy_to_clipboard", copied.append)
        await driven.press("g", "tab")
        for key, form in (("t", "text"), ("y", "JSON"), ("t", "text")):
            await driven.press("y", key)
            assert driven.said()[-1].startswith(f"copied event 1 as {form}")
            assert "again" not in driven.said()[-1]

    drive_live(script, few_calls())
    assert copied[0] == copied[2]
    assert json.loads(copied[1])["event_type"] in copied[0]
