"""The one key table: bindings, help, footer and command palette are all made from it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Flag, StrEnum, auto


class Scope(Flag):
    """Where an action has a meaning."""

    LIVE = auto()
    FILE = auto()
    BOTH = LIVE | FILE
    REPLAY = auto()
    ALL = LIVE | FILE | REPLAY
    FAMILY = auto()
    """Where the replay of a family is looked at."""
    EVERYWHERE = ALL | FAMILY


class ActionId(StrEnum):
    """What a user can do, by the words that settings and help name it with."""

    CURSOR_DOWN = "cursor.down"
    CURSOR_UP = "cursor.up"
    PAGE_DOWN = "page.down"
    PAGE_UP = "page.up"
    HALF_DOWN = "half.down"
    HALF_UP = "half.up"
    TOP = "top"
    END = "end"
    GOTO = "goto"
    ERROR_NEXT = "error.next"
    ERROR_PREV = "error.prev"
    FOLLOW = "follow"
    PLACE_BACK = "place.back"
    PLACE_FORWARD = "place.forward"
    BOOKMARK = "bookmark"
    BOOKMARK_NOTE = "bookmark.note"
    BOOKMARK_NEXT = "bookmark.next"
    BOOKMARK_PREV = "bookmark.prev"
    FOLD_TOGGLE = "fold.toggle"
    FOLD_OPEN = "fold.open"
    FOLD_CLOSE = "fold.close"
    SIBLING_NEXT = "sibling.next"
    SIBLING_PREV = "sibling.prev"
    FOLD_NONE = "fold.none"
    FOLD_ALL = "fold.all"
    DIFF_FIRST = "diff.first"
    DIFF_NEXT = "diff.next"
    DIFF_PREV = "diff.prev"
    DIFF_ONLY = "diff.only"
    CAUSES = "causes"
    STACKS = "stacks"
    EXPLAIN = "explain"
    SOURCE = "source"
    SYNC = "sync"
    ACCEPT = "accept"
    ACCEPTED = "accepted"
    FIND = "find"
    FIND_NEXT = "find.next"
    FIND_PREV = "find.prev"
    FILTER = "filter"
    FILTER_TOGGLE = "filter.toggle"
    DETAILS = "details"
    DETAILS_ZOOM = "details.zoom"
    PANE_NEXT = "pane.next"
    PANE_GROW = "pane.grow"
    PANE_SHRINK = "pane.shrink"
    DETAILS_PAYLOAD = "details.payload"
    DETAILS_STATE = "details.state"
    DETAILS_RAW = "details.raw"
    DETAILS_TIMING = "details.timing"
    WRAP = "wrap"
    TIMES = "times"
    STATS = "stats"
    CALL = "call"
    ACTOR_PAUSE = "actor.pause"
    CALL_INTERRUPT = "call.interrupt"
    BUILD_CHOOSE = "build.choose"
    ACTOR_AFRESH = "actor.afresh"
    REPLAY = "replay"
    ACTOR_STOP = "actor.stop"
    ACTORS = "actors"
    LINK = "link"
    MERGED = "merged"
    TERMINAL_TYPE = "terminal.type"
    TERMINAL = "terminal"
    TERMINAL_SIGNAL = "terminal.signal"
    ACTOR_BACK = "actor.back"
    COPY_EVENT = "copy.event"
    COPY_HASH = "copy.hash"
    COPY_VALUE = "copy.value"
    COPY_LITERAL = "copy.literal"
    COPY_PLACE = "copy.place"
    COPY_CALL = "copy.call"
    COPY_PATH = "copy.path"
    COPY_SUMMARY = "copy.summary"
    COPY_PRINT = "copy.print"
    OPEN_PAGER = "open.pager"
    OPEN_EDITOR = "open.editor"
    SAVE = "save"
    AS_TEST = "as.test"
    REOPEN = "reopen"
    BACK = "back"
    HELP = "help"
    PALETTE = "palette"
    THEME = "theme"
    SCREENSHOT = "screenshot"
    SUSPEND = "suspend"
    REDRAW = "redraw"
    MOUSE = "mouse"
    QUIT = "quit"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a user can do: a stable id, the keys it has by default, what help and palette say about it."""

    id: ActionId
    keys: tuple[str, ...]
    label: str
    """A word or two for the footer."""
    text: str
    """What it does, for help and palette."""
    group: str
    scope: Scope = Scope.BOTH


