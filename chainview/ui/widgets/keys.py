"""What a user can do on the screens, and where it has a meaning."""

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
    BUILD_OUTPUT = "build.output"
    BUILD_NOW = "build.now"
    BUILDS = "builds"
    SUITE = "suite"
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


Handler = Callable[[], Awaitable[None] | None]
Handlers = Mapping[ActionId, Handler]
"""What the actions of a screen do."""
