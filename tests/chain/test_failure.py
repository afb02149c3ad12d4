"""Why a call failed, in the words of every release."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Extras, Frame
from chainview.chain.failure import (
    INTERRUPTED,
    PANICKED,
    SEEMS_PANICKED,
    Failure,
    Wording,
    failure_of,
    in_panic,
    is_panic,
    same_failure,
)
from chainview.chain.payload import CallError

F = "a:b/c.f"
CALL = f"Failed to call function '{F}'"
INPUT = f"{CALL} with input: (1u32)"
FRAMES = (
    f"{INPUT}: WASM execution error: error while executing at wasm backtrace:\n"
    "    0: 0xb9f4 - guest.wasm!inner\n"
    "    1:   0x2b - <unknown>!<wasm function 27>\n"
    "    2: 0xc000 - guest.wasm!a::outer::h0123456789abcdef"
)
TRAP = f"{INPUT}: WASM execution error: wasm trap: integer divide by zero"
ABI = f"{INPUT}: ABI error: Invalid encoding: Invalid magic"
GUEST = f"{INPUT}: WASM execution error: function '{F}' returned error: decode error"
RETURNED = "Function returned error: boom"
STOPPED = f"{INPUT}: WASM execution error: stopped after 30 s without a result"
DIVIDED = "wasm trap: integer divide by zero"
UNREACHABLE = "wasm trap: wasm `unreachable` instruction executed"
TRAPPED = f"{INPUT}: WASM execution error: {UNREACHABLE}"
SPUN = f"{INPUT}: WASM execution error: {PANICKED}"
SEEN = f"{INPUT}: WASM execution error: {SEEMS_PANICKED}"
PANIC = FRAMES.replace("!inner", "!core[c5930c85a12de822]::panicking::panic_nounwind_fmt")


def failed(message: str, beside: str = "") -> Failure:
    """A failure of one function."""
    return Failure(F, message, beside)


@pytest.mark.parametrize(
    ("failure", "wording", "reason"),
    [
        (failed(CALL), Wording.CALL, "the release that recorded it did not tell why"),
        (failed(INPUT), Wording.INPUT, "the release that recorded it did not tell why"),
        (failed(CALL, DIVIDED), Wording.CALL, DIVIDED),
        (failed(FRAMES), Wording.FRAMES, "trap in inner"),
        (failed(FRAMES, DIVIDED), Wording.FRAMES, DIVIDED),
        (failed(f"{FRAMES}\n\nCaused by:\n    {DIVIDED}"), Wording.FRAMES, DIVIDED),
        (failed(TRAP), Wording.REASON, DIVIDED),
        (failed(ABI), Wording.REASON, "ABI error: Invalid encoding: Invalid magic"),
        (failed(GUEST), Wording.REASON, f"function '{F}' returned error: decode error"),
        (failed(RETURNED), Wording.REASON, RETURNED),
        (failed(STOPPED), Wording.REASON, "stopped after 30 s without a result"),
        (failed("error while executing at wasm backtrace:"), Wording.FRAMES, "a trap"),
        (failed(PANIC), Wording.FRAMES, PANICKED),
        (failed(PANIC, "out of memory: all"), Wording.FRAMES, "out of memory: all"),
        (failed(SPUN), Wording.REASON, PANICKED),
    ],
)
def test_a_message_tells_as_much_as_its_release_wrote(failure: Failure, wording: Wording, reason: str) -> None:
    """The reason is what a person needs: what was kept beside the event, else what the message tells."""
    assert (failure.wording, failure.reason) == (wording, reason)


def test_the_frames_of_a_trap_are_its_functions() -> None:
    """Neither addresses nor the hash behind a Rust name count: they differ from build to build."""
    assert failed(FRAMES).frames == ("inner", "<wasm function 27>", "a::outer")


MOVED = FRAMES.replace("0xb9f4", "0xa001").replace("27>", "31>").replace("h0123456789abcdef", "hfedcba9876543210")
ELSEWHERE = FRAMES.replace("!inner", "!other")


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (failed(FRAMES), failed(MOVED), True),
        (failed(FRAMES), failed(ELSEWHERE), False),
        (failed(FRAMES, DIVIDED), failed(ELSEWHERE, DIVIDED), True),
        (failed(FRAMES, DIVIDED), failed(MOVED, "wasm trap: integer overflow"), False),
        (failed(FRAMES), failed(MOVED, DIVIDED), True),
        (failed(FRAMES), failed(FRAMES.rpartition("\n")[0]), False),
        (failed(FRAMES, DIVIDED), failed(TRAP), True),
        (failed(FRAMES), failed(TRAP), True),
        (failed(FRAMES, "wasm trap: integer overflow"), failed(TRAP), False),
        (failed(FRAMES), failed(ABI), False),
        (failed(CALL), failed(INPUT), True),
        (failed(CALL), failed(FRAMES), True),
        (failed(INPUT), failed(ABI), True),
        (failed(CALL, DIVIDED), failed(TRAP), True),
        (failed(CALL, DIVIDED), failed(ABI), False),
        (failed(INPUT), failed(RETURNED), False),
        (failed(CALL), failed(STOPPED), False),
        (
            failed(STOPPED),
            failed(STOPPED.replace("stopped after 30 s", INTERRUPTED)[: -len(" without a result")]),
            True,
        ),
        (failed(ABI), failed(f"{INPUT}: WASM execution error: the result can't be decoded: it is cut"), True),
        (failed(RETURNED), failed("Function returned error: other"), False),
        (failed(RETURNED), Failure("a:b/c.g", RETURNED), False),
        (failed(TRAP), failed(TRAP.replace("(1u32)", "(2u32)")), True),
        (failed(SPUN), failed(PANIC, PANICKED), True),
        (failed(SPUN), failed(PANIC), True),
        (failed(SPUN), failed(SEEN), True),
        (failed(SEEN), failed(FRAMES, SEEMS_PANICKED), True),
        (failed(SEEN), failed(STOPPED), True),
        (failed(SPUN), failed(STOPPED), False),
        (failed(SPUN), failed(TRAPPED), False),
        (failed(PANIC, PANICKED), failed(TRAPPED), True),
        (failed(FRAMES, SEEMS_PANICKED), failed(TRAPPED), True),
        (failed(PANIC, PANICKED), failed(FRAMES, UNREACHABLE), False),
        (failed(PANIC, PANICKED), failed(TRAP), False),
    ],
)
def test_failures_are_the_same_as_far_as_both_tell(one: Failure, other: Failure, same: bool) -> None:
    """Words, addresses and the repeated input don't count; what only one side tells can't tell them apart."""
    assert same_failure(one, other) is same
    assert same_failure(other, one) is same


def test_frames_beyond_those_that_this_engine_tells_do_not_count() -> None:
    """The engine here tells the innermost 20 frames, and the reference's all of them."""
    lines = FRAMES.split("\n")
    deep = "\n".join([lines[0], *(f"  {number:>3}: 0x{number:x} - m!f{number}" for number in range(40))])
    cut = "\n".join(deep.split("\n")[:21])
    assert same_failure(failed(deep), failed(cut))
    assert not same_failure(failed(deep), failed("\n".join(deep.split("\n")[:20])))


