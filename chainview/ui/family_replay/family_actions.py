"""What the keys do on the screen of a family's replay beside moving."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainview.chain.families.member import Member
from chainview.system.errors import ChainviewError
from chainview.ui.family_replay.family_rules import FamilyRules
from chainview.ui.family_replay.member_screen import MemberReplayScreen
from chainview.ui.family_replay.name_filter import NamePurpose
from chainview.ui.find.clipboard import copy
from chainview.ui.find.code_page import CodePage
from chainview.ui.widgets.keys import ActionId, Handlers

if TYPE_CHECKING:
    from chainview.ui.family_replay.family_screen import FamilyReplayScreen


class FamilyActions:
    """Leads to the replay of an actor, from one that differs to the next, and takes what is said of it."""

    def __init__(self, screen: FamilyReplayScreen) -> None:
        self._screen = screen

    def handlers(self) -> Handlers:
        """Each, by action id."""
        return {
            ActionId.DETAILS: self._show_member,
            ActionId.EXPLAIN: self._explain,
            ActionId.DIFF_FIRST: self._to_first,
            ActionId.DIFF_NEXT: lambda: self._difference(1),
            ActionId.DIFF_PREV: lambda: self._difference(-1),
            ActionId.DIFF_ONLY: self._only_differences,
            ActionId.FIND: self._find,
            ActionId.LINK: self._along,
            ActionId.COPY_EVENT: self._copy,
            ActionId.CALL_INTERRUPT: self._stop,
            ActionId.PANE_NEXT: self._next_pane,
            ActionId.DETAILS_ZOOM: self._zoom,
            ActionId.PANE_GROW: lambda: self._resize(1),
            ActionId.PANE_SHRINK: lambda: self._resize(-1),
            ActionId.ACCEPTED: self._list_accepted,
            ActionId.WRAP: self._wrap,
            ActionId.BACK: self._back,
        }

    def _show_member(self) -> None:
        member = self._screen.member
        if member is not None:
            self.show(member)

    def show(self, member: Member) -> None:
        """Shows the replay of a member, which is made once more for that."""
        screen = self._screen
        compared = screen.replay.found(member.number)
        replay = screen.replay.watched(member)
        if replay is None or (compared is not None and compared.explanation is None):
            screen.say("there is no replay of it to show", "warning")
            return
        replay.start()
        screen.app.push_screen(MemberReplayScreen(screen.keymap, replay, screen, member))

    def _explain(self) -> None:
        """Shows what the code of the first cause of the member under the cursor means."""
        screen = self._screen
        compared = None if screen.member is None else screen.replay.found(screen.member.number)
        explanation = None if compared is None else compared.explanation
        if explanation is None or not explanation.causes:
            screen.say("nothing differs in this actor, as far as is known by now")
        else:
            screen.app.push_screen(CodePage(explanation.causes[0].code, screen.keymap))

    def _to_first(self) -> None:
        found = self._screen.progress.findings
        if found is None or found.first is None:
            self._screen.say("nothing differs" if found else "who differs first is known at the end")
        else:
            self._screen.go_to(found.first.member.number)

    def _difference(self, step: int) -> None:
        screen = self._screen
        number = screen.next_differing(step, screen.rows.cursor)
        if number is None:
            screen.say("no actor differs further " + ("down" if step > 0 else "up"))
        else:
            screen.rows.move_to(number)

    def _only_differences(self) -> None:
        if not self._screen.toggle_only_differing() and not self._screen.rows.numbers:
            self._screen.say("nothing differs")

    def _find(self) -> None:
        screen = self._screen
        screen.ask(NamePurpose(screen.show_named, screen.named), screen.named)

    def _along(self) -> None:
        screen = self._screen
        number = None if screen.rows.cursor is None else screen.brought_by(screen.rows.cursor)
        if number is None:
            screen.say("nothing that differs goes from it to another actor, or comes from one", "warning")
        else:
            screen.go_to(number)

    def _copy(self) -> None:
        """Copies what is said of the member."""
        text = self._screen.reason.text.strip()
        if text:
            copy(self._screen, "report", text, "print it with --text")
        else:
            self._screen.say("there is nothing to take yet", "warning")

    def _stop(self) -> None:
        if self._screen.progress.over:
            self._screen.say("the replay is over", "warning")
        else:
            self._screen.replay.stop()

    def _list_accepted(self) -> None:
        """Lists what is accepted of all actors; what is chosen leads to the replay of its actor."""
        screen = self._screen
        try:
            rules = screen.replay.rules()
        except ChainviewError as error:
            screen.say(error.sentence, "error")
            return
        if not rules:
            key = screen.keymap.key(ActionId.ACCEPT)
            screen.say(f"nothing is accepted in any actor: {key} accepts a cause in the replay of one")
            return

        def chosen(answer: str | None) -> None:
            if answer is not None:
                self.show(rules[int(answer)][0])

        screen.app.push_screen(FamilyRules(rules, screen.keymap), chosen)

    def _next_pane(self) -> None:
        if self._screen.pane.zoomed:
            self._zoom()
        else:
            self._give_keys(to_reason=not self._screen.in_reason)

    def _give_keys(self, *, to_reason: bool) -> None:
        self._screen.in_reason = to_reason

    def _zoom(self) -> None:
        self._give_keys(to_reason=self._screen.pane.toggle_zoom())
        self._screen.call_after_refresh(self._screen.show_reason, keep_scroll=True)

    def _resize(self, steps: int) -> None:
        if self._screen.pane.zoomed:
            self._zoom()
        else:
            self._screen.pane.grow(steps)

    def _wrap(self) -> None:
        view = self._screen.reason
        view.wrap = not view.wrap
        self._screen.show_reason(keep_scroll=True)

    def _back(self) -> None:
        if self._screen.pane.zoomed:
            self._zoom()
        elif self._screen.in_reason:
            self._give_keys(to_reason=False)
        else:
            self._screen.show_named("")
