"""Terminals that send whatever they like: to the keyboard alone, and now and then to a screen on a real one."""

from __future__ import annotations

import fcntl
import os
import select
import signal
import struct
import termios
import time
from pathlib import Path
from random import Random

from textual import events
from textual.message import Message

from chainview.ui.driver import Keyboard
from tests.bench.pseudo_terminal import Screen, screen
from tests.campaigns.campaign import Campaign, Figures
from tests.chain import samples
from tests.waiting import eventually

PIECES = (
    b"\x1b[M\xe0\xf1\xff",
    b"\x1b[<0;10;5M\x1b[<0;10;5m",
    b"\x1b[?62;1;4c",
    b"\x1b]11;rgb:0000/0000/0000\x1b\\",
    b"\x1bP>|XTerm(354)\x1b\\",
    b"\x1b[?0u\x1b[99999999999u",
    b"\x1b[I\x1b[O",
    b"\x1b[200~pasted\x1b[201~",
    b"\x1b[1;",
    b"\x1b",
    b"caf\xe9",
    b"jk/&:g \r\x10\t",
)
ENDS = b"\x1b\\\x07\x1b[201~"
"""Ends whatever string or paste is open."""
SIZES = ((1, 1), (2, 1), (1, 60), (500, 2), (80, 24), (120, 34))
ON_SCREEN = 0.05
"""The share of rounds that start a program."""


def _sent(random: Random) -> bytes:
    """Some of what terminals send, cut anywhere, and what none does; not the keys that quit, suspend and kill."""
    parts = [random.choice((random.choice(PIECES), random.randbytes(12))) for _ in range(random.randint(1, 40))]
    sent = b"".join([part[: random.randint(1, len(part))] for part in parts])
    return sent.translate(None, b"qQ\x11\x1a\x1c\x03")


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    messages: list[Message] = []
    keyboard, size, begun = Keyboard(messages.append), 0, time.thread_time()
    for _ in range(20):
        sent = _sent(random)
        size += len(sent)
        keyboard.feed(sent)
        keyboard.idle()
    figures.measure("microseconds a byte", (time.thread_time() - begun) / size * 1e6)
    figures.count("bytes", size)
    keyboard.feed(ENDS)

    def arrives() -> bool:
        keyboard.idle()
        keyboard.feed(b"z")
        return isinstance(messages[-1], events.Key) and messages[-1].key == "z"

    # An escape key is told from a key with alt by the time between them.
    eventually(arrives)
    if random.random() < ON_SCREEN:
        _on_screen(random, folder)
        figures.count("programs")


def _on_screen(random: Random, folder: Path) -> None:
    chain = folder / "a.chain"
    samples.write_native(chain, 60)
    with screen(folder, "open", str(chain)) as shown:
        shown.wait(b"sound")
        for _ in range(20):
            if random.random() < 0.3:
                columns, rows = random.choice(SIZES)
                fcntl.ioctl(shown._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
                os.killpg(shown._process.pid, signal.SIGWINCH)
            _send(shown, _sent(random))
        assert shown._process.poll() is None, "what the terminal sent ended the program"


def _send(shown: Screen, sent: bytes) -> None:
    while not select.select([], [shown._master], [], 0.0)[1]:
        shown.read(0.1)
    os.write(shown._master, sent)
    shown.quiet(0.2)


CAMPAIGN = Campaign("Whatever a terminal sends, the screen goes on, and the next key arrives.", _attack, short=20)
