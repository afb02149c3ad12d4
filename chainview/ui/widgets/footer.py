"""Which keys the footer shows: the few that are of use now, with what they would do now."""

from __future__ import annotations

from dataclasses import dataclass

from rich.cells import cell_len

from chainview.ui.lines.blocks import Line
from chainview.ui.widgets.keys import KeyMap, Scope

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
    build_waits: bool = False
    """A new build differs and can be taken all the same."""
    over: bool = False
    """The actor has ended or failed: there is nothing to call any more."""


def footer_keys(now: Now) -> list[tuple[str, str]]:
    """Action ids and labels, the most useful first."""
    chosen: list[tuple[str, str]] = [("help", "help")]
    if now.scope is Scope.REPLAY:
        return [*chosen, ("palette", "commands")]
    live = now.scope is Scope.LIVE and not now.over
    if now.in_details:
        chosen += [("details.payload", "payload"), ("details.state", "state"), ("details.raw", "raw")]
        chosen += [("wrap", "wrap"), ("pane.next", "to the chain"), ("back", "close")]
        return chosen[:MOST_KEYS]
    if live and now.running:
        chosen.append(("call.interrupt", "interrupt"))
    if live and now.build_waits:
        chosen += [("replay", "show where"), ("build.choose", "take it or not")]
    if now.searching:
        chosen += [("find.next", "next hit"), ("find.prev", "previous"), ("back", "end search")]
    else:
        chosen.append(("find", "find"))
    chosen.append(("filter.toggle", "filter off") if now.filtered else ("filter", "filter"))
    if now.can_follow:
        chosen.append(("follow", "stop following" if now.following else "follow"))
    if live:
        chosen.append(("call", "call"))
        chosen.append(("actor.pause", "resume actor" if now.paused else "pause actor"))
    chosen.append(("fold.toggle", "fold"))
    if not now.details:
        chosen.append(("details", "details"))
    return [*chosen[: MOST_KEYS - 1], ("palette", "commands")]


def footer_line(now: Now, keymap: KeyMap, width: int) -> tuple[Line, dict[str, str]]:
    """The footer's line of a chain's screen, and the words in it that can be clicked with their actions."""
    return keys_line(footer_keys(now), keymap, width)


def keys_line(chosen: list[tuple[str, str]], keymap: KeyMap, width: int) -> tuple[Line, dict[str, str]]:
    """The footer's line of some actions with their labels, and the words that can be clicked with their actions."""
    line: Line = [(" ", "text")]
    words: dict[str, str] = {}
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
