"""What the live screen says and does about new builds."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.chain.native_entry import Note
from chainview.ui.builds import Builds
from chainview.ui.feed import note_text
from chainview.ui.screen import ChainScreen, Handler


class Building:
    """Tells of builds that were not taken by themselves, and takes one that differs."""

    def __init__(self, screen: ChainScreen, builds: Builds | None) -> None:
        self._screen = screen
        self._builds = builds
        screen.noted = self.notice

    def handlers(self) -> Mapping[str, Handler]:
        """What the keys do about builds."""
        return {"build.take": self._take}

    def notice(self, note: Note) -> None:
        """Says why a build can't be used, or what can be done about one that differs."""
        if note.kind != "build":
            return
        state = note.data.get("state")
        if state == "broken":
            self._screen.say(note_text(note), "error")
        elif state == "diverged":
            show, take = [self._screen.keymap.key(name) or "a command" for name in ("replay", "build.take")]
            self._screen.say(f"build {note.data.get('build')} differs: {show} shows where, {take} takes it", "warning")

    def _take(self) -> None:
        if self._builds is not None and self._builds.waits:
            self._builds.take()
        else:
            self._screen.say("there is no new build that differs", "warning")
