"""What becomes of a new build on the screen of a running actor: it is told of, and a person takes it or leaves it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.message import Message

from chainview.chain.files.entries.entry import Note
from chainview.chain.words.notes import note_text
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import visible
from chainview.ui.feeds.newest_build import NewestBuild
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Question

if TYPE_CHECKING:
    from chainview.workbench.build import Build

_TAKE, _KEEP, _AFRESH, _LOOK = "a", "k", "s", "r"
_MOST_CAUSES = 8
_NO_BUILD = "there is no new build that differs"


class StartAfresh(Message):
    """The actor is to end, and another to begin with the module as it is now."""


class BuildActions:
    """Tells of builds that were not taken by themselves, and asks what is to become of one that differs."""

    def __init__(self, screen: KeyedScreen, newest: NewestBuild | None) -> None:
        self._screen = screen
        self.newest = newest
        """That of the actor's module; None while it is not known yet."""
        self._said = ""
        """What was said of the watch."""

    def handlers(self) -> Handlers:
        """What the keys do about builds."""
        return {ActionId.BUILD_CHOOSE: self._choose, ActionId.ACTOR_AFRESH: self._ask_afresh}

    def stop_check(self) -> bool:
        """Ends the check of a new build that is under way; whether there is one."""
        return self.newest is not None and self.newest.stop()

    @property
    def checked_now(self) -> bool:
        """Whether the check of a new build is under way."""
        return self.newest is not None and self.newest.checked_now

    @property
    def withdrawn(self) -> bool:
        """Whether the newest build runs and is accepted no longer."""
        build = None if self.newest is None else self.newest.build
        return build is not None and build.state is BuildState.WITHDRAWN

    def figures_came(self) -> None:
        """Says, once, what keeps the watch from what it is there for, and has it look whether the same is accepted."""
        if self.newest is not None:
            self.newest.look_at_rules()
        sentence = "" if self.newest is None else self.newest.trouble.sentence
        if sentence != self._said:
            self._said = sentence
            if sentence:
                self._screen.say(sentence, "warning")

    def note_came(self, note: Note) -> None:
        """Says why a build can't be used, or what can be done about one that differs."""
        if note.kind != "build":
            return
        state = note.data.get("state")
        if state == BuildState.BROKEN:
            self._screen.say(note_text(note), "error")
        elif state in (BuildState.DIVERGED, BuildState.WITHDRAWN):
            show, choose = [
                self._screen.keymap.key(name) or "a command" for name in (ActionId.REPLAY, ActionId.BUILD_CHOOSE)
            ]
            build = f"build {note.data.get('build')}"
            told = f"{build} differs: {show} shows where, {choose} takes it or leaves it"
            if state == BuildState.WITHDRAWN:
                told = f"{build} still runs, but no rule accepts what it does any more: press {choose} to accept that"
            self._screen.say(told, "warning")
        else:
            self._screen.unsay()

    def _choose(self) -> None:
        newest = self.newest
        build = None if newest is None else newest.build
        if newest is None or build is None or not newest.can_be_taken:
            checking = build is not None and build.state is BuildState.CHECKING
            told = f"build {build.number} is still being checked" if build and checking else _NO_BUILD
            self._screen.say(told, "warning")
            return
        runs = build.state is BuildState.WITHDRAWN
        again = f" (build {build.again} again)" if build.again else ""
        title = f"build {build.number}{again} {'runs' if runs else 'waits' if newest.waits else 'was left out'}"
        choices = {
            _TAKE: _accepting(build),
            **({} if runs else {_KEEP: "keep the running build"}),
            _AFRESH: f"start afresh with build {build.number}, in a new chain",
            _LOOK: "look at what differs",
        }
        question = Question(f"{title}, not accepted any more" if runs else title, "\n".join(_differs(build)), choices)
        self._screen.app.push_screen(question, self._chosen)

    async def _chosen(self, answer: str | None) -> None:
        if self.newest is None:
            return
        if answer == _TAKE:
            self.newest.take()
        elif answer == _KEEP:
            self.newest.keep()
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


def _accepting(build: Build) -> str:
    """What it means to accept what a build does differently."""
    accept = f"accept {'all of this' if len(build.causes) > 1 else 'it'}"
    if build.state is BuildState.WITHDRAWN:
        return f"{accept} again"
    if build.other_state:
        return f"{accept}, and carry the state on by a replay from the start"
    return f"{accept}, and go on with build {build.number} from the state that it reached"


def _differs(build: Build) -> list[str]:
    """What a build does differently, cause by cause; its verdict where that tells no cause."""
    more = len(build.causes) - _MOST_CAUSES
    lines = [visible(each) for each in build.causes[:_MOST_CAUSES]]
    return [*lines, *([f"… and {more:,} more"] if more > 0 else [])] or [visible(build.text)]
