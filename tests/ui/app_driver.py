"""The app on a headless screen with a session that is played, for tests that press keys and look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

from textual.pilot import Pilot, WaitForScreenTimeout
from textual.screen import Screen
from textual.widgets import Input

from chainview.actor.exports import CallRefused, Export
from chainview.actor.session.status import Phase, SessionLike, Status
from chainview.chain.event import Extras
from chainview.chain.files.native.rescue import Loss
from chainview.chain.state_chain import StateChain
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import S32, U64, UNIT, Record, String, Tuple, Value
from chainview.system.errors import ChainviewError
from chainview.ui.app import ChainviewApp
from chainview.ui.feeds.sources import LiveSource, Source
from chainview.ui.live.chain_screen import ChainScreen
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.overlays import Overlay
from chainview.ui.widgets.text_line import TextLine
from tests.ui import samples
from tests.waiting import LIMIT

TIME_NS = 1_723_000_000_000_000_000
ENVIRON = {"TERM": "xterm-256color"}


IDLE = Status(Phase.IDLE, "counter.wasm")
_S32 = TypeDesc("s32")
_EXPORTS = (
    Export(
        "theater:simple/actor.increment",
        "increment",
        (("by", _S32),),
        (TypeDesc("result", args=(_S32, TypeDesc("string"))),),
    ),
    Export("theater:simple/actor.get-count", "get-count", (), (_S32,)),
    Export("theater:simple/actor.get-history", "get-history", (), (TypeDesc("list", args=(_S32,)),)),
)


class PlayedSession:
    """A session whose actor is the test."""

    def __init__(self) -> None:
        self.chain = StateChain()
        self.chain_path: Path | None = Path("/chains/counter-1.chain")
        self.family_folder: Path | None = None
        self.paused = self.unfinished = False
        self.warnings: tuple[str, ...] = ()
        self.failure: ChainviewError | None = None
        self.loss: Loss | None = None
        self.rescues: tuple[str, ...] = ()
        self.news: tuple[str, ...] = ()
        self.state = IDLE
        self.called: list[str] = []
        self.done: list[str] = []
        self.refused: ChainviewError | None = None
        self.actor_id = str(uuid4())
        self.parent_id: str | None = None
        self.can_be_watched = False
        self._told: list[Callable[[SessionLike], None]] = []

    def tell_of_family(self, told: Callable[[SessionLike], None]) -> None:
        self._told.append(told)

    def spawn(self, child: PlayedSession, parent: PlayedSession | None = None) -> None:
        """Another actor of its family begins, as one that it or `parent` spawned."""
        child.parent_id = (parent or self).actor_id
        for told in self._told:
            told(child)

    def start(self) -> None:
        self.done.append("start")
        for told in self._told:
            told(self)

    def status(self) -> Status:
        return self.state

    def exports(self) -> Sequence[Export]:
        return _EXPORTS

    def check(self, text: str) -> CallRefused | None:
        fits = text.startswith(("increment(", "get-count()")) and text.endswith(")")
        return None if fits else CallRefused(f"{text} does not fit")

    def call(self, text: str) -> None:
        refused = self.check(text)
        if refused:
            raise refused
        self.called.append(text)

    def pause(self) -> None:
        self.paused = True

    def resume(self) -> None:
        self.paused = False

    def interrupt(self) -> bool:
        self.done.append("interrupt")
        return True

    def wait_started(self) -> ChainviewError | None:
        """What keeps it from starting, which is the test's to say."""
        return self.refused

    def stop(self) -> None:
        self.done.append("stop")
        self.state = replace(self.state, phase=Phase.ENDED, message="stopped")

    def close(self) -> None:
        self.done.append("close")

    def rescue(self) -> None:
        self.done.append("rescue")

    def record(self, parts: Iterable[samples.Part]) -> None:
        """Appends events at a frozen time."""
        for number, (event_type, payload) in enumerate(parts, self.chain.count):
            time_ns = TIME_NS + number * 1_000_000
            self.chain.append(event_type, payload, Extras(time_ns=time_ns, duration_ns=250_000))


async def at_rest(pilot: Pilot[None]) -> None:
    """Lets every widget take the messages that it has, and those that these bring about, however long that takes."""
    for seconds in (0, 0, 0, 0, 0.01):
        while not await _paused(pilot, seconds):
            pass


async def _paused(pilot: Pilot[None], seconds: float) -> bool:
    """Waits for that long and for the widgets; False when those took longer than Textual grants them."""
    try:
        await pilot.pause(seconds)
    except WaitForScreenTimeout:
        return False
    return True


