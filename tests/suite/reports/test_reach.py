"""What the chains of a suite reach of its module."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.engine.loading import load_module
from chainview.suite.case import Outcome, Result
from chainview.suite.reports.reach import Reach, reach_of
from tests.actor.running import sample

COUNTER = load_module(sample("counter"))
SYMBOLS = [each for each in COUNTER.symbols if each != "theater:simple/actor.init"]
LOG = "theater:simple/runtime/log"


def result(name: str, *called: str, asked: tuple[str, ...] = (), outcome: Outcome = Outcome.PASSED) -> Result:
    """What a chain came to that calls these exports."""
    return Result(name, outcome, called=frozenset(called), asked=frozenset(asked))


def test_what_is_gone_is_told_with_the_chains_that_call_it() -> None:
    """By export; a chain of another actor calls nothing of this one."""
    results = [
        result("a", SYMBOLS[0], "x.gone", outcome=Outcome.DIFFERS),
        result("b", "x.gone", "x.also", outcome=Outcome.DIFFERS),
        result("c", "x.other", outcome=Outcome.FOREIGN),
    ]
    reach = reach_of(COUNTER, results, whole=False)
    assert list(reach.lines()) == [
        "the export x.also is gone, which b calls",
        "the export x.gone is gone, which a, b call",
    ]
    assert reach.as_object() == {
        "exports_gone": [{"export": "x.also", "chains": ["b"]}, {"export": "x.gone", "chains": ["a", "b"]}],
        "exports_not_reached": None,
        "imports_not_reached": None,
    }


def test_what_no_chain_reaches_is_told_of_a_whole_suite() -> None:
    """Exports and imports, each once; init, which every chain calls, is not among them."""
    reach = reach_of(COUNTER, [result("a", SYMBOLS[0])], whole=True)
    assert (reach.exports, reach.imports) == (tuple(SYMBOLS[1:]), (LOG,))
    assert list(reach.lines())[-1] == f"1 import is not used by any chain: {LOG}"
    assert not list(reach_of(COUNTER, [result("a", *SYMBOLS, asked=(LOG,))], whole=True).lines())
    assert not list(Reach().lines())


@given(st.lists(st.sets(st.sampled_from(SYMBOLS))))
def test_every_export_is_reached_or_told(called: list[set[str]]) -> None:
    """Never both, whatever the chains call."""
    reach = reach_of(COUNTER, [result(str(number), *each) for number, each in enumerate(called)], whole=True)
    assert set(reach.exports) | set().union(*called) == set(SYMBOLS)
    assert not set(reach.exports) & set().union(*called)