def _action(id_: ActionId, keys: str, label: str, text: str, group: str, scope: Scope = Scope.BOTH) -> Action:
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
    _action(ActionId.CURSOR_DOWN, "j down", "down", "Next event", MOVE, Scope.EVERYWHERE),
    _action(ActionId.CURSOR_UP, "k up", "up", "Previous event", MOVE, Scope.EVERYWHERE),
    _action(ActionId.PAGE_DOWN, "pgdn ^f", "page down", "One page down", MOVE, Scope.EVERYWHERE),
    _action(ActionId.PAGE_UP, "pgup ^b", "page up", "One page up", MOVE, Scope.EVERYWHERE),
    _action(ActionId.HALF_DOWN, "^d", "half page down", "Half a page down", MOVE, Scope.EVERYWHERE),
    _action(ActionId.HALF_UP, "^u", "half page up", "Half a page up", MOVE, Scope.EVERYWHERE),
    _action(ActionId.TOP, "g home", "top", "First event", MOVE, Scope.EVERYWHERE),
    _action(ActionId.END, "G end", "end", "Last event; follows what arrives", MOVE, Scope.EVERYWHERE),
    _action(
        ActionId.GOTO,
        ": ^g",
        "go to",
        "Go to an event: its number, +n or -n, or the start of its hash",
        MOVE,
        Scope.ALL,
    ),
    _action(ActionId.ERROR_NEXT, "e", "next error", "Next failed call, failed host call or damage", MOVE, Scope.ALL),
    _action(
        ActionId.ERROR_PREV, "E", "previous error", "Previous failed call, failed host call or damage", MOVE, Scope.ALL
    ),
    _action(ActionId.FOLLOW, "f", "follow", "Follow what arrives, or stop following", MOVE),
    _action(ActionId.PLACE_BACK, "^o alt+left", "go back", "Back to where the cursor came from", MOVE, Scope.ALL),
    _action(ActionId.PLACE_FORWARD, "^n alt+right", "go forward", "Forward again", MOVE, Scope.ALL),
    _action(ActionId.BOOKMARK, "*", "bookmark", "Bookmark the event, or take its bookmark away", MOVE),
    _action(ActionId.BOOKMARK_NOTE, "B", "note", "Write a note on the event, as a bookmark", MOVE),
    _action(ActionId.BOOKMARK_NEXT, "'", "next bookmark", "Next bookmark", MOVE),
    _action(ActionId.BOOKMARK_PREV, '"', "previous bookmark", "Previous bookmark", MOVE),
    _action(
        ActionId.FOLD_TOGGLE, "space", "fold", "Fold or unfold the call, or the value in the details", TREE, Scope.ALL
    ),
    _action(ActionId.FOLD_OPEN, "l right", "open", "Unfold the call, or go to its first step", TREE, Scope.ALL),
    _action(ActionId.FOLD_CLOSE, "h left", "close", "Fold the call, or go to the call of the step", TREE, Scope.ALL),
    _action(ActionId.SIBLING_NEXT, "J", "next call", "Next call", TREE, Scope.ALL),
    _action(ActionId.SIBLING_PREV, "K", "previous call", "Previous call", TREE, Scope.ALL),
    _action(ActionId.FOLD_NONE, "+", "unfold all", "Unfold every call", TREE, Scope.ALL),
    _action(ActionId.FOLD_ALL, "-", "fold all", "Fold every call", TREE, Scope.ALL),
    _action(
        ActionId.DIFF_FIRST,
        "m",
        "first mismatch",
        "Where recorded and now part; of a family, who differs first",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.DIFF_NEXT,
        ". ]",
        "next difference",
        "Next place of a cause that is not accepted, of a family on into the next actor",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.DIFF_PREV,
        ", [",
        "previous difference",
        "The place of such a cause before",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.DIFF_ONLY,
        "d",
        "only differences",
        "Show only what differs, or everything again",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(ActionId.CAUSES, "C", "causes", "Every cause as a list to choose from", COMPARE, Scope.REPLAY),
    _action(ActionId.STACKS, "t", "stacks", "The guest's stacks where recorded and now part", COMPARE, Scope.REPLAY),
    _action(
        ActionId.EXPLAIN,
        "H",
        "what it means",
        "What the code of the cause means, with an example and what to do",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.SOURCE, "S", "source", "The stack as a list; opens a frame's file in your editor", LOOK, Scope.ALL
    ),
    _action(
        ActionId.SYNC,
        "=",
        "unlink",
        "Let recorded and now move apart, each with its own cursor, or link them again",
        COMPARE,
        Scope.REPLAY,
    ),
    _action(ActionId.ACCEPT, "a", "accept", "Accept the cause under the cursor, for a reason", COMPARE, Scope.REPLAY),
    _action(
        ActionId.ACCEPTED,
        "U",
        "accepted",
        "What is accepted, to be changed or taken back",
        COMPARE,
        Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.FIND,
        "/",
        "find",
        "Find text: a regular expression, without capitals it ignores case; in a family's replay an actor's name",
        LOOK,
        Scope.ALL,
    ),
    _action(ActionId.FIND_NEXT, "n", "next hit", "Next hit", LOOK, Scope.ALL),
    _action(ActionId.FIND_PREV, "N", "previous hit", "Previous hit", LOOK, Scope.ALL),
    _action(
        ActionId.FILTER,
        "&",
        "filter",
        "Show only events that match: kind:host !log, state.count > 5; chainview explain filter tells all",
        LOOK,
        Scope.ALL,
    ),
    _action(
        ActionId.FILTER_TOGGLE,
        "F",
        "filter off/on",
        "Switch the filter off and on again, staying on the event",
        LOOK,
        Scope.ALL,
    ),
    _action(
        ActionId.DETAILS,
        "enter",
        "details",
        "Show or hide the details of the event; of a family, the replay of the actor",
        DETAILS,
        Scope.EVERYWHERE,
    ),
    _action(
        ActionId.DETAILS_ZOOM,
        "z",
        "zoom",
        "Give the details the whole screen, or give it back",
        DETAILS,
        Scope.EVERYWHERE,
    ),
    _action(ActionId.PANE_NEXT, "tab", "other pane", "Move the keys to the other pane", DETAILS, Scope.EVERYWHERE),
    _action(ActionId.PANE_GROW, ">", "larger", "Give the details more room for good", DETAILS, Scope.EVERYWHERE),
    _action(ActionId.PANE_SHRINK, "<", "smaller", "Give the details less room", DETAILS, Scope.EVERYWHERE),
    _action(ActionId.DETAILS_PAYLOAD, "1", "payload", "What the event says, as typed values", DETAILS),
    _action(ActionId.DETAILS_STATE, "2", "state", "The actor's state and what changed in it", DETAILS),
    _action(ActionId.DETAILS_RAW, "3", "raw", "The payload bytes", DETAILS),
    _action(ActionId.DETAILS_TIMING, "4", "timing", "Time, duration, fuel and the guest's stack", DETAILS),
    _action(ActionId.WRAP, "w", "wrap", "Wrap long lines in the details, or cut them", DETAILS, Scope.EVERYWHERE),
    _action(
        ActionId.TIMES, "T", "times", "What each event took in the place of its hash, and the rate, or not", DETAILS
    ),
    _action(ActionId.STATS, "D", "figures", "Time and size by function, and the slowest calls", DETAILS),
    _action(ActionId.CALL, "c", "call", "Call an export of the actor", ACTOR, Scope.LIVE),
    _action(ActionId.ACTOR_PAUSE, "p", "pause actor", "Pause or resume the actor", ACTOR, Scope.LIVE),
    _action(
        ActionId.CALL_INTERRUPT,
        "x",
        "interrupt",
        "End the running call, else the check of a new build; the rest of a replay",
        ACTOR,
        Scope.LIVE | Scope.REPLAY | Scope.FAMILY,
    ),
    _action(
        ActionId.BUILD_CHOOSE, "R", "choose build", "Take a new build that differs, or leave it", ACTOR, Scope.LIVE
    ),
    _action(
        ActionId.ACTOR_AFRESH,
        "A",
        "start afresh",
        "Start the module as it is now, in a new chain; asks first",
        ACTOR,
        Scope.LIVE,
    ),
    _action(
        ActionId.REPLAY,
        "r",
        "replay",
        "Replay the chain so far with the newest build; on the screen of a replay again, by the module as it is now",
        ACTOR,
        Scope.LIVE | Scope.REPLAY,
    ),
    _action(ActionId.ACTOR_STOP, "", "stop actor", "Stop the actor for good; asks first", ACTOR, Scope.LIVE),
    _action(ActionId.ACTORS, "o", "actors", "Choose the actor of the family to look at", ACTOR),
    _action(
        ActionId.LINK,
        "v",
        "link",
        "Go to the event of another actor that belongs to this one",
        ACTOR,
        Scope.BOTH | Scope.FAMILY,
    ),
    _action(ActionId.MERGED, "M", "merged", "Show the events of all actors in one order, or go back", ACTOR),
    _action(ActionId.TERMINAL_TYPE, "i", "type", "Type into the terminal of the actor", ACTOR, Scope.LIVE),
    _action(ActionId.TERMINAL, "I", "terminal", "Show or hide the terminal of the actor", ACTOR, Scope.LIVE),
    _action(ActionId.TERMINAL_SIGNAL, "X", "interrupt terminal", "Let the actor hear an interrupt", ACTOR, Scope.LIVE),
    _action(ActionId.ACTOR_BACK, "b", "actor before", "Go back to the actor that was shown before", ACTOR, Scope.ALL),
    _action(ActionId.COPY_EVENT, "y", "copy", "Copy the event as JSON, or in its details a value", TAKE, Scope.ALL),
    _action(ActionId.COPY_HASH, "Y", "copy hash", "Copy the event's hash", TAKE, Scope.ALL),
    _action(ActionId.COPY_VALUE, "", "copy value", "Copy a value in the details", TAKE, Scope.ALL),
    _action(ActionId.COPY_LITERAL, "", "copy literal", "Copy that value as it is typed in calls", TAKE, Scope.ALL),
    _action(ActionId.COPY_PLACE, "", "copy path of value", "Copy where that value stands", TAKE, Scope.ALL),
    _action(ActionId.COPY_CALL, "", "copy call", "Copy the event's call as --call '…'", TAKE, Scope.ALL),
    _action(ActionId.COPY_PATH, "", "copy path", "Copy the path of the chain file", TAKE),
    _action(ActionId.COPY_SUMMARY, "", "copy summary", "Copy the event's line as text", TAKE),
    _action(
        ActionId.COPY_PRINT, "", "print event", "Print the event as JSON on the terminal, to be selected there", TAKE
    ),
    _action(ActionId.OPEN_PAGER, "P", "pager", "Read the event, or the value in the details, in your pager", TAKE),
    _action(
        ActionId.OPEN_EDITOR, "O", "editor", "Open the event as JSON, or the value in the details, in your editor", TAKE
    ),
    _action(ActionId.SAVE, "s", "save", "Save the event, call, what is shown or all; of a replay all", TAKE, Scope.ALL),
    _action(ActionId.AS_TEST, "^t", "as a test", "Put chain and module in the suite", TAKE, Scope.LIVE | Scope.REPLAY),
    _action(ActionId.REOPEN, "^r", "open again", "Open the file again by its name, as it is now", TAKE, Scope.FILE),
    _action(ActionId.BACK, "esc", "back", "Go back one level; never quits", CHAINVIEW, Scope.EVERYWHERE),
    _action(ActionId.HELP, "? f1", "help", "Show the keys", CHAINVIEW, Scope.EVERYWHERE),
    _action(ActionId.PALETTE, "^p", "commands", "Everything chainview can do, by name", CHAINVIEW, Scope.EVERYWHERE),
    _action(
        ActionId.THEME,
        "",
        "theme",
        "Go on to the next theme: dark, light, the terminal's own colours",
        CHAINVIEW,
        Scope.EVERYWHERE,
    ),
    _action(ActionId.SCREENSHOT, "", "screenshot", "Save a picture (SVG) of the screen", CHAINVIEW, Scope.EVERYWHERE),
    _action(ActionId.SUSPEND, "^z", "suspend", "Go back to the shell; fg returns", CHAINVIEW, Scope.EVERYWHERE),
    _action(
        ActionId.REDRAW,
        "^l",
        "redraw",
        "Draw the screen anew, when something wrote over it",
        CHAINVIEW,
        Scope.EVERYWHERE,
    ),
    _action(
        ActionId.MOUSE,
        "f2",
        "mouse",
        "Leave the mouse to the terminal, to select text with, or take it back",
        CHAINVIEW,
        Scope.EVERYWHERE,
    ),
    _action(ActionId.QUIT, "q ^q", "quit", "Quit", CHAINVIEW, Scope.EVERYWHERE),
)
BY_ID: Mapping[ActionId, Action] = {action.id: action for action in ACTIONS}

Handler = Callable[[], Awaitable[None] | None]
Handlers = Mapping[ActionId, Handler]
"""What the actions of a screen do."""
