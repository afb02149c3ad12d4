"""Why a call failed: what its message tells, in the words of any release, and what was kept beside it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from itertools import zip_longest
from typing import Final

from chainview.chain.event import Extras, Frame
from chainview.chain.payload import CallError
from chainview.pack.cgrf.limits import MAX_PAYLOAD

INTERRUPTED = "interrupted by the user"
OUT_OF_TIME = "stopped after "
PANICKED: Final = "the guest panicked"
SEEMS_PANICKED: Final = "the guest panicked, it seems (its functions have no names)"
"""A guest whose functions have no names ended where one does that panicked, by all that can be seen."""
BACKTRACE: Final = "error while executing at wasm backtrace:"
"""What the engine begins the message of a trap with, before a line for each frame."""
MOST_FRAMES: Final = 20
"""How many frames this engine tells of a trap; the reference's tells them all."""
NAMELESS: Final = "<wasm function "
"""How the engine begins what it calls a function that has no name."""

LONGEST_TOLD: Final = 16 << 20
"""Letters of what a guest gives as its error, and of the input that a message repeats; what is longer is cut."""
_LONGEST_MESSAGE: Final = MAX_PAYLOAD - 4
"""Bytes of a text that a node of CGRF can hold."""

_TRAP = re.compile(r"wasm trap: (?P<reason>[^\n]*)")
_FRAME = re.compile(r"^ +\d+: +(?:0x[0-9a-f]+ - )?(?P<place>.*)$", re.MULTILINE)
_UNREACHABLE = "wasm trap: wasm `unreachable` instruction executed"
_PANIC = re.compile(
    r"(^|::)(rust_begin_unwind|rust_panic\w*|__rust_alloc_error_handler|__rdl_oom|__rg_oom|rust_oom)$"
    r"|^core(\[[0-9a-f]+\])?::panicking::|^std(\[[0-9a-f]+\])?::panicking::(begin_panic|rust_panic|default_hook)"
    r"|^(core|std|alloc)(\[[0-9a-f]+\])?::(\w+::)*"
    r"(unwrap_failed|expect_failed|\w+_fail|panic_\w+|handle_error|handle_alloc_error|capacity_overflow)($|::)"
)
"""The functions of Rust that a panic goes through. None of them returns, so that one on the stack is a panic."""
_PANIC_PLACE = "/library/core/src/panicking.rs"
_HASH = re.compile(r"::h[0-9a-f]{16}$")
_CALL = "Failed to call function "
_EXECUTION = ": WASM execution error: "
_OTHER_CAUSES = (": ABI error: ", ": Memory error: ", ": Function not found: ")
_UNDECODABLE = ("ABI error: ", "the result can't be decoded: ")
RETURNED = "Function returned error: "
"""How a failure begins that an actor returned itself."""
_UNRECORDED = re.compile(
    r".* has no answer left for (?P<asked>\S+)"
    r"|the (?:answer|call) of (?P<said>\S+) can't be (?:handed over|recorded): .*",
    re.DOTALL,
)
_NOT_TOLD = "the release that recorded it did not tell why"


class Wording(Enum):
    """How much a message tells, and in which form."""

    CALL = auto()
    """That a call failed, up to 0.3.7."""
    INPUT = auto()
    """With the input, of 0.3.8 to 0.3.10."""
    FRAMES = auto()
    """A trap by its frames."""
    REASON = auto()


