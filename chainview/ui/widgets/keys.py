"""The one key table: bindings, help, footer and command palette are all made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Flag, auto
from typing import Protocol, runtime_checkable

from chainview.system.errors import ChainviewError


class Scope(Flag):
    """Where an action has a meaning."""

    LIVE = auto()
    FILE = auto()
    BOTH = LIVE | FILE
    REPLAY = auto()
    ALL = LIVE | FILE | REPLAY


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do: a stable id, the keys it has by default, what help and palette say about it."""

    id: str
    keys: tuple[str, ...]
    label: str
    """A word or two for the footer."""
    text: str
    """What it does, for help and palette."""
    group: str
    scope: Scope = Scope.BOTH


def _action(id_: str, keys: str, label: str, text: str, group: str, scope: Scope = Scope.BOTH) -> Action:
    return Action(id_, tuple(keys.split()), label, text, group, scope)


MOVE, TREE, COMPARE, LOOK, DETAILS, ACTOR, TAKE, CHAINVIEW = (
    "Move",
    "Calls",
    "Differences",
    "Find and filter",
    "Details",
    "Actor",
    "Copy and save",
    "chainview",
)

ACTIONS: tuple[Action, ...] = (
    _action("cursor.down", "j down", "down", "Next event", MOVE, Scope.ALL),
    _action("cursor.up", "k up", "up", "Previous event", MOVE, Scope.ALL),
    _action("page.down", "pgdn ^f", "page down", "One page down", MOVE, Scope.ALL),
    _action("page.up", "pgup ^b", "page up", "One page up", MOVE, Scope.ALL),
    _action("half.down", "^d", "half page down", "Half a page down", MOVE, Scope.ALL),
    _action("half.up", "^u", "half page up", "Half a page up", MOVE, Scope.ALL),
    _action("top", "g home", "top", "First event", MOVE, Scope.ALL),
    _action("end", "G end", "end", "Last event; follows what arrives", MOVE, Scope.ALL),
    _action("goto", ": ^g", "go to", "Go to an event: its number, +n or -n, or the start of its hash", MOVE, Scope.ALL),
    _action("error.next", "e", "next error", "Next failed call, failed host call or damage", MOVE, Scope.ALL),
    _action("error.prev", "E", "previous error", "Previous failed call, failed host call or damage", MOVE, Scope.ALL),
    _action("follow", "f", "follow", "Follow what arrives, or stop following", MOVE),
    _action("fold.toggle", "space", "fold", "Fold or unfold the call", TREE, Scope.ALL),
    _action("fold.open", "l right", "open", "Unfold the call, or go to its first step", TREE, Scope.ALL),
    _action("fold.close", "h left", "close", "Fold the call, or go to the call of the step", TREE, Scope.ALL),
    _action("sibling.next", "J", "next call", "Next call", TREE, Scope.ALL),
    _action("sibling.prev", "K", "previous call", "Previous call", TREE, Scope.ALL),
    _action("fold.none", "+", "unfold all", "Unfold every call", TREE, Scope.ALL),
    _action("fold.all", "-", "fold all", "Fold every call", TREE, Scope.ALL),
    _action("diff.first", "m", "first mismatch", "Where recorded and now part", COMPARE, Scope.REPLAY),
    _action("diff.next", "]", "next difference", "Next difference that is a cause", COMPARE, Scope.REPLAY),
    _action("diff.prev", "[", "previous difference", "Previous difference that is a cause", COMPARE, Scope.REPLAY),
    _action("diff.only", "d", "only differences", "Show only what differs, or everything again", COMPARE, Scope.REPLAY),
    _action("stacks", "t", "stacks", "The guest's stacks where recorded and now part", COMPARE, Scope.REPLAY),
    _action(
        "sync",
        "=",
        "unlink",
        "Let recorded and now move apart, each with its own cursor, or link them again",
        COMPARE,
        Scope.REPLAY,
    ),
    _action("accept", "a", "accept", "Accept the cause under the cursor, for a reason", COMPARE, Scope.REPLAY),
    _action("find", "/", "find", "Find text: a regular expression, without capitals it ignores case", LOOK, Scope.ALL),
    _action("find.next", "n", "next hit", "Next hit", LOOK, Scope.ALL),
    _action("find.prev", "N", "previous hit", "Previous hit", LOOK, Scope.ALL),
    _action("filter", "&", "filter", "Show only events that match: kind:host !log store …", LOOK, Scope.ALL),
    _action(
        "filter.toggle",
        "F",
        "filter off/on",
        "Switch the filter off and on again, staying on the event",
        LOOK,
        Scope.ALL,
    ),
    _action("details", "enter", "details", "Show or hide the details of the event", DETAILS, Scope.ALL),
    _action("details.zoom", "z", "zoom", "Give the details the whole screen, or give it back", DETAILS, Scope.ALL),
    _action("pane.next", "tab", "other pane", "Move the keys to the other pane", DETAILS, Scope.ALL),
    _action("details.payload", "1", "payload", "What the event says, as typed values", DETAILS),
    _action("details.state", "2", "state", "The actor's state and what changed in it", DETAILS),
    _action("details.raw", "3", "raw", "The payload bytes", DETAILS),
    _action("details.timing", "4", "timing", "Time, duration, fuel and the guest's stack", DETAILS),
    _action("wrap", "w", "wrap", "Wrap long lines in the details, or cut them", DETAILS, Scope.ALL),
    _action("call", "c", "call", "Call an export of the actor", ACTOR, Scope.LIVE),
    _action("actor.pause", "p", "pause actor", "Pause or resume the actor", ACTOR, Scope.LIVE),
    _action("call.interrupt", "x", "interrupt", "End the running call", ACTOR, Scope.LIVE),
    _action("build.choose", "R", "choose build", "Take a new build that differs, or leave it", ACTOR, Scope.LIVE),
    _action(
        "actor.afresh",
        "A",
        "start afresh",
        "Start the module as it is now, in a new chain; asks first",
        ACTOR,
        Scope.LIVE,
    ),
    _action("replay", "r", "replay", "Replay the chain so far with the newest build", ACTOR, Scope.LIVE),
    _action("actor.stop", "", "stop actor", "Stop the actor for good; asks first", ACTOR, Scope.LIVE),
    _action("copy.event", "y", "copy event", "Copy the event as JSON", TAKE, Scope.ALL),
    _action("copy.hash", "Y", "copy hash", "Copy the event's hash", TAKE, Scope.ALL),
    _action("copy.path", "", "copy path", "Copy the path of the chain file", TAKE),
    _action("copy.summary", "", "copy summary", "Copy the event's line as text", TAKE),
    _action("copy.print", "", "print event", "Print the event as JSON on the terminal, to be selected there", TAKE),
    _action("save", "s", "save", "Save the event, its call, what is shown or the whole chain to a file", TAKE),
    _action("back", "esc", "back", "Go back one level; never quits", CHAINVIEW, Scope.ALL),
    _action("help", "? f1", "help", "Show the keys", CHAINVIEW, Scope.ALL),
    _action("palette", "^p", "commands", "Everything chainview can do, by name", CHAINVIEW, Scope.ALL),
    _action(
        "theme", "", "theme", "Go on to the next theme: dark, light, the terminal's own colours", CHAINVIEW, Scope.ALL
    ),
    _action("screenshot", "", "screenshot", "Save a picture (SVG) of the screen", CHAINVIEW, Scope.ALL),
    _action("suspend", "^z", "suspend", "Go back to the shell; fg returns", CHAINVIEW, Scope.ALL),
    _action("quit", "q ^q", "quit", "Quit", CHAINVIEW, Scope.ALL),
)
BY_ID: Mapping[str, Action] = {action.id: action for action in ACTIONS}

