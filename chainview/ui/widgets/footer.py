"""Which keys the footer shows: the few that are of use now, with what they would do now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.cells import cell_len

from chainview.ui.lines.line import Line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId, Scope
from chainview.ui.widgets.text_line import PressedKey

Words = dict[str, ActionId | PressedKey]
"""What a click on each word asks for."""

MOST_KEYS = 7


@dataclass(frozen=True, slots=True)
class Now:
    """What the screen is doing, as far as keys depend on it."""

    scope: Scope = Scope.LIVE
    following: bool = True
    can_follow: bool = True
    searching: bool = False
    filtered: bool = False
    details: bool = False
    in_details: bool = False
    paused: bool = False
    running: bool = False
    checking: bool = False
    """The check of a new build is under way."""
    build_waits: bool = False
    """A new build differs and can be taken all the same."""
    build_differs: bool = False
    """The newest build runs and does something differently."""
    build_withdrawn: bool = False
    """What it does differently is accepted no longer."""
    build_failed: bool = False
    """The build command failed."""
    build_places: bool = False
    """It is shown in which files."""
    other_build_waits: bool = False
    """A new build of another actor of the family differs."""
    changed: bool = False
    """The file is not what was opened any more."""
    family: bool = False
    """There are other actors to look at."""
    linked: bool = False
    """The event is linked to one of another actor."""
    stack: bool = False
    """The guest's stack at the event is known."""
    terminal: bool = False
    """The actor takes what is typed into its terminal."""
    over: bool = False
    """The actor has ended or failed: there is nothing to call any more."""
    empty: bool = False
    """There is no event yet."""
    returns: bool = False
    """Going back from the chain leads to the list that it was chosen from."""
    folded: bool | None = False
    """Whether the call at the cursor is folded; None where there is none."""


def footer_keys(now: Now) -> list[tuple[ActionId, str]]:
    """Action ids and labels, the most useful first."""
    chosen: list[tuple[ActionId, str]] = [(ActionId.HELP, "help")]
    if now.scope in (Scope.REPLAY, Scope.FAMILY):
        return [*chosen, (ActionId.PALETTE, "commands")]
    live = now.scope is Scope.LIVE and not now.over
    if now.returns and not (now.in_details or now.searching):
        chosen.append((ActionId.BACK, "hide the details" if now.details else "kept chains"))
    if now.in_details:
        chosen += [
            (ActionId.DETAILS_PAYLOAD, "payload"),
            (ActionId.DETAILS_STATE, "state"),
            (ActionId.DETAILS_RAW, "raw"),
        ]
        chosen += [(ActionId.COPY_EVENT, "copy"), (ActionId.PANE_NEXT, "to the chain")]
        return [*chosen, (ActionId.PALETTE, "commands")]
    if now.changed:
        chosen.append((ActionId.REOPEN, "open again"))
    if live and now.running:
        chosen.append((ActionId.CALL_INTERRUPT, "interrupt"))
    elif live and now.checking:
        chosen.append((ActionId.CALL_INTERRUPT, "stop the check"))
    if live and now.build_waits:
        chosen += [(ActionId.REPLAY, "show where"), (ActionId.BUILD_CHOOSE, "take it or not")]
    elif live and now.build_differs:
        chosen.append((ActionId.REPLAY, "what differs"))
        chosen += [(ActionId.BUILD_CHOOSE, "accept again")] if now.build_withdrawn else []
    elif now.other_build_waits:
        chosen.append((ActionId.REPLAY, "show where"))
    if live and now.build_failed:
        chosen += [(ActionId.SOURCE, "open the error")] if now.build_places else []
        chosen.append((ActionId.BUILD_OUTPUT, "build output"))
    if now.family:
        chosen.append((ActionId.ACTORS, "actors"))
    if now.linked:
        chosen.append((ActionId.LINK, "other end"))
    if now.stack and not now.build_places:
        chosen.append((ActionId.SOURCE, "stack"))
    if now.searching:
        chosen += [(ActionId.FIND_NEXT, "next hit"), (ActionId.FIND_PREV, "previous"), (ActionId.BACK, "end search")]
    elif not now.empty:
        chosen.append((ActionId.FIND, "find"))
    if now.filtered or not now.empty:
        chosen.append((ActionId.FILTER_TOGGLE, "filter off") if now.filtered else (ActionId.FILTER, "filter"))
    if now.can_follow:
        chosen.append((ActionId.FOLLOW, "stop following" if now.following else "follow"))
    if live and now.terminal:
        chosen.append((ActionId.TERMINAL_TYPE, "type"))
    if live:
        chosen.append((ActionId.CALL, "call"))
        chosen.append((ActionId.ACTOR_PAUSE, "resume actor" if now.paused else "pause actor"))
    if now.folded is not None:
        chosen.append((ActionId.FOLD_TOGGLE, "unfold" if now.folded else "fold"))
    if not now.empty:
        chosen.append((ActionId.PANE_NEXT, "to the details") if now.details else (ActionId.DETAILS, "details"))
        chosen.append((ActionId.COPY_EVENT, "copy"))
    return [*chosen[: MOST_KEYS - 1], (ActionId.PALETTE, "commands")]


_CLICKED: Words = {
    "esc": ActionId.BACK,
    "enter": PressedKey("enter"),
    "tab": PressedKey("tab"),
    "↑": PressedKey("up"),
}
"""What a click stands for on a key of the footer while something is typed."""


def typing_line(keys: Iterable[tuple[str, str]], width: int) -> tuple[Line, Words]:
    """The footer's line while something is typed: what the keys do there that type nothing."""
    line: Line = [(" ", "text")]
    words: Words = {}
    used = 1
    for key, label in keys:
        used += cell_len(key) + cell_len(label) + 3
        if used > width + 2:
            break
        line += [(key, "key"), (f" {label}  ", "dim")]
        if key in _CLICKED:
            words |= dict.fromkeys((key, f" {label}  "), _CLICKED[key])
    return line, words


def keys_line(chosen: list[tuple[ActionId, str]], keymap: KeyMap, width: int) -> tuple[Line, Words]:
    """The footer's line of some actions with their labels, and the words that can be clicked with their actions."""
    line: Line = [(" ", "text")]
    words: Words = {}
    used = 1
    for action_id, label in chosen:
        key = keymap.key(action_id)
        if not key:
            continue
        spans: Line = [(key, "key"), (f" {label}  ", "dim")]
        used += cell_len(key) + cell_len(label) + 3
        if used > width + 2:
            break
        line += spans
        words |= {key: action_id, f" {label}  ": action_id}
    return line, words