def test_a_panic_that_was_recorded_as_a_trap_is_told_by_the_stack_beside_it() -> None:
    """Chains of before tell an `unreachable`; where the stack beside it is a panic's, that is what is said."""
    stack = (Frame("core::panicking::panic_bounds_check"), Frame("a:b/c.f"))
    assert failure_of(CallError(F, TRAPPED), Extras(stack=stack)).reason == PANICKED
    assert failure_of(CallError(F, TRAPPED), Extras(stack=stack[1:])).reason == UNREACHABLE
    assert failure_of(CallError(F, TRAP), Extras(stack=stack)).reason == DIVIDED


def test_a_panic_is_known_wherever_it_is_on_the_stack() -> None:
    """With line tables the innermost functions are those that were inlined: a handler of any name and its calls."""
    handler = (Frame("unreachable"), Frame("my_handler", "src/lib.rs:383"))
    assert in_panic((*handler, Frame("core::panicking::panic_fmt"), Frame("index<i64>"), Frame("f")))
    assert in_panic((*handler, Frame("panic_fmt", "/rustc/59807616/library/core/src/panicking.rs:80"), Frame("f")))
    assert not in_panic((*handler, Frame("f")))
    assert not in_panic(())


@pytest.mark.parametrize(
    "function",
    [
        "rust_begin_unwind",
        "__rustc::rust_begin_unwind",
        "core::panicking::panic_fmt",
        "core[c5930c85a12de822]::panicking::panic_nounwind_fmt",
        "core::option::unwrap_failed",
        "core::option::expect_failed",
        "core::slice::index::slice_end_index_len_fail",
        "core::str::slice_error_fail",
        "core::cell::panic_already_borrowed",
        "alloc::raw_vec::handle_error",
        "alloc[0123abcd]::raw_vec::handle_error",
        "core::result::unwrap_failed",
        "core::panicking::panic_const::panic_const_div_by_zero",
        "std::panicking::rust_panic_with_hook",
        "alloc::raw_vec::capacity_overflow",
        "alloc::alloc::handle_alloc_error::rt_error",
        "std::panicking::begin_panic_handler",
        "__rg_oom",
    ],
)
def test_functions_that_a_panic_ends_in_are_known_by_name(function: str) -> None:
    """Whichever function stands for the handler where the compiler put one into another."""
    assert is_panic(function)


@pytest.mark.parametrize(
    "function",
    [
        "mini:actor/tally.panics",
        "panic_room",
        "my_core::panic_now",
        "unwind_stack",
        "core::fmt::write",
        "core::num::overflowing_add",
        "std::panicking::try",
        "unreachable",
        "",
    ],
)
def test_a_name_that_only_sounds_like_a_panic_is_none(function: str) -> None:
    """What the guest calls its own functions says nothing."""
    assert not is_panic(function)


@pytest.mark.parametrize(
    ("reason", "unrecorded"),
    [
        ("peer.txt and old.chain has no answer left for a:b/c.d", "a:b/c.d"),
        ("the answer of a:b/c.d can't be handed over: why", "a:b/c.d"),
        ("the call of a:b/c.d can't be recorded: why", "a:b/c.d"),
        ("the input of a:b/c.d can't be decoded: why", ""),
        ("wasm trap: wasm `unreachable` instruction executed", ""),
    ],
)
def test_a_failure_tells_in_which_host_call_that_no_event_holds(reason: str, unrecorded: str) -> None:
    """Only where that was not recorded because nobody could answer it; never by what the actor returned itself."""
    assert failed(f"{INPUT}: WASM execution error: {reason}").unrecorded == unrecorded
    assert failed(f"Function returned error: {reason}").unrecorded == ""


@given(st.text(), st.text())
def test_any_message_has_a_reason(message: str, beside: str) -> None:
    """Whatever was recorded, something is said of it, and it is the same as itself."""
    failure = failed(message, beside)
    assert isinstance(failure.reason, str)
    assert same_failure(failure, failed(message))
    assert failure.reason or not message.strip()