_NAMES = {
    "esc": "escape",
    "pgdn": "pagedown",
    "pgup": "pageup",
    "del": "delete",
    "ins": "insert",
    "return": "enter",
}
_SHOWN = {
    "escape": "esc",
    "pagedown": "PgDn",
    "pageup": "PgUp",
    "home": "Home",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
}
_WORDS = {"tab", "enter", "space", "backspace", "delete", "insert", *_SHOWN, *[f"f{n}" for n in range(1, 25)]}
_RESERVED = {"ctrl+c": "^c never does anything but explain how to quit"}


def key_name(written: str) -> str:
    """The name by which a key arrives, for a key as the table or a user writes it; raises ChainviewError.

    One character stands for itself; `^d` and `ctrl+d` are the same; `pgdn`, `esc`, `f1` and the like are words.
    """
    if len(written) == 1 and written.isprintable() and written != " ":
        return written
    low = written.lower()
    if len(low) == 2 and low[0] == "^":
        low = f"ctrl+{low[1]}"
    low = _NAMES.get(low, low)
    head, plus, last = low.rpartition("+")
    if low in _WORDS or (
        plus and head in {"ctrl", "alt", "shift", "ctrl+shift"} and (last in _WORDS or len(last) == 1)
    ):
        return low
    raise ChainviewError(f"{written!r} is no key: write a character, ^x, f1 to f24, or a word such as pgdn or space")


