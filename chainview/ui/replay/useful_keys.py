"""Which keys are of use on the screen of a replay, by what it shows: those that its last line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chainview.replay.judge.causes import Label
from chainview.ui.replay.replay_pane import DETAILS, STACKS
from chainview.ui.widgets.footer import MOST_KEYS
from chainview.ui.widgets.keys import ActionId
from chainview.workbench.replay_thread import Stage

if TYPE_CHECKING:
    from chainview.ui.replay.replay_screen import ReplayScreen

Useful = list[tuple[ActionId, str]]


def useful_keys(screen: ReplayScreen) -> Useful:
    """The actions with what they would do, help first and the palette last."""
    chosen = [(ActionId.HELP, "help"), *_ways_back(screen)]
    chosen += _in_pane(screen) if screen.pane.active else _in_rows(screen)
    return [*chosen[: MOST_KEYS - 1], (ActionId.PALETTE, "commands")]


def _in_pane(screen: ReplayScreen) -> Useful:
    zoom = "give the screen back" if screen.pane.zoomed else "whole screen"
    return [
        (ActionId.PANE_NEXT, "to the events"),
        (ActionId.DETAILS_ZOOM, zoom),
        (ActionId.WRAP, "cut" if screen.pane.view.wrap else "wrap"),
        (ActionId.COPY_EVENT, "copy"),
    ]


def _ways_back(screen: ReplayScreen) -> Useful:
    if screen.searching and not screen.pane.active:
        return [(ActionId.FIND_NEXT, "next hit"), (ActionId.FIND_PREV, "previous"), (ActionId.BACK, "end search")]
    return [(ActionId.BACK, "back")] if screen.returns or screen.pane.active else []


def _in_rows(screen: ReplayScreen) -> Useful:
    explanation, panes = screen.progress.explanation, screen.panes
    chosen: Useful = []
    if screen.progress.stage in (Stage.OPENING, Stage.REPLAYING):
        chosen.append((ActionId.CALL_INTERRUPT, "stop"))
    if not panes.linked:
        chosen += [(ActionId.SYNC, "link"), (ActionId.PANE_NEXT, "other side")]
    differs = explanation is not None and explanation.first_mismatch is not None
    only = [(ActionId.DIFF_ONLY, "all events" if panes.active.only_differences else "only differences")]
    if differs:
        chosen += _on_differences(screen)
    elif screen.progress.stage is Stage.FAILED and not screen.returns:
        chosen += [(ActionId.REPLAY, "replay again"), (ActionId.FOLD_TOGGLE, "fold")]
    else:
        chosen.append((ActionId.FOLD_TOGGLE, "fold"))
    if screen.searching:
        return chosen + (only if differs and panes.linked else [])
    chosen.append((ActionId.FIND, "find"))
    chosen += only if differs else []
    chosen.append((ActionId.DETAILS, "why" if screen.pane.text == DETAILS else "details"))
    if differs:
        chosen.append((ActionId.STACKS, "why" if screen.pane.text == STACKS else "stacks"))
    if panes.wide and panes.linked:
        chosen.append((ActionId.SYNC, "unlink"))
    return chosen


def _on_differences(screen: ReplayScreen) -> Useful:
    explanation = screen.progress.explanation
    assert explanation is not None
    if not explanation.causes:
        return [(ActionId.CAUSES, "accepted causes"), (ActionId.ACCEPTED, "take back")]
    chosen: Useful = [(ActionId.DIFF_NEXT, "next difference")]
    chosen += [(ActionId.CAUSES, "causes")] if len(explanation.causes) > 1 else []
    if screen.searching:
        return chosen
    if _on_accepted(screen):
        chosen.append((ActionId.ACCEPTED, "take back"))
    elif not screen.replay.accepts_nothing:
        chosen.append((ActionId.ACCEPT, "accept"))
    chosen.append((ActionId.EXPLAIN, "meaning"))
    if any(frames for _, frames in screen.stacks()):
        chosen.append((ActionId.SOURCE, "source"))
    return chosen


def _on_accepted(screen: ReplayScreen) -> bool:
    """Whether the cursor is on what a rule accepts."""
    tree = screen.panes.active
    return tree.cursor is not None and tree.pairs.labels[tree.cursor] == Label.ACCEPTED
