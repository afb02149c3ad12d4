"""The builds of a session as a list: one is looked at, and two are laid against each other."""

from __future__ import annotations

import time
from collections.abc import Sequence

from rich.cells import cell_len
from textual import events

from chainview.chain.words.spans import Forms, fitting
from chainview.replay.run.build_notes import BuildState
from chainview.system.wording import plural, size_words, visible
from chainview.ui.builds.build_words import attempt_told
from chainview.ui.feeds.newest_build import BUILD_MARKS
from chainview.ui.lines.line import Line
from chainview.ui.widgets.choices import Choice, Choices
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId
from chainview.workbench.build import Build
from chainview.workbench.rebuilding.session_builds import SessionBuild, SessionBuilds

BETWEEN = "\n"
"""Stands between two builds that are answered."""
_LEAST_SAID = 12
_LOOK_SECONDS = 0.5


class BuildsList(Choices):
    """Answers with the key of a build, or with those of two that were marked; the newest is shown first."""

    def __init__(self, builds: SessionBuilds, keymap: KeyMap) -> None:
        self._builds = builds
        self._shown = builds.all()[::-1]
        self._marked: list[str] = []
        first = next((each.key for each in self._shown), "")
        super().__init__("builds of this session", first, ActionId.BUILDS, "replays the chain with it", keymap)

    def on_mount(self) -> None:
        """Goes on with what comes while it is looked at."""
        super().on_mount()
        self.set_interval(_LOOK_SECONDS, self._paint)

    def look(self) -> None:
        """Shows those that are there by now."""
        self._shown = self._builds.all()[::-1]
        there = {each.key for each in self._shown}
        self._marked = [each for each in self._marked if each in there]
        self._does = "compares the two that are marked" if len(self._marked) == 2 else "replays the chain with it"

    def choices(self, width: int) -> Sequence[Choice]:
        """Number, time, size, and what it came to."""
        names = max([cell_len(each.name) for each in self._shown], default=0)
        return [(each.key, self._line(each, names, width)) for each in self._shown]

    def _line(self, shown: SessionBuild, names: int, width: int) -> Line:
        mark = "▸" if shown.key in self._marked else " "
        size = size_words(shown.size) if shown.size else "-"
        at = time.strftime("%H:%M:%S", time.localtime(shown.time_ns / 1e9))
        head = f"{mark} {shown.name:<{names}}  {at}  {size:>9}  "
        forms, role = _told(shown)
        said = fitting(tuple([visible(each) for each in forms]), max(_LEAST_SAID, width - cell_len(head)))
        return [(head, "text"), (said, role)]

    def told(self) -> Sequence[Line]:
        """What is not among them any more, what can't be replayed any more, and how two are marked."""
        lines: list[Line] = []
        if self._builds.let_go:
            lines.append(
                [(f"the first {plural(self._builds.let_go, 'build')} of this session are not listed any more", "dim")]
            )
        let_go = sum(not each.is_held and bool(each.size) for each in self._shown)
        if let_go:
            lines.append([(f"{plural(let_go, 'old build')} can't be replayed: only newer modules are kept", "dim")])
        return [*lines, [("space", "key"), (" marks a build; enter compares two that are marked", "dim")]]

    def pressed(self, event: events.Key) -> None:
        """Marks; everything else is as in any list."""
        if event.key == "space":
            self._mark()
        elif event.key == "enter":
            self.answer("enter")
        else:
            super().pressed(event)

    def _mark(self) -> None:
        if self.cursor in self._marked:
            self._marked.remove(self.cursor)
        elif any(each.key == self.cursor and each.is_held for each in self._shown):
            # The two that were marked last are meant.
            self._marked = [*self._marked, self.cursor][-2:]
        self._paint()

    def answer(self, key: str) -> None:
        """Answers with the two that are marked, in their order, or with that under the cursor."""
        if key == "enter" and len(self._marked) == 2:
            order = [each.key for each in reversed(self._shown)]
            self.dismiss(BETWEEN.join(sorted(self._marked, key=order.index)))
        else:
            super().answer(key)


def _told(shown: SessionBuild) -> tuple[Forms, str]:
    if shown.attempt is not None:
        forms, role = attempt_told(shown.attempt)
        cause = shown.attempt.cause
        return (f"{forms[0]}: {cause}" if cause else forms[0], *forms), role
    assert shown.build is not None
    if shown.build.number == 1 and shown.build.state is BuildState.TAKEN:
        return ("● the first one",), "dim"
    mark, role = BUILD_MARKS.get(shown.build.state, ("…", "dim"))
    return tuple([f"{mark} {each}" for each in _verdict(shown.build)]), role


def _verdict(build: Build) -> Forms:
    """What a build came to, without its name."""
    if build.brief:
        return build.brief
    if build.message:
        return (build.message, build.state.value)
    if build.state is BuildState.IDENTICAL:
        return (f"identical, {build.same:,} of {plural(build.events, 'event')}", "identical")
    return (build.state.value,)
