"""What a screen paints, on terminals that give some letters more cells than others do."""

from __future__ import annotations

import re
from unicodedata import category

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import constants
from textual.drivers.web_driver import WebDriver

from chainview.ui.anchors import anchored
from chainview.ui.inline import InlineApp

WIDTH = 60
_TOKEN = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[(\d+)G|\x1b\[[?0-9;]*[a-zA-Z]|(\n)|(.)")


def painted(data: str, *, loose: bool) -> dict[int, str]:
    """The rows of a terminal, in which spacing marks have a cell of their own if `loose`."""
    rows: dict[int, list[str]] = {}
    y = x = 0
    for row, column, there, line, letter in _TOKEN.findall(data):
        if row:
            y, x = int(row), int(column) - 1
        elif there:
            x = int(there) - 1
        elif line:
            y, x = y + 1, 0
        elif letter:
            cells = 1 if loose and category(letter) == "Mc" else cell_len(letter)
            held = rows.setdefault(y, [" "] * WIDTH)
            if cells and x < WIDTH:
                held[x] = letter
                for beside in range(x + 1, min(WIDTH, x + cells)):
                    held[beside] = ""
            x += cells
    return {y: "".join(row) for y, row in rows.items()}


texts = st.text("ab नमिी\u0bc6漢│ ", max_size=8)


@given(st.lists(st.lists(texts, min_size=1, max_size=5), min_size=1, max_size=3))
def test_nothing_is_moved_by_letters_of_unsure_width(rows: list[list[str]]) -> None:
    """What stands behind a text stands where it is counted to be, on both kinds of terminals, and also its hash."""
    styled = ["".join([f"\x1b[1;31m{text}\x1b[0m" for text in row]) for row in rows]
    data = "\n".join([f"\x1b[{y};3H{row}\x1b[{y};50H#2d42e92" for y, row in enumerate(styled, 1)])
    plain = painted(data, loose=False)
    assert painted(anchored(data), loose=False) == plain
    for row in painted(anchored(data), loose=True).values():
        assert row[-11:].rstrip().endswith("#2d42e92")


@pytest.mark.parametrize("loose", [False, True])
def test_what_is_behind_stays_and_the_text_goes_on_in_the_blanks(*, loose: bool) -> None:
    """Styles between them or not, and what stands between them too; nothing stands behind the other row."""
    data = "\x1b[2;5H\x1b[1mकि\x1b[0m)\x1b[2m  x\x1b[0m │\n\x1b[3;5Hकिकिx"
    rows = painted(anchored(data), loose=loose)
    assert rows[2].rstrip() == ("    कि) x │" if loose else "    क)  x │")
    assert rows[3].rstrip() == ("    किकिx" if loose else "    ककx")


def test_the_blank_between_two_texts_is_left() -> None:
    """A text that is moved goes on in blanks further on, where those beside it only keep it apart."""
    data = "\x1b[1;1H\x1b[1mकि\x1b[0m a\x1b[1m b\x1b[0m    │"
    assert painted(anchored(data), loose=True)[1].rstrip() == "कि a b   │"
    assert painted(anchored(data), loose=False)[1].rstrip() == "क a b    │"


def test_what_no_terminal_doubts_is_written_as_it_is() -> None:
    """Byte for byte."""
    for data in ("", "\x1b[1;1Habc │ 漢字 ดี\x1b[0m\n", "\x1b[?25l"):
        assert anchored(data) == data


def test_a_browser_too_is_written_what_nothing_shifts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Textual's driver for it paints through that for letters of unsure width."""
    monkeypatch.setattr(constants, "DRIVER", "textual.drivers.web_driver:WebDriver")
    driver = InlineApp().get_driver_class()
    assert issubclass(driver, WebDriver)
    written: list[str] = []
    monkeypatch.setattr(WebDriver, "write", lambda _, data: written.append(data))
    data = "\x1b[1;1Hकि x"
    driver.write(driver.__new__(driver), data)
    assert written == [anchored(data)]
    assert written != [data]
