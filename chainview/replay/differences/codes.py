"""The codes of what can be found: a stable name each, with a title, a sentence and a page of documentation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, StrEnum

from chainview.chain.words.spans import middle_cut

_LONGEST = 4000
"""The letters of a sentence: what a chain calls a function may be longer than all reading."""


class Family(Enum):
    """What a finding speaks of, by the first letter of its code."""

    RECORDING = "A"
    """Not about behaviour: the recording, its encoding, or a module that does not belong to it."""
    RECORDED_MODULE = "B"
    """Not the edit's fault: the module that was recorded does not do it again either."""
    BEHAVIOUR = "C"
    """The new build behaves otherwise."""
    WORLD = "D"
    """Between two live runs: what came from outside."""
    SILENT = "E"
    """Nothing in the chain."""


class Code(StrEnum):
    """One kind of finding, by the name that reports and rules have for it."""

    DAMAGED = "A1"
    OTHER_ENCODING = "A2"
    OTHER_MODULE = "A3"
    OTHER_ENGINE = "A4"
    NOT_HELD = "A5"
    NOT_REPRODUCIBLE = "B1"
    HIDDEN_STATE = "B1a"
    UNRECORDED_INPUT = "B1b"
    RANDOM = "B1c"
    OTHER_ARGUMENT = "C1"
    OTHER_ANSWER_USED = "C1a"
    COSMETIC = "C1b"
    OTHER_CALL = "C2"
    EXTRA_CALL = "C3"
    MISSING_CALL = "C4"
    LOOP_COUNT = "C5"
    OTHER_RESPONSE = "C6"
    OTHER_STATE = "C7"
    STATE_TYPE = "C7a"
    FAILURE = "C8"
    LIMIT = "C9"
    UNANSWERABLE = "C10"
    LENGTH = "C11"
    OTHER_ANSWER = "D1"
    ORDER_OF_CALLS = "D2"
    OTHER_WORK = "E1"

    @property
    def family(self) -> Family:
        """What it is about."""
        return _DESCRIPTIONS[self].family

    @property
    def description(self) -> Description:
        """What it is about, its title, and the sentence that is filled in with the facts of a case."""
        return _DESCRIPTIONS[self]

    @property
    def text(self) -> str:
        """What its page says, in Markdown; an installed chainview has it too."""
        # What it costs to load is not asked of a replay.
        from importlib.resources import files

        return files("chainview").joinpath("codes", f"{self}.md").read_text(encoding="utf-8")

    def says(self, *, function: str = "", export: str = "", path: str = "", detail: str = "", change: str = "") -> str:
        """Its sentence with the facts of a case; of a name beyond all reading its ends."""
        sentence = self.description.sentence
        said = sentence.format(function=function, export=export, path=path, detail=detail, change=change)
        return middle_cut(said, _LONGEST)


class Detail(StrEnum):
    """What the codes whose sentence is their detail say, by what is found; filled in with the facts of a case."""

    REPLACED = "{now} is called in the place of {recorded}"
    """C2."""
    ADDED = "{calls} {made} now, which was not recorded"
    """C3, as the next four."""
    AFTER_FAILURE = "{calls} {made} now; the recorded call had failed by then, so the recording holds no answer"
    BEYOND_RECORD = (
        "{calls} {made} now, which was not recorded; the recording holds no answer, so the actor's call ends there"
    )
    EXPORT_ADDED = "{export} is called once more than recorded"
    END_ADDED = "how {function} ended is told now, which was not recorded"
    GONE = "{calls} no longer {made}"
    """C4, as the next two."""
    EXPORT_GONE = "{export} is no longer called"
    END_GONE = "how {function} ended was recorded, and is no longer told"
    TURNS = "the loop around {function} ran {count}, recorded {recorded}"
    """C5, as the next two."""
    MORE_TURNS = "the loop around {function} ran {count} more than recorded"
    FEWER_TURNS = "the loop around {function} ran {count} less than recorded"
    NOW_IN = "it is called in {export} now"
    """Beside C4, where another export makes the call."""
    NO_LONGER_IN = "it is no longer called in {export}"
    """Beside C3, where another export made the call."""
    LEAVES_TYPE = "{export} leaves a state of another type: {change}"
    """C7a, as the next one."""
    GIVEN_TYPE = "{export} can't be given its state, which is of another type: {change}"
    SHORTER = "it ends here now; the recording goes on for {events}"
    """C11, as the next one."""
    LONGER = "it goes on for {events} now, after the end of the recording"
    OTHER_HASH = "its hash differs; what differs can't be told, as the chain holds no contents of it"
    """A5, as the next one."""
    OTHER_TYPE = "{recorded} was recorded, and {now} now; the chain holds no contents of it"