async def until(pilot: Pilot[None], true: Callable[[], bool], tick: Callable[[], object] = lambda: None) -> None:
    """Waits until something is so, ticking; fails when it never is."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end, f"what was waited for did not come in {LIMIT:.0f} s"
        tick()
        await _paused(pilot, 0.01)


class Driven:
    """An app that is running, its clock and ticks in the test's hands."""

    def __init__(self, app: ChainviewApp, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.time = 100.0

    @property
    def screen(self) -> ChainScreen:
        """The chain's screen."""
        assert self.app.chain_screen is not None
        return self.app.chain_screen

    async def flush(self) -> None:
        """One tick, some seconds later, and what it brings about."""
        self.time += 10
        self.screen.tick()
        await at_rest(self.pilot)

    async def press(self, *keys: str) -> None:
        """Presses keys, once what lies over the screen takes any, and lets the screen take note."""
        over = self.app.screen
        if isinstance(over, Overlay):
            await self.until(lambda: not over.deaf)
        await self.pilot.press(*keys)
        await self.flush()

    async def type(self, text: str) -> None:
        """Types a text into the field that has the keys, in one go: pressing its keys costs a test 50 ms each."""
        field = self.app.focused
        assert isinstance(field, Input)
        field.insert_text_at_cursor(text)
        await at_rest(self.pilot)
        await self.flush()

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until something is so; fails when it never is."""
        await until(self.pilot, true)

    def line(self, name: str) -> str:
        """The text of one of the screen's lines: status, line, footer."""
        return self.screen.query_one(f"#{name}", TextLine).text

    @property
    def top(self) -> Screen[object]:
        """The screen on top, an overlay when one is up."""
        return self.app.screen

    @property
    def at_chain(self) -> bool:
        """Whether no overlay is up."""
        return self.app.screen is self.app.chain_screen

    @property
    def details(self) -> str:
        """The text of the details."""
        return self.screen.details.view.text

    def said(self) -> list[str]:
        """The messages that are up: toasts, and the one on the screen's line."""
        notice = getattr(self.app.screen, "notice", self.screen.notice)
        return [notification.message for notification in self.app._notifications] + [notice.text] * bool(notice.text)


Script = Callable[[Driven], Awaitable[None]]


def drive(
    source: Source,
    script: Script,
    *,
    size: tuple[int, int] = (120, 34),
    theme: str = "dark",
    keymap: KeyMap | None = None,
) -> ChainviewApp:
    """Runs the app on a source, once its first tick is done gives it to the script; returns the app that ended."""

    async def run() -> ChainviewApp:
        app = ChainviewApp(source, keymap or KeyMap(), theme, ENVIRON)
        async with app.run_test(size=size) as pilot:
            driven = Driven(app, pilot)
            while app.chain_screen is None or app.chain_screen.feed is None:
                await asyncio.sleep(0.005)
                assert app.failure is None, app.failure
                if app.chain_screen is not None:
                    app.chain_screen.ticking = False
                    app.chain_screen._clock = lambda: driven.time
            await pilot.pause()
            await driven.flush()
            await script(driven)
        return app

    try:
        return asyncio.run(run())
    finally:
        source.close()


def drive_live(script: Script, parts: Iterable[samples.Part] = (), **options: object) -> PlayedSession:
    """Runs the app on a played session that has recorded these events."""
    session = PlayedSession()

    def make() -> PlayedSession:
        return session

    async def begin(driven: Driven) -> None:
        session.record(parts)
        await driven.flush()
        await script(driven)

    drive(LiveSource(make), begin, **options)  # type: ignore[arg-type]
    return session


def few_calls(count: int = 3) -> list[samples.Part]:
    """An init and some calls: a log, a store.put, a result that counts; the second call fails."""
    parts = [samples.call("init"), samples.log("counting from 0"), samples.result("init", state(0))]
    for number in range(1, count + 1):
        parts += [
            samples.call("increment", S32(number)),
            samples.log(f"adding [bold]{number}[/bold]"),
            samples.host(
                "store",
                "put",
                Tuple((String("counter"), U64(number))),
                samples.ok(UNIT),
            ),
        ]
        if number == 2:
            parts.append(samples.error("increment", "Function returned error: too much"))
        else:
            parts.append(samples.result("increment", state(number), S32(number)))
    return parts


def state(count: int) -> Value:
    """The counter's state."""
    return Record("counter", (("count", U64(count)), ("label", String("a counter"))))
