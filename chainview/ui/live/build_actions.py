"""What the live screen says and does about new builds."""

from __future__ import annotations

from textual.message import Message

from chainview.chain.files.entries.entry import Note
from chainview.chain.words.notes import note_text
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import visible
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question

_TAKE, _KEEP, _AFRESH, _LOOK = "a", "k", "s", "r"


class StartAfresh(Message):
    """The actor is to end, and another to begin with the module as it is now."""


class BuildActions:
    """Tells of builds that were not taken by themselves, and asks what is to become of one that differs."""

    def __init__(self, screen: KeyedScreen, newest: NewestBuild | None) -> None:
        self._screen = screen
        self._newest = newest

    def handlers(self) -> Handlers:
        """What the keys do about builds."""
        return {ActionId.BUILD_CHOOSE: self._choose, ActionId.ACTOR_AFRESH: self._ask_afresh}

    def note_came(self, note: Note) -> None:
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
            self._screen.unsay()

    def _choose(self) -> None:
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
            self._start_afresh()
        elif answer == _LOOK:
            await self._screen.act(ActionId.REPLAY)

    def _ask_afresh(self) -> None:
        def answered(answer: str | None) -> None:
            if answer:
                self._start_afresh()

        text = "This actor ends and its chain is kept; the module as it is now begins a new one."
        self._screen.app.push_screen(Question("Start afresh?", text, {"y": "start afresh"}), answered)

    def _start_afresh(self) -> None:
        self._screen.post_message(StartAfresh())
