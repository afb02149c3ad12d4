"""The details of events of a module that keeps its state inside."""

from __future__ import annotations

import pytest

from chainview.chain.event import Extras, StateGap
from chainview.chain.payload import INIT, encode_call, encode_error, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.cgrf import encode
from chainview.pack.values import S32, UNIT
from chainview.ui.event.event_blocks import event_blocks
from chainview.ui.event.facts import gather, work_out
from chainview.ui.lines.lazy_lines import LazyLines

BEGUN = ("wasm", encode_call(Schema.LIFECYCLE, INIT, UNIT, 3))
CALL = ("wasm", encode_call(Schema.LIFECYCLE, "f", UNIT, 3))
RESULT = ("wasm", encode_result(Schema.LIFECYCLE, "f", UNIT, UNIT, 3))
REFUSED = ("wasm", encode_error("f", "Function returned error: no", 3, Schema.LIFECYCLE))
MESSAGE = "Failed to call function 'f' with input: (): WASM execution error: x"
TRAPPED = ("wasm", encode_error("f", MESSAGE, 3, Schema.LIFECYCLE))
STATES = [None, encode(S32(1), 3), None, None, None, encode(S32(2), 3), None, None, None, StateGap.LARGE]


def shown(index: int, tab: str, first: tuple[str, bytes] = BEGUN) -> str:
    """The lines of an event under a tab, in a chain that begins with a call of init, if not told."""
    table = EventTable()
    parts = [first, RESULT, CALL, RESULT, CALL, REFUSED, CALL, TRAPPED, CALL, RESULT]
    for event, state in zip(linked(parts), STATES, strict=True):
        table.append(event, Extras(state=state))
    reading = work_out(gather(table, index, state=tab == "state"))
    lines = LazyLines(event_blocks(reading, tab, 100, wrap=False, brief=True))
    lines.ensure(100)
    return "\n".join("".join(span[0] for span in lines.line(at)) for at in range(lines.height))


@pytest.mark.parametrize(
    ("index", "said"),
    [
        (0, "no state was recorded up to here"),
        (1, "the first state recorded"),
        (2, "as event 2 left it"),
        (3, "unchanged since event 2"),
        (5, "1 change since event 2"),
        (7, "unchanged since event 6"),
        (9, "state too large to be asked for after each call, as of event 10"),
    ],
)
def test_the_state_tab_shows_what_the_module_showed(index: int, said: str) -> None:
    """The tab has the state that was shown last, where it comes from, and what changed in it."""
    assert said in shown(index, "state")


def test_a_failed_call_tells_what_becomes_of_the_instance() -> None:
    """After an error of its own the instance lives on as it is; after a trap another one goes on from before."""
    assert "the instance lives on, with whatever this call changed in its state" in shown(5, "payload")
    assert "the instance was given up" in shown(7, "payload")


def test_a_package_has_no_instance_to_tell_of() -> None:
    """A chain that begins with another call is a package's, asynchronous ones among them: nothing goes on in it."""
    assert "the instance" not in shown(5, "payload", CALL) + shown(7, "payload", CALL)
