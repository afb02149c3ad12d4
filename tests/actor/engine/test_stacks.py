"""Reading the guest's stack out of the engine's messages."""

from __future__ import annotations

from chainview.actor.engine.stacks import frames_of
from chainview.chain.event import Frame

INLINED = """error while executing at wasm backtrace:
    0:   0x1234 - pricing.wasm!pricing::quote::make::h0123456789abcdef
                    at src/quote.rs:67:9
              - pricing::quote::quote::hfedcba9876543210
                    at src/quote.rs:30:5
    1:   0x5678 - pricing.wasm!sample:pricing/pricing.quote
                    at src/entry.rs:17:1

Caused by:
    0: wasm trap: wasm `unreachable` instruction executed
"""


def test_a_function_that_was_inlined_keeps_its_own_place() -> None:
    """Each function of one frame stands on the line that is its own, the innermost first."""
    assert frames_of(INLINED) == (
        Frame("pricing::quote::make", "src/quote.rs:67"),
        Frame("pricing::quote::quote", "src/quote.rs:30"),
        Frame("sample:pricing/pricing.quote", "src/entry.rs:17"),
    )


def test_a_frame_knows_where_in_the_module_it_goes_on() -> None:
    """The offset that the engine tells is kept; a function that was inlined has none of its own."""
    assert [frame.offset for frame in frames_of(INLINED)] == [0x1234, 0, 0x5678]
