"""What new builds come to in all the chains of a live family: told on each of its screens, and led to by a key."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from chainview.system.wording import plural, visible
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.overlays import Question

if TYPE_CHECKING:
    from chainview.actor.session.status import SessionLike
    from chainview.ui.feeds.members import FamilyBuild, Member
    from chainview.ui.feeds.sources import LiveSource, MemberSource
    from chainview.ui.lines.status import Figures
    from chainview.ui.live.live_screen import LiveScreen

_MOST_CHOICES = 9


class FamilyBuilds:
    """Tells on the screen of one actor of the builds of others, and shows where one differs."""

    def __init__(self, screen: LiveScreen, source: LiveSource[SessionLike] | MemberSource) -> None:
        self._screen = screen
        self._source = source
        self._said: tuple[str, str, bool] | None = None
        """The build that was told to differ, and whether all of its chains were checked by then."""
        self.wait = False
        """Whether a build of another actor differs, as far as it was known at the last look."""

    def told_in(self, figures: Figures) -> Figures:
        """The figures, with what the newest build of all comes to where that of the actor that is shown is older."""
        build, own = self._newest(), self._source.newest_build
        if build is None or figures.build_waits or any(self._is_shown(each) for each in build.members):
            return figures
        begun = max(0 if each.feed.newest_build is None else each.feed.newest_build.begun_ns for each in build.members)
        return figures if own is not None and own.begun_ns > begun else replace(figures, build=build.says)

    def figures_came(self) -> None:
        """Says that a build differs for another actor: as soon as that is known, and once it is known for all."""
        self.wait = any(not self._is_shown(each) for each in self._waiting())
        build = self._newest()
        differing = [] if build is None else build.differing
        if build is None or all(self._is_shown(each) for each in differing):
            return
        told = build.title, build.sha256, build.checked == len(build.members)
        if told != self._said:
            first, self._said = self._said is None or self._said[:2] != told[:2], told
            if first or len(build.members) > 1:
                self._screen.say(self._sentence(build, differing), "warning")

    def show_where(self) -> bool:
        """Shows the replay in which a build of another actor differs, of several the choice; whether there is one."""
        waiting = self._waiting()
        if all(self._is_shown(each) for each in waiting):
            return False
        if len(waiting) == 1:
            self._show(waiting[0])
            return True
        choices = {str(at): _choice(member) for at, member in enumerate(waiting[:_MOST_CHOICES], 1)}

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self._show(waiting[int(answer) - 1])

        more = len(waiting) - _MOST_CHOICES
        key = self._screen.keymap.key(ActionId.ACTORS) or "the list of actors"
        text = f"It differs in {plural(len(waiting), 'chain')}, the first one first"
        text += f"; {key} marks the {more:,} that are not listed here." if more > 0 else "."
        self._screen.app.push_screen(Question("new builds that differ", text, choices), chosen)
        return True

    def _show(self, member: Member) -> None:
        if self._is_shown(member):
            self._screen.replay_own()
            return
        replay = self._source.replay_of(member)
        if replay is None:
            self._screen.say("its chain can't be replayed here", "warning")
        else:
            self._screen.show_replay(replay, member.feed.newest_build)

    def _sentence(self, build: FamilyBuild, differing: list[Member]) -> str:
        show, tree = [self._screen.keymap.key(each) or "a command" for each in (ActionId.REPLAY, ActionId.ACTORS)]
        first = f"{differing[0].number} {visible(differing[0].title)}"
        if len(build.members) == 1:
            return f"a new build of {first} differs: {show} shows where, {tree} leads to it"
        so_far = "" if build.checked == len(build.members) else ", so far"
        chains = f"{len(differing):,} of {plural(len(build.members), 'chain')}{so_far}"
        return f"a new build of {visible(build.title)} differs in {chains}, first {first}: {show} shows where"

    def _newest(self) -> FamilyBuild | None:
        roster = self._source.roster
        return None if roster is None or len(roster) < 2 else roster.newest_build()

    def _waiting(self) -> list[Member]:
        return [] if self._source.roster is None else self._source.roster.with_waiting_builds()

    def _is_shown(self, member: Member) -> bool:
        return member.session is self._source.session


def _choice(member: Member) -> str:
    said = "" if member.build is None else member.build.forms[0]
    return visible(f"{member.number} {member.title}, {said}")
