"""The replay of one member of a family, on a screen of its own over that of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainview.chain.families.member import Member
from chainview.ui.replay.replay_screen import ReplayScreen
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId
from chainview.workbench.replay_thread import ReplayThread

if TYPE_CHECKING:
    from chainview.ui.family_replay.family_screen import FamilyReplayScreen


class MemberReplayScreen(ReplayScreen):
    """The replay of one member; what differs further on is in the next one, and closing it goes back to all of them."""

    def __init__(self, keymap: KeyMap, replay: ReplayThread, family: FamilyReplayScreen, member: Member) -> None:
        super().__init__(keymap, replay, returns=True)
        self._family = family
        self._member = member

    def beyond(self, step: int) -> bool:
        """Goes on to the replay of the next member that differs."""
        family = self._family
        number = family.next_differing(step, self._member.number)
        if number is None:
            return False
        self.dismiss(None)
        family.rows.move_to(number)
        family.call_after_refresh(family.act, ActionId.DETAILS)
        return True

    def on_unmount(self) -> None:
        """Takes along what was accepted here."""
        super().on_unmount()
        explanation = self.replay.progress.explanation
        if self.replay.accepted and explanation is not None:
            self._family.replay.judged_again(self._member, explanation)
