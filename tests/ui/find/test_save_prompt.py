"""Saving in each format, and over a file that exists."""

from __future__ import annotations

import re
import shlex
from contextlib import nullcontext
from pathlib import Path

import pytest

from chainview.chain.files.opened import open_chain
from chainview.ui.find.save_prompt import FORMATS, format_of
from tests.ui.app_driver import Driven, drive_live, few_calls

pytestmark = pytest.mark.once


def test_a_name_tells_its_format() -> None:
    """Each format has a suffix of its own, and a name without one is a chain file."""
    assert [format_of(f"a{each.suffix}") for each in FORMATS] == list(FORMATS)
    assert format_of("a").name == format_of("a.json.old").name == "msgpack"


def test_every_format_is_saved_and_read_back(tmp_path: Path) -> None:
    """Up and down go through the formats, and what was saved in any that can be read back is the chain."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        for at in range(len(FORMATS)):
            await driven.press("s", "tab")
            prompt.input.value = str(tmp_path / "a.chain")
            await driven.press(*["down"] * at)
            assert prompt.input.value == str(tmp_path / f"a{FORMATS[at].suffix}")
            await driven.press("enter")
            await driven.flush()

    drive_live(script, few_calls())
    hashes = set()
    for each in FORMATS[:-1]:
        with open_chain(tmp_path / f"a{each.suffix}") as opened:
            hashes.add(tuple(event.hash for event in opened))
    assert len(hashes) == 1


def test_a_page_holds_what_is_chosen(tmp_path: Path) -> None:
    """An event, a call, what passes a filter or the whole chain, each as the screen says it, and no other event."""

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("ampersand")
        await driven.type("kind:host or kind:result")
        await driven.press("enter", "g")
        await driven.flush()
        for name in ("shown", "chain", "event", "call"):
            await driven.press("s", *["tab"] * ["shown", "chain", "event", "call"].index(name))
            assert f"save {name}" in driven.line("prompt-label")
            prompt.input.value = str(tmp_path / f"{name}.html")
            await driven.press("enter")
            while "save" in driven.screen.slices:
                await driven.flush()

    drive_live(script, few_calls())
    pages = {name: (tmp_path / f"{name}.html").read_text() for name in ("shown", "chain", "event", "call")}
    rows = {name: sorted(map(int, re.findall(r'data-row id="e(\d+)"', text))) for name, text in pages.items()}
    whole = list(range(1, len(rows["chain"]) + 1))
    assert rows == {"shown": rows["shown"], "chain": whole, "event": [2], "call": [1, 2, 3]}
    assert f"kind:host or kind:result, {len(rows['shown'])} events of {len(whole)}" in pages["shown"]
    assert not {1, 4} & set(rows["shown"])
    assert {2, 3} < set(rows["shown"])


def test_a_file_that_exists_is_replaced_only_when_entered_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first enter says that it is there, the second replaces it; a folder is never replaced."""
    monkeypatch.chdir(tmp_path)
    path = Path("a.chain")
    path.write_text("precious")

    async def script(driven: Driven) -> None:
        prompt = driven.screen.prompt
        await driven.press("s")
        prompt.input.value = str(tmp_path)
        await driven.press("enter")
        assert "give another name" in driven.line("prompt-note")
        prompt.input.value = str(path)
        await driven.press("enter")
        assert "exists already: enter again replaces it" in driven.line("prompt-note")
        assert path.read_text() == "precious"
        await driven.press("enter")
        await driven.flush()
        assert any("in the place of what was there" in said for said in driven.said())

    drive_live(script, few_calls())
    with open_chain(path) as opened:
        assert len(list(opened)) == 4


async def opened(driven: Driven) -> None:
    """Lets what is opened be written, and shown."""
    while driven.screen.slices:
        await driven.flush()


def test_pager_and_editor_get_the_event_or_the_value(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The pager is given the event as text, the editor as JSON, and both the value that the details' cursor is on."""
    for name in ("PAGER", "VISUAL"):
        out = shlex.quote(str(tmp_path / name))
        program = tmp_path / f"{name}.sh"
        program.write_text(f'#!/bin/sh\ncat "$1" > {out}\n')
        program.chmod(0o700)
        monkeypatch.setenv(name, str(program))

    async def script(driven: Driven) -> None:
        monkeypatch.setattr(driven.app, "suspend", nullcontext)
        await driven.press("f", "g", "j", "P")
        await opened(driven)
        await driven.press("O")
        await opened(driven)
        assert "counting from 0" in (tmp_path / "PAGER").read_text()
        assert (tmp_path / "VISUAL").read_text().startswith("{")
        await driven.press("tab", "G", "k", "P")
        await opened(driven)
        assert (tmp_path / "PAGER").read_text() == "counting from 0"
        monkeypatch.setenv("PAGER", "no-such-pager")
        await driven.press("P")
        await opened(driven)
        assert "the pager no-such-pager is not there: PAGER names one" in driven.said()

    drive_live(script, few_calls())
