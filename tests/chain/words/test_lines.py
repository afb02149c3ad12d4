"""Lines that are made for many events together."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Extras, Kind
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.chain.words.lines import EventLines
from chainview.chain.words.report import event_line, event_texts
from chainview.core.serving import VARIABLE
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
    *[("of no value", payload) for payload in (b"", b"x", b"y", b"xy" * 20, b"C", b"[1]", b"[2]", b"{", b"{}")],
    ("a:b/c/d", b"x"),
    ("wasm", b"x"),
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
            table.append_damage(samples.call("f", PAIR)[1], 0, "event")
        else:
            table.append(next(events), beside)
    table.drop_oldest(max(1, len(table) - dropped))
    lines, made, at = EventLines(table), list[str](), 0
    while at < len(table):
        stop = lines.together(at)
        made += lines.lines(at, stop)
        at = stop
    assert made == [event_line(table, index) for index in range(len(table))]


def test_what_an_event_is_holds_over_what_its_bytes_would_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shutdown and a damaged stretch whose bytes are a call's are told as what they are, whoever words them."""
    monkeypatch.setenv(VARIABLE, "always")
    table = EventTable()
    for at, event in enumerate(linked([samples.shutdown(), samples.call("f", PAIR), samples.log("x")] * 40)):
        table.append(event)
        if at % 7 == 0:
            table.append_damage(samples.call("f", PAIR)[1], 0, "event")
    lines = EventLines(table)
    assert lines.lines(0, len(table)) == [event_line(table, index) for index in range(len(table))]
    for at, texts in enumerate(lines.texts(0, len(table))):
        if table.kind(at) is Kind.SHUTDOWN:
            assert set(event_texts(table, at)) <= set(texts)
