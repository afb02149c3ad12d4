"""Looking at the actors of a family, one after the other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from chainview.actor.session.status import Phase
from chainview.actor.watch.trouble import WatchTrouble
from chainview.chain.event import MODULE_EVENT
from chainview.chain.payload import encode_call
from chainview.chain.schema import Schema
from chainview.pack.values import UNIT, Result, String, Tuple, Value, bytes_value, types
from chainview.replay.run.build_notes import BuildState
from chainview.ui.feeds.members import Members
from chainview.ui.feeds.sources import LiveSource
from chainview.ui.lines.line import plain
from chainview.ui.live.actors import Actors
from chainview.ui.widgets.line_view import LineView
from chainview.ui.widgets.overlays import Question
from chainview.workbench.build import Build
from tests.ui import samples
from tests.ui.app_driver import Driven, PlayedSession, drive, few_calls


class Family:
    """A root that spawns two actors, the second of which spawns a third."""

    def __init__(self) -> None:
        self.root, self.first, self.second, self.third = (PlayedSession() for _ in range(4))

    def grow(self) -> None:
        """The others begin, each with more events than the one before."""
        for parent, child, calls in (
            (self.root, self.first, 1),
            (self.root, self.second, 2),
            (self.second, self.third, 3),
        ):
            self.root.spawn(child, parent)
            child.record(few_calls(calls))

    def source(self) -> LiveSource[PlayedSession]:
        """What shows the root."""
        return LiveSource(lambda: self.root)


def rows(driven: Driven) -> list[str]:
    """The lines of the tree that is up."""
    assert isinstance(driven.top, Actors)
    driven.top.look()
    return [plain(line).rstrip() for line in driven.top.rows(100)]


def test_a_family_is_a_tree_to_choose_from() -> None:
    """Children stand below their parent with how they are and how much they recorded; enter goes to one, `b` back."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.grow()
        await driven.flush()
        assert "of 4 actors" in driven.line("status")
        assert "o actors" in driven.line("footer")
        root = driven.screen
        await driven.press("o")
        names = [row.split("●")[0].strip() for row in rows(driven)[:4]]
        assert names == ["▸ 0 counter.wasm", "1 counter.wasm", "2 counter.wasm", "3 counter.wasm"]
        assert rows(driven)[3].index("3") > rows(driven)[2].index("2")
        counts = [
            str(each.chain.count) + " events" for each in (family.root, family.first, family.second, family.third)
        ]
        assert all(count in row for count, row in zip(counts, rows(driven), strict=False))
        await driven.press("j", "j", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        driven.screen.tick()
        assert (
            driven.screen.chain_tree.table.number(len(driven.screen.chain_tree.table) - 1) == family.second.chain.count
        )
        assert driven.line("status").split("│")[0].split()[1:3] == ["2", "counter.wasm"]
        other = driven.screen
        for expected in (root, other, root):
            await driven.press("b")
            await driven.until(lambda expected=expected: driven.app.chain_screen is expected)  # type: ignore[misc]

    drive(family.source(), script)


@pytest.mark.once
def test_an_actor_is_left_as_it_was() -> None:
    """Its cursor stands where it stood, and what came meanwhile is there."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.grow()
        family.root.record(few_calls(2))
        await driven.flush()
        root = driven.screen
        await driven.press("g", "j")
        at = root.chain_tree.cursor
        await driven.press("o", "G", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        family.root.record(few_calls(1))
        await driven.press("b")
        await driven.until(lambda: driven.app.chain_screen is root)
        root.tick()
        assert root.chain_tree.cursor == at
        assert len(root.chain_tree.table) == family.root.chain.count

    drive(family.source(), script)


@pytest.mark.once
def test_an_actor_that_has_ended_says_so_in_the_tree() -> None:
    """With why; closing the tree leaves the actor that is shown."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.grow()
        family.first.state = replace(family.first.state, phase=Phase.ENDED, message="it shut itself down")
        await driven.flush()
        await driven.press("o")
        assert "○ ended" in rows(driven)[1]
        assert "it shut itself down" in rows(driven)[1]
        await driven.press("j", "escape")
        assert driven.at_chain

    drive(family.source(), script)


def test_who_has_no_family_is_told_so() -> None:
    """An actor alone has no tree, and no actor was shown before it."""
    family = Family()

    async def script(driven: Driven) -> None:
        await driven.press("o")
        assert "has spawned no other one" in driven.said()[-1]
        await driven.press("b")
        await driven.until(lambda: any("no other actor" in said for said in driven.said()))
        assert "actors" not in driven.line("status")

    drive(family.source(), script)


@pytest.mark.once
def test_calls_go_to_the_actor_that_is_shown() -> None:
    """The prompt and the keys of the actor are those of the one on the screen."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.grow()
        await driven.flush()
        root = driven.screen
        await driven.press("o", "j", "enter")
        await driven.until(lambda: driven.app.chain_screen is not root)
        await driven.press("p", "c")
        await driven.type("get-count()")
        await driven.press("enter")
        assert family.first.called == ["get-count()"]
        assert family.first.paused
        assert not family.root.paused

    drive(family.source(), script)


def test_members_know_how_many_live() -> None:
    """Those that have ended are not among them, and stay in the tree."""
    family, members = Family(), Members()
    family.root.tell_of_family(members.add)
    family.root.start()
    family.grow()
    family.third.state = replace(family.third.state, phase=Phase.FAILED)
    assert members.living() == 3
    assert [each.depth for each in members.all()] == [0, 1, 1, 2]
    assert len(members) == 4


def test_one_key_goes_along_a_link_and_back() -> None:
    """The details tell where a message was handled; the key goes there, and from there back; elsewhere it says no."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.root.spawn(family.first)
        family.first.record([samples.call("init"), samples.result("init", UNIT)])
        message = bytes_value(b"hello")
        family.root.record(
            [
                samples.call("increment"),
                samples.host("message-server-host", "send", Tuple((String(family.first.actor_id), message)), _ok(UNIT)),
                samples.result("increment", UNIT),
            ]
        )
        handler = "theater:simple/message-server-client.handle-send"
        family.first.record([(MODULE_EVENT, encode_call(Schema.VALUES, handler, Tuple((message,))))])
        await driven.flush()
        root = driven.screen
        await driven.press("g", "v")
        assert "nothing of another actor" in driven.said()[-1]
        await driven.press("j")
        assert "handled by 1 counter.wasm, event 3 (inferred)" in " ".join(driven.details.split())
        await driven.press("v")
        await driven.until(lambda: driven.app.chain_screen is not root)
        assert driven.screen.chain_tree.cursor == 2
        await driven.flush()
        assert "sent by 0 counter.wasm, event 2 (inferred)" in " ".join(driven.details.split())
        await driven.press("v")
        await driven.until(lambda: driven.app.chain_screen is root)
        assert root.chain_tree.cursor == 1

    drive(family.source(), script)


def _ok(value: Value) -> Value:
    return Result(types.STRING, types.STRING, True, value)


def test_what_is_told_of_an_actor_is_said_once_and_stands_in_the_tree() -> None:
    """Such as where it listens: on the screen that is up, and not again on that of another actor."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.grow()
        await driven.flush()
        family.root.news = ("1-switchboard listens on 127.0.0.1:40123",)
        await driven.flush()
        assert driven.said()[-1] == family.root.news[0]
        driven.screen.unsay()
        await driven.press("o")
        assert family.root.news[0] in rows(driven)
        await driven.press("j", "enter")
        await driven.until(lambda: driven.screen.figures.name.startswith("1 "))
        await driven.flush()
        assert driven.said() == []

    drive(family.source(), script)


class WaitingBuild:
    """A watch whose one build differs."""

    trouble = WatchTrouble()

    def __init__(self, on_change: Callable[[Build], None]) -> None:
        self._on_change = on_change

    def start(self) -> None:
        self._on_change(Build(2, "", BuildState.DIVERGED, message="differs at event 3"))

    def take(self) -> None: ...
    def keep(self) -> None: ...
    def judge_again(self) -> None: ...
    def look_at_rules(self) -> None: ...
    def stop(self) -> bool:
        return False

    def close(self) -> None: ...


@pytest.mark.once
def test_a_build_of_another_actor_is_told_and_marked_in_the_tree() -> None:
    """Once, on whatever screen; the root is always watched, of the others those whose module is a file."""
    family = Family()

    async def script(driven: Driven) -> None:
        family.second.can_be_watched = True
        family.grow()
        await driven.flush()
        told = "a new build of counter.wasm differs in 2 of 2 chains, first 0 counter.wasm: r shows where"
        assert told in driven.said()
        await driven.press("o")
        marked = [number for number, row in enumerate(rows(driven)) if "≠ build 2" in row]
        assert marked == [0, 2]
        await driven.press("escape")
        driven.screen.unsay()
        await driven.flush()
        assert not any("a new build" in said for said in driven.said())

    source = LiveSource(lambda: family.root, watch=lambda session, on_change: WaitingBuild(on_change))
    drive(source, script)


@pytest.mark.once
@pytest.mark.parametrize(
    ("width", "told"),
    [
        (92, "≠ build 2: differs at 3 "),
        (120, '≠ build 2: differs at 3: runtime.log "tea" → "rum"'),
    ],
)
def test_the_tree_tells_by_what_a_build_differs(width: int, told: str) -> None:
    """In as many words as there is room for beside what else is told of the actor, none of them cut."""
    family = Family()
    said = "differs at 3"
    brief = (f'{said}: runtime.log "tea" → "rum"', f"{said}: runtime.log", said)

    def watch(session: PlayedSession, on_change: Callable[[Build], None]) -> WaitingBuild:
        on_change(Build(2, "ab", BuildState.DIVERGED, message="differs at event 3 of 9: and why", brief=brief))
        return IdleWatch(on_change)

    async def script(driven: Driven) -> None:
        family.grow()
        await driven.flush()
        await driven.press("o")
        assert told in driven.top.query_one("#overlay-lines", LineView).text.splitlines()[0]

    drive(LiveSource(lambda: family.root, watch=watch), script, size=(width, 24))


class DifferingBuild(WaitingBuild):
    """A watch whose one build differs in what was recorded at a time."""

    def __init__(self, on_change: Callable[[Build], None], time_ns: int) -> None:
        super().__init__(on_change)
        self._time_ns = time_ns

    def start(self) -> None:
        self._on_change(Build(2, "ab", BuildState.DIVERGED, message="differs at event 3", time_ns=self._time_ns))


@pytest.mark.once
def test_a_build_that_differs_in_several_chains_is_told_of_all_of_them() -> None:
    """Of living and ended actors; the status line counts them, and `r` lists them, who differs first first."""
    family = Family()
    times = {family.first.actor_id: 9, family.second.actor_id: 5}

    def watch(session: PlayedSession, on_change: Callable[[Build], None]) -> WaitingBuild:
        if session is family.root:
            return IdleWatch(on_change)
        return DifferingBuild(on_change, times[session.actor_id])

    async def script(driven: Driven) -> None:
        family.first.can_be_watched = family.second.can_be_watched = True
        family.grow()
        family.first.state = replace(family.first.state, phase=Phase.ENDED)
        await driven.flush()
        assert "≠ counter.wasm: 2 of 2 chains differ, first 2" in driven.line("status")
        told = "a new build of counter.wasm differs in 2 of 2 chains, first 2 counter.wasm: r shows where"
        assert told in driven.said()
        assert "r show where" in driven.line("footer")
        await driven.press("r")
        await driven.until(lambda: isinstance(driven.top, Question))
        assert isinstance(driven.top, Question)
        offered = driven.top.view.text
        assert "1  2 counter.wasm, build 2: differs at event 3" in offered
        assert "2  1 counter.wasm, build 2: differs at event 3" in offered
        await driven.press("2")
        await driven.until(lambda: "its chain can't be replayed here" in driven.said())

    drive(LiveSource(lambda: family.root, watch=watch), script)


class IdleWatch(WaitingBuild):
    """A watch to which no build comes."""

    def start(self) -> None: ...
