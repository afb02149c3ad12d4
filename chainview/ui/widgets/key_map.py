"""Which key does what: the keys of the table, with those that a user gave instead."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.system.errors import ChainviewError
from chainview.ui.widgets.key_names import key_name, key_shown
from chainview.ui.widgets.key_table import ACTIONS, BY_ID
from chainview.ui.widgets.keys import Action, ActionId, Scope

_RESERVED = {"ctrl+c": "^c never does anything but explain how to end things"}


class KeyMap:
    """Which key does what: the table, with the keys a user gave instead."""

    def __init__(self, settings: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`settings` maps action ids to keys; raises ChainviewError for unknown ones and for a key given twice."""
        changed = {_known(name): keys for name, keys in (settings or {}).items()}
        self._keys = {action.id: _names(changed.get(action.id, action.keys)) for action in ACTIONS}
        self._actions: dict[str, ActionId] = {}
        self._taken: list[str] = []
        for given in (True, False):
            for action_id, names in self._keys.items():
                if (action_id in changed) == given:
                    self._claim(action_id, names, given=given)

    def _claim(self, action_id: ActionId, names: tuple[str, ...], *, given: bool) -> None:
        for name in names:
            owner = self._actions.setdefault(name, action_id)
            if owner != action_id and given:
                raise ChainviewError(f"the key {key_shown(name)} is given to both {owner} and {action_id}")
            if owner != action_id:
                left = [key_shown(each) for each in names if self._actions.get(each, action_id) == action_id]
                now = f"which has {' and '.join(left)}" if left else "which has no key now"
                self._taken.append(f"the key {key_shown(name)} is {owner}'s now and no more {action_id}'s, {now}")

    @property
    def taken(self) -> tuple[str, ...]:
        """A sentence for each key that was given to one action and is another's by default, which was given none."""
        return tuple(self._taken)

    def action_for(self, *names: str | None) -> Action | None:
        """The action of the first of these key names that has one."""
        for name in names:
            if name is not None and (action_id := self._actions.get(name)) is not None:
                return BY_ID[action_id]
        return None

    def keys(self, action_id: ActionId) -> tuple[str, ...]:
        """The keys of an action as screens write them; keys that a user gave to another action are not among them."""
        return tuple([key_shown(name) for name in self._keys[action_id] if self._actions[name] == action_id])

    def written(self, action_id: ActionId) -> tuple[str, ...]:
        """The keys of an action by the names that settings take."""
        return tuple([name for name in self._keys[action_id] if self._actions[name] == action_id])

    def key(self, action_id: ActionId) -> str:
        """The first key of an action; empty when it has none."""
        return next(iter(self.keys(action_id)), "")

    def how_to_end(self, *, running: bool = False, typed: bool = False) -> str:
        """Which keys end the call that is `running`, and chainview itself; `typed` keys go to a prompt first."""
        quits = " or ".join(self.keys(ActionId.QUIT)) or f"{key_shown('ctrl+p')} and quit"
        interrupts = self.key(ActionId.CALL_INTERRUPT) if running else ""
        before = f"{self.key(ActionId.BACK)}, then " if typed else ""
        return f"{before}{interrupts} interrupts the call, {quits} quits" if interrupts else f"{quits} quits chainview"

    def elsewhere(self, action: Action, here: Scope, *, returns: bool = False) -> str:
        """Where an action has a meaning that has none on this screen, and how to get there; `returns` by going back."""
        key = self.key(action.id)
        named = f"{key} (“{action.label}”)" if key else f"“{action.label}”"
        then = f", then {key}" if key else ""
        if here is Scope.LIVE and Scope.REPLAY in action.scope:
            return f"{named} is for a replay: {self.key(ActionId.REPLAY) or 'replay'} goes to it{then}"
        if here is Scope.REPLAY and returns:
            return f"{named} is not for a replay: {self.key(ActionId.BACK) or 'back'} goes back to the chain{then}"
        if Scope.LIVE in action.scope and Scope.FILE not in action.scope:
            return f"{named} needs an actor that runs: chainview run ACTOR starts one"
        if here is Scope.FILE and Scope.REPLAY in action.scope:
            return f"{named} is for a replay: chainview replay ACTOR CHAIN shows one"
        if Scope.FILE in action.scope:
            return f"{named} is for a chain that is read from a file: chainview open CHAIN shows one"
        return f"{named} does nothing here"


def _known(name: str) -> ActionId:
    try:
        return ActionId(name)
    except ValueError:
        raise ChainviewError(f"there is no action {name!r} to give keys to; chainview config lists the ids") from None


def _names(written: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple([key_name(key) for key in written])
    for name in names:
        if name in _RESERVED:
            raise ChainviewError(f"{key_shown(name)} can't be given to an action: {_RESERVED[name]}")
    return names
