"""Calling, pausing, interrupting and stopping the actor of a session."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from chainview.actor.exports import Export
from chainview.actor.session.status import SessionLike
from chainview.system.errors import ChainviewError
from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.lines.status import Badge, Figures
from chainview.ui.live.screen import ChainScreen
from chainview.ui.widgets.history import History
from chainview.ui.widgets.keys import ActionId, Handlers
from chainview.ui.widgets.prompt import Hint


class Driving:
    """What the live screen can make the actor do."""

    def __init__(self, screen: ChainScreen, session: SessionLike, history: History) -> None:
        self._screen = screen
        self._session = session
        self._history = history
        self._typed = ""
        self._warned = 0
        self._failed = False
        screen.figures_changed = self.notice

    def notice(self, figures: Figures) -> None:
        """Shows the session's warnings as they come, and why it failed, once."""
        for warning in self._session.warnings[self._warned :]:
            self._screen.say(warning, "warning")
            self._warned += 1
        if figures.badge is Badge.FAILED and not self._failed:
            self._failed = True
            self._show_failure(figures.reason)

    def _show_failure(self, reason: str) -> None:
        from chainview.ui.widgets.overlays import Message

        self._screen.app.push_screen(Message("the actor failed", reason))

    def handlers(self) -> Handlers:
        """What the actor's keys do."""
        return {
            ActionId.CALL: self._call,
            ActionId.ACTOR_PAUSE: self._pause,
            ActionId.CALL_INTERRUPT: self._interrupt,
            ActionId.ACTOR_STOP: self._stop,
        }

    def _over(self) -> bool:
        over = self._session.status().phase.over
        if over:
            self._screen.say("the actor has ended: start it again to call it", "warning")
        return over

    def _call(self) -> None:
        if not self._over():
            self._screen.ask(CallMode(self._session, self._history, self._keep, self._complain), self._typed)

    def _keep(self, text: str) -> None:
        self._typed = text

    def _complain(self, reason: str) -> None:
        self._screen.say(reason, "warning")

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
        from chainview.ui.widgets.overlays import Question

        def stop(answer: str | None) -> None:
            if answer:
                self._session.stop()

        if not self._over():
            question = Question(
                "Stop the actor?", "It ends after the running call and can't be called any more.", {"y": "stop it"}
            )
            self._screen.app.push_screen(question, stop)


class CallMode:
    """The prompt that calls an export: completes its name, shows its signature, says what does not fit."""

    label = "call"

    def __init__(
        self,
        session: SessionLike,
        history: History,
        keep: Callable[[str], None],
        complain: Callable[[str], None],
    ) -> None:
        self._session = session
        self._history = history
        self._keep = keep
        self._complain = complain

    def changed(self, text: str) -> Hint:
        """The exports the text may become, or the signature of the one it names with what does not fit yet."""
        exports = self._session.exports()
        if not exports:
            return Hint([("the module is still loading", "dim")])
        name, bracket, _ = text.strip().partition("(")
        if not bracket:
            matching = matching_exports(exports, name)
            if len(matching) == 1 and matching[0].name == name:
                return Hint([(visible(matching[0].signature), "dim")])
            return Hint([] if matching else [("no export has this in its name", "warn")], _listed(matching))
        export = next((export for export in exports if export.name == name.strip()), None)
        note: Line = [(visible(export.signature), "dim")] if export is not None else []
        reason = self._session.check(text)
        if reason is None:
            return Hint([*note, ("  fits", "good")])
        return Hint(
            [
                *note,
                ("  " if note else "", "text"),
                (visible(reason), "warn" if text.rstrip().endswith(")") else "dim"),
            ]
        )

    def entered(self, text: str) -> str:
        """Queues the call; returns why it does not fit."""
        text = text.strip()
        if not text:
            return "which export?"
        try:
            self._session.call(text if "(" in text else f"{text}()")
        except ChainviewError as error:
            return visible(error.sentence)
        self._keep("")
        try:
            self._history.add(text)
        except ChainviewError as error:
            self._complain(error.sentence)
        return ""

    def left(self, text: str) -> None:
        """Keeps the text for the next time."""
        self._keep(text)

    def recalled(self, step: int, text: str) -> str | None:
        """A call typed before."""
        return self._history.step(step, text)

    def completed(self, text: str) -> str:
        """The name completed as far as it is clear, with its bracket when it is one export's."""
        if "(" in text:
            return text
        matching = matching_exports(self._session.exports(), text.strip())
        if len(matching) == 1:
            return f"{matching[0].name}({')' if matching[0].params == () else ''}"
        names = [export.name for export in matching]
        return _common_start(names) if names and _common_start(names).startswith(text.strip()) else text


def matching_exports(exports: Sequence[Export], part: str) -> list[Export]:
    """The exports with `part` in their name; where some begin with it, those alone."""
    low = part.lower()
    starting = [export for export in exports if export.name.lower().startswith(low)]
    return starting or [export for export in exports if low in export.name.lower()]


def _listed(exports: list[Export]) -> list[tuple[str, str]]:
    return [(visible(export.name), visible(export.signature.removeprefix(export.name))) for export in exports]


def _common_start(names: list[str]) -> str:
    first, last = min(names), max(names)
    size = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:size]