def key_shown(name: str) -> str:
    """A key as screens write it."""
    if name.startswith("ctrl+") and len(name) == 6:
        return f"^{name[5]}"
    if name in _SHOWN:
        return _SHOWN[name]
    return name.upper() if name[0] == "f" and name[1:].isdigit() else name


class KeyMap:
    """Which key does what: the table, with the keys a user gave instead."""

    def __init__(self, changed: Mapping[str, tuple[str, ...]] | None = None) -> None:
        """`changed` maps action ids to keys; raises ChainviewError for unknown ones and for a key given twice."""
        changed = changed or {}
        for action_id in changed:
            if action_id not in BY_ID:
                raise ChainviewError(
                    f"there is no action {action_id!r} to give keys to; chainview's help (?) lists the ids"
                )
        self._keys = {action.id: _names(changed.get(action.id, action.keys)) for action in ACTIONS}
        self._actions: dict[str, str] = {}
        for given in (True, False):
            for action_id, names in self._keys.items():
                if (action_id in changed) == given:
                    self._claim(action_id, names, given=given)

    def _claim(self, action_id: str, names: tuple[str, ...], *, given: bool) -> None:
        for name in names:
            owner = self._actions.setdefault(name, action_id)
            if owner != action_id and given:
                raise ChainviewError(f"the key {key_shown(name)} is given to both {owner} and {action_id}")

    def action_for(self, *names: str | None) -> Action | None:
        """The action of the first of these key names that has one."""
        for name in names:
            if name is not None and (action_id := self._actions.get(name)) is not None:
                return BY_ID[action_id]
        return None

    def keys(self, action_id: str) -> tuple[str, ...]:
        """The keys of an action as screens write them; keys that a user gave to another action are not among them."""
        return tuple([key_shown(name) for name in self._keys[action_id] if self._actions[name] == action_id])

    def key(self, action_id: str) -> str:
        """The first key of an action; empty when it has none."""
        return next(iter(self.keys(action_id)), "")


def _names(written: tuple[str, ...]) -> tuple[str, ...]:
    names = tuple([key_name(key) for key in written])
    for name in names:
        if name in _RESERVED:
            raise ChainviewError(f"{key_shown(name)} can't be given to an action: {_RESERVED[name]}")
    return names


@runtime_checkable
class KeyedScreen(Protocol):
    """A screen whose keys stand in the key table."""

    keymap: KeyMap
    scope: Scope
    handlers: Mapping[str, Callable[[], Awaitable[None] | None]]

    async def act(self, action_id: str) -> None: ...
    def say(self, text: str) -> None: ...
