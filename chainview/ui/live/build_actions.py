"""What the live screen says and does about new builds."""

from __future__ import annotations

from collections.abc import Callable

from chainview.chain.files.entries.note import Note
from chainview.chain.words.notes import note_text
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import visible
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.live.screen import ChainScreen
from chainview.ui.widgets.keys import ActionId, Handlers

_TAKE, _KEEP, _AFRESH, _LOOK = "a", "k", "s", "r"


class Building:
    """Tells of builds that were not taken by themselves, and asks what is to become of one that differs."""

    def __init__(self, screen: ChainScreen, newest: NewestBuild | None, afresh: Callable[[], None]) -> None:
        self._screen = screen
        self._newest = newest
        self._afresh = afresh
        screen.noted = self.notice

    def handlers(self) -> Handlers:
        """What the keys do about builds."""
        return {ActionId.BUILD_CHOOSE: self._choose, ActionId.ACTOR_AFRESH: self._ask_afresh}

    def notice(self, note: Note) -> None:
        """Says why a build can't be used, or what can be done about one that differs."""
        if note.kind != "build":
            return
        state = note.data.get("state")
        if state == BuildState.BROKEN:
            self._screen.say(note_text(note), "error")
        elif state == BuildState.DIVERGED:
            show, choose = [
                self._screen.keymap.key(name) or "a command" for name in (ActionId.REPLAY, ActionId.BUILD_CHOOSE)
            ]
            self._screen.say(
                f"build {note.data.get('build')} differs: {show} shows where, {choose} takes it or leaves it", "warning"
            )
        else:
            self._screen.notice.clear()

    def _choose(self) -> None:
        from chainview.ui.widgets.overlays import Question

        newest = self._newest
        build = None if newest is None else newest.build
        if newest is None or build is None or not newest.waits:
            self._screen.say("there is no new build that differs", "warning")
            return
        number = build.number
        question = Question(
            f"build {number} waits",
            visible(build.text),
            {
                _TAKE: f"accept it, and go on with build {number} from the state that it reached",
                _KEEP: "keep the running build",
                _AFRESH: f"start afresh with build {number}, in a new chain",
                _LOOK: "look at what differs",
            },
        )
        self._screen.app.push_screen(question, self._chosen)

    async def _chosen(self, answer: str | None) -> None:
        if self._newest is None:
            return
        if answer == _TAKE:
            self._newest.take()
        elif answer == _KEEP:
            self._newest.keep()
        elif answer == _AFRESH:
            self._afresh()
        elif answer == _LOOK:
            await self._screen.act(ActionId.REPLAY)

    def _ask_afresh(self) -> None:
        from chainview.ui.widgets.overlays import Question

        def answered(answer: str | None) -> None:
            if answer:
                self._afresh()

        text = "This actor ends and its chain is kept; the module as it is now begins a new one."
        self._screen.app.push_screen(Question("Start afresh?", text, {"y": "start afresh"}), answered)
