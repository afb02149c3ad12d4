"""Calling, pausing, interrupting and stopping the actor of a session."""

from __future__ import annotations

from chainview.actor.session.status import SessionLike
from chainview.system.locations import history_file
from chainview.ui.lines.status import Badge, Figures
from chainview.ui.live.call_prompt import CallHistory, CallPurpose
from chainview.ui.widgets.keyed_screen import KeyedScreen
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.overlays import Message, Question


class ActorActions:
    """What the live screen can make the actor do, and what it says of its own."""

    def __init__(self, screen: KeyedScreen, session: SessionLike) -> None:
        self._screen = screen
        self._session = session
        self._purpose = CallPurpose(screen, session, CallHistory(history_file()))
        self._warned = 0
        self._failed = False

    def handlers(self) -> Handlers:
        """What the actor's keys do."""
        return {
            ActionId.CALL: self._call,
            ActionId.ACTOR_PAUSE: self._pause,
            ActionId.CALL_INTERRUPT: self._interrupt,
            ActionId.ACTOR_STOP: self._stop,
        }

    def figures_came(self, figures: Figures) -> None:
        """Shows the session's warnings as they come, and why it failed, once."""
        for warning in self._session.warnings[self._warned :]:
            self._screen.say(warning, "warning")
            self._warned += 1
        if figures.badge is Badge.FAILED and not self._failed:
            self._failed = True
            self._screen.app.push_screen(Message("the actor failed", figures.reason))

    def _over(self) -> bool:
        over = self._session.status().phase.over
        if over:
            self._screen.say("the actor has ended: start it again to call it", "warning")
        return over

    def _call(self) -> None:
        if not self._over():
            self._screen.ask(self._purpose, self._purpose.typed)

    def _pause(self) -> None:
        if self._over():
            return
        if self._session.paused:
            self._session.resume()
            self._screen.say("the actor goes on")
        else:
            self._session.pause()
            self._screen.say("the actor is paused: no further call or tick begins")

    def _interrupt(self) -> None:
        if self._session.status().function is None:
            self._screen.say("no call is running", "warning")
            return
        self._session.interrupt()

    def _stop(self) -> None:
        def stop(answer: str | None) -> None:
            if answer:
                self._session.stop()

        if not self._over():
            question = Question(
                "Stop the actor?", "It ends after the running call and can't be called any more.", {"y": "stop it"}
            )
            self._screen.app.push_screen(question, stop)
