"""Lines that are made for many events together."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Extras
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words.lines import EventLines
from chainview.chain.words.report import event_line
from chainview.pack.cgrf import encode
from chainview.pack.values import S64, UNIT, Record, String, bytes_value
from tests.ui import samples

PAIR = Record("pair", (("a", S64(1)), ("b", String("x"))))
SAID = [
    samples.call("f", PAIR),
    samples.log("x"),
    samples.log("y" * 2000),
    samples.result("f", state=PAIR),
    samples.result("f", state=Record("pair", (("a", S64(2)), ("b", String("x"))))),
    samples.result("f", state=UNIT),
    samples.error("f", "bad"),
    samples.shutdown(),
    ("wasm", b"no value"),
    ("of no payload", b""),
    ("of bytes", encode(bytes_value(b"\0" * 70_000))),
]
EXTRAS = [Extras(), Extras(stub=True), Extras(damaged=True), Extras(reason="a trap"), Extras(state=encode(PAIR))]


@given(st.lists(st.tuples(st.sampled_from(SAID) | st.none(), st.sampled_from(EXTRAS)), max_size=40), st.integers(0, 30))
def test_lines_made_together_are_those_of_each_event(
    saying: list[tuple[tuple[str, bytes] | None, Extras]], dropped: int
) -> None:
    """Whatever events stand in a row, alike or damaged or let go of before them, each has the line it has alone."""
    table = EventTable()
    events = linked([said for said, _ in saying if said is not None])
    for said, beside in saying:
        if said is None:
            table.append_damage(b"no event", 0, "event")
        else:
            table.append(next(events), beside)
    table.drop_oldest(max(1, len(table) - dropped))
    lines, made, at = EventLines(table), list[str](), 0
    while at < len(table):
        stop = lines.together(at)
        made += lines.lines(at, stop)
        at = stop
    assert made == [event_line(table, index) for index in range(len(table))]
