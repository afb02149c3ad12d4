"""What a frame of a running actor's screen costs, by part: `python -m tests.bench.bench_frame [FRAMES [EVENTS]]`.

So many frames are looked at, each with so many events more, on a screen of 120 by 34 without a terminal: once while
they are followed, once where the view stands still. The times are the processor's, each without those named elsewhere.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any, Final

import pytest
from textual._compositor import Compositor
from textual.app import App

from chainview.ui.feeds.live_feed import LiveFeed
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.tree.chain_tree import ChainTree
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.text_line import TextLine
from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.ui import samples
from tests.ui.app_driver import Driven, PlayedSession, drive

FRAMES = 40
EVENTS = 105
"""What comes in 0.3 s of 350 a second."""
_PARTS: Final[tuple[tuple[str, type, str], ...]] = (
    ("taking what came", LiveFeed, "take"),
    ("rows and where they stand", ChainTree, "extended"),
    ("numbers of the status line", ChainScreen, "figures_came"),
    ("what the details say", ChainScreen, "show_details"),
    ("layout", Compositor, "reflow"),
    ("composing", Compositor, "render_update"),
    ("painting rows", ChainTree, "render_line"),
    ("painting details", LineView, "render_line"),
    ("painting lines", TextLine, "render_line"),
    ("writing to the terminal", App, "_display"),
)


class Parts:
    """The processor's time that each part took, what it called of other parts left out, and how often it was done."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.seconds = dict.fromkeys([name for name, *_ in _PARTS], 0.0)
        self.times: Counter[str] = Counter()
        self._inner: list[float] = []
        for name, owner, method in _PARTS:
            patch.setattr(owner, method, self._measured(name, getattr(owner, method)))

    def begin(self) -> None:
        """Forgets what was measured so far."""
        self.seconds = dict.fromkeys(self.seconds, 0.0)
        self.times.clear()

    def _measured(self, name: str, work: Callable[..., Any]) -> Callable[..., Any]:
        def measured(*given: object, **named: object) -> object:
            self._inner.append(0.0)
            begun = time.thread_time()
            try:
                return work(*given, **named)
            finally:
                spent = time.thread_time() - begun
                self.seconds[name] += spent - self._inner.pop()
                self.times[name] += 1
                if self._inner:
                    self._inner[-1] += spent

        return measured


async def _frames(session: PlayedSession, driven: Driven, parts: Parts, count: int, events: int, what: str) -> None:
    number = session.chain.count
    parts.begin()
    begun = time.thread_time()
    for _ in range(count):
        recorded = time.thread_time()
        session.record([part for at in range(events // 5) for part in samples.counting_call(number + at)])
        number += events
        begun += time.thread_time() - recorded
        await driven.flush()
    whole = time.thread_time() - begun
    print(f"{what}, {events} events a frame")
    print_figure("a frame", f"{1000 * whole / count:.2f} ms")
    for name, *_ in _PARTS:
        print_figure(name, f"{1000 * parts.seconds[name] / count:.2f} ms, done {parts.times[name] / count:.1f} times")
    print_figure("all else, waiting for it included", f"{1000 * (whole - sum(parts.seconds.values())) / count:.2f} ms")


def main() -> None:
    """Prints the figures."""
    count, events = numbers_asked(__doc__, FRAMES, EVENTS)
    print_machine()
    session = PlayedSession()
    with pytest.MonkeyPatch.context() as patch:
        parts = Parts(patch)

        async def script(driven: Driven) -> None:
            await _frames(session, driven, parts, count, events, "following")
            await driven.press("k")
            await _frames(session, driven, parts, count, events, "its view paused")

        drive(LiveSource(lambda: session), script)


if __name__ == "__main__":
    main()
