"""Whether the edit is to blame for what differs, and how sure that is."""

from __future__ import annotations

from enum import StrEnum

from chainview.chain.words.spans import Forms
from chainview.replay.differences.codes import Code, Family
from chainview.replay.explain.explanation import ControlOutcome, Explanation, Finding, Verdict

_SURE = {
    ControlOutcome.PASSED: ("high", "recorded module repeats the recording", "recorded module agrees"),
    ControlOutcome.NOT_TESTED: ("fair", "recorded module not run", "recorded module not run"),
    ControlOutcome.STOPPED: ("fair", "recorded module stopped by the time-out", "recorded module stopped"),
    ControlOutcome.DIVERGED: ("fair", "recorded module differs elsewhere", "recorded module differs elsewhere"),
}
"""How sure a cause is by how the recorded module fared, and why, in two lengths."""


class Blame(StrEnum):
    """Whether the edit is to blame, by the name that reports have for it."""

    BLAMED = "blamed"
    NOT_BLAMED = "not blamed"
    UNKNOWN = "unknown"


def blame(explanation: Explanation) -> Blame | None:
    """Whether the edit is to blame for any cause of a replay; None where nothing differs, or no edit is tested."""
    found = {blame_for(explanation, each) for each in explanation.causes}
    return next((each for each in (Blame.BLAMED, Blame.UNKNOWN, Blame.NOT_BLAMED) if each in found), None)


def blame_for(explanation: Explanation, cause: Finding) -> Blame | None:
    """The same of one cause."""
    if explanation.command == "diff" or explanation.verdict is Verdict.UNUSABLE:
        return None
    if explanation.blameless or cause.own:
        return Blame.NOT_BLAMED
    if cause.code is Code.HIDDEN_STATE:
        return hidden_state_blame(explanation.control, explanation.recorded_module, explanation.now_module)
    if cause.code.family is Family.RECORDED_MODULE:
        return Blame.NOT_BLAMED
    if cause.code.family is Family.BEHAVIOUR:
        return Blame.BLAMED
    return Blame.NOT_BLAMED if explanation.control is ControlOutcome.DIVERGED else Blame.UNKNOWN


def hidden_state_blame(control: ControlOutcome, recorded_module: str, now_module: str) -> Blame:
    """Whether the edit brought a hidden state, by how the recorded module fared, which does not show it itself."""
    if recorded_module and recorded_module == now_module:
        return Blame.NOT_BLAMED
    return Blame.UNKNOWN if control is ControlOutcome.NOT_TESTED else Blame.BLAMED


def hidden_state_told(found: Blame) -> str:
    """What is said of the edit behind the sentence on a hidden state that the recorded module does not show."""
    return {
        Blame.BLAMED: "; the recorded module does not, so the edit brought it",
        Blame.UNKNOWN: "; whether the edit brought it can't be told without the recorded module",
        Blame.NOT_BLAMED: "",
    }[found]


def confidence_forms(explanation: Explanation, cause: Finding) -> Forms:
    """How sure it is that the edit is to blame for a cause, in fewer and fewer words; empty where there is no edit."""
    found = blame_for(explanation, cause)
    if found is None:
        return ("",)
    if found is Blame.NOT_BLAMED:
        return ("the edit is not to blame",)
    if found is Blame.UNKNOWN and cause.code is Code.HIDDEN_STATE:
        return ("can't tell whether the edit brought it", "perhaps the edit's")
    if cause.code is Code.HIDDEN_STATE:
        return "brought by the edit: the recorded module has none", "brought by the edit"
    sure, why, short = _SURE[explanation.control]
    return f"confidence {sure}: {why}", f"confidence {sure}: {short}", f"confidence {sure}"