@dataclass(frozen=True, slots=True)
class Description:
    """What a code is about and called, and what is said where it is found."""

    family: Family
    title: str
    sentence: str


_DESCRIPTIONS: Mapping[Code, Description] = {
    Code.DAMAGED: Description(Family.RECORDING, "damaged recording", "the recording itself is broken: {detail}"),
    Code.OTHER_ENCODING: Description(
        Family.RECORDING,
        "other encoding",
        "the same values in other bytes, so values were compared and not bytes",
    ),
    Code.OTHER_MODULE: Description(Family.RECORDING, "other module", "{detail}"),
    Code.OTHER_ENGINE: Description(
        Family.RECORDING,
        "other engine",
        "{function}: only the bits of a NaN differ, which engine and processor choose, not the code: {change}",
    ),
    Code.NOT_HELD: Description(Family.RECORDING, "payloads not held", "{detail}"),
    Code.NOT_REPRODUCIBLE: Description(
        Family.RECORDED_MODULE,
        "not reproducible",
        "the recorded module itself does not replay as recorded: {detail}",
    ),
    Code.HIDDEN_STATE: Description(
        Family.RECORDED_MODULE,
        "hidden state",
        "{export} remembers something outside its state, as in a static: {detail}",
    ),
    Code.UNRECORDED_INPUT: Description(
        Family.RECORDED_MODULE,
        "unrecorded input",
        "the recorded module got an input that the chain does not hold: {detail}",
    ),
    Code.RANDOM: Description(
        Family.RECORDED_MODULE, "random", "the recorded module does something else in each replay: {detail}"
    ),
    Code.OTHER_ARGUMENT: Description(
        Family.BEHAVIOUR, "argument changed", "{function} is asked for something else: {change}"
    ),
    Code.OTHER_ANSWER_USED: Description(
        Family.BEHAVIOUR, "other answer used", "{function} is asked for something else: {detail}; {change}"
    ),
    Code.COSMETIC: Description(
        Family.BEHAVIOUR, "cosmetic change", "{function} is asked for the same with other {detail}: {change}"
    ),
    Code.OTHER_CALL: Description(Family.BEHAVIOUR, "other call", "{detail}"),
    Code.EXTRA_CALL: Description(Family.BEHAVIOUR, "extra call", "{detail}"),
    Code.MISSING_CALL: Description(Family.BEHAVIOUR, "missing call", "{detail}"),
    Code.LOOP_COUNT: Description(Family.BEHAVIOUR, "loop count", "{detail}"),
    Code.OTHER_RESPONSE: Description(
        Family.BEHAVIOUR, "other response", "{export} makes the same host calls and returns something else: {change}"
    ),
    Code.OTHER_STATE: Description(
        Family.BEHAVIOUR,
        "other state",
        "{export} makes the same host calls, returns the same, and leaves another state: {change}",
    ),
    Code.STATE_TYPE: Description(Family.BEHAVIOUR, "state's type changed", "{detail}"),
    Code.FAILURE: Description(Family.BEHAVIOUR, "trap or error", "{export} {detail}"),
    Code.LIMIT: Description(
        Family.BEHAVIOUR, "stopped by a limit", "{export} did not end by itself, a limit stopped it: {detail}"
    ),
    Code.UNANSWERABLE: Description(
        Family.BEHAVIOUR,
        "unanswerable",
        "{function} is called now; the recording holds no answer for it, and a replay never calls the real function",
    ),
    Code.LENGTH: Description(Family.BEHAVIOUR, "longer or shorter", "{detail}"),
    Code.OTHER_ANSWER: Description(
        Family.WORLD, "host answered differently", "{function} was asked the same and answered something else: {change}"
    ),
    Code.ORDER_OF_CALLS: Description(Family.WORLD, "order of calls", "the same calls came in another order: {detail}"),
    Code.OTHER_WORK: Description(Family.SILENT, "other work", "the chain is identical, but {detail}"),
}