@dataclass(frozen=True, slots=True)
class Failure:
    """The failure of a call. `beside` is the reason that was kept beside the event, empty where none was."""

    function: str
    message: str
    beside: str = ""

    @property
    def wording(self) -> Wording:
        """How much the message tells."""
        if BACKTRACE in self.message:
            return Wording.FRAMES
        if not self.message.startswith(f"{_CALL}'{self.function}'") or self._cause:
            return Wording.REASON
        return Wording.INPUT if self.message != f"{_CALL}'{self.function}'" else Wording.CALL

    @property
    def reason(self) -> str:
        """Why it failed, in few words for a person: equal for a trap recorded by Theater and here, where both tell.

        The input that Theater repeats in its message is left out: params and state stand elsewhere.
        """
        if self.beside:
            return self.beside
        trap = _TRAP.search(self.message)
        if trap is not None:
            return f"wasm trap: {trap['reason'].strip()}"
        match self.wording:
            case Wording.CALL | Wording.INPUT:
                return _NOT_TOLD
            case Wording.FRAMES if any(map(is_panic, self.frames)):
                return PANICKED
            case Wording.FRAMES:
                return f"trap in {self.frames[0]}" if self.frames else "a trap"
            case Wording.REASON:
                return self._cause or self.message

    @property
    def own_words(self) -> str:
        """What the actor said itself, where it returned an error, else the reason."""
        return self.reason.removeprefix(RETURNED)

    @property
    def is_told(self) -> bool:
        """Whether the reason itself is known, rather than where it happened or nothing."""
        return bool(self.beside) or self.wording is Wording.REASON or _TRAP.search(self.message) is not None

    @property
    def frames(self) -> tuple[str, ...]:
        """The functions in which a trap happened, innermost first, without what differs from build to build."""
        places = _FRAME.findall(self.message.partition(BACKTRACE)[2].partition("\n\n")[0])
        return tuple([_HASH.sub("", place.partition("!")[2] or place) for place in places])

    @property
    def was_stopped(self) -> bool:
        """Whether it did not end by itself: a person, or the time it may take, ended it where it happened to be."""
        return self.reason == INTERRUPTED or self.reason.startswith(OUT_OF_TIME)

    @property
    def unrecorded(self) -> str:
        """The host call in which it ended, and which no event tells of as nobody could answer it; empty for none."""
        told = _UNRECORDED.fullmatch(self.reason) if self.ended_half_way else None
        return "" if told is None else told["asked"] or told["said"]

    @property
    def panicked(self) -> bool:
        """Whether the guest panicked, which traps since packr-guest 0.24.1 and looped for ever before."""
        return self.reason.startswith(PANICKED)

    @property
    def ended_half_way(self) -> bool:
        """Whether the call did not come back by itself, so that what it had done was given up with its instance."""
        return self.message.startswith(_CALL)

    @property
    def _cause(self) -> str:
        """What follows the input in the message; empty where nothing does."""
        if not self.message.startswith(_CALL):
            return ""
        if _EXECUTION in self.message:
            return self.message.rpartition(_EXECUTION)[2].strip()
        for words in _OTHER_CAUSES:
            if words in self.message:
                return words.removeprefix(": ") + self.message.rpartition(words)[2].strip()
        return ""


def failure_of(error: CallError, extras: Extras) -> Failure:
    """The failure that a wasm-error tells of, by its message and by what was kept beside it."""
    failure = Failure(error.function, error.message, extras.reason)
    if failure.reason == _UNREACHABLE and in_panic(extras.stack):
        return Failure(error.function, error.message, PANICKED)
    return failure


def told_text(text: str) -> str:
    """What a guest gives as its error, as far as a message repeats it."""
    return text if len(text) <= LONGEST_TOLD else f"{text[:LONGEST_TOLD]}…"


def recordable(message: str) -> str:
    """The message of a failure as it can be recorded: one that an event can't hold is cut."""
    if len(message) * 4 <= _LONGEST_MESSAGE:
        return message
    encoded = message.encode("utf-8")
    if len(encoded) <= _LONGEST_MESSAGE:
        return message
    mark = "…".encode()
    return encoded[: _LONGEST_MESSAGE - len(mark)].decode("utf-8", "ignore") + mark.decode()


def is_panic(function: str) -> bool:
    """Whether a function by its name is one of those that a panic of a Rust guest goes through."""
    return _PANIC.search(function) is not None


def in_panic(stack: tuple[Frame, ...]) -> bool:
    """Whether a stack is that of a Rust guest that panicked; one that was inlined is known by its place."""
    return any(is_panic(frame.function) or _PANIC_PLACE in frame.place for frame in stack)


def same_failure(one: Failure, other: Failure) -> bool:
    """Whether two calls failed for the same reason, as far as both tell; a call that was stopped may have had any.

    Where the reason of a trap is not told it is the same one in the same functions.
    """
    if one.message == other.message:
        return one.function == other.function
    if one.function != other.function:
        return False
    if one.panicked and other.panicked:
        return True
    if one.was_stopped or other.was_stopped:
        # Recorded by a version that knew no panic without names, one was ended when its time was over.
        return all(each.was_stopped or each.reason == SEEMS_PANICKED for each in (one, other))
    if one.is_told and other.is_told:
        if _is_untold_panic(one, other) or _is_untold_panic(other, one):
            return True
        undecodable = one.reason.startswith(_UNDECODABLE) and other.reason.startswith(_UNDECODABLE)
        return one.reason == other.reason or undecodable
    if Wording.FRAMES is one.wording is other.wording:
        return _same_frames(one.frames, other.frames)
    if {one.wording, other.wording} & {Wording.CALL, Wording.INPUT}:
        return one.message.startswith(_CALL) and other.message.startswith(_CALL)
    return _TRAP.search(one.reason) is not None or _TRAP.search(other.reason) is not None


def _is_untold_panic(one: Failure, other: Failure) -> bool:
    """Whether one is a panic that trapped, and the other tells of it that it was a trap and not where."""
    trapped = one.panicked and one.wording is Wording.FRAMES
    return trapped and other.reason == _UNREACHABLE and other.wording is Wording.REASON


def _same_frames(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether two traps happened in the same functions, as far as they have names and frames are told."""
    if MOST_FRAMES in (len(one), len(other)):
        one, other = one[:MOST_FRAMES], other[:MOST_FRAMES]
    for name, name_other in zip_longest(one, other):
        if name is None or name_other is None:
            return False
        if name != name_other and not (name.startswith(NAMELESS) and name_other.startswith(NAMELESS)):
            return False
    return True
