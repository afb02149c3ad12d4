"""How many events came when."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.stats.rate import Rate, bar, sparkline


@given(st.lists(st.integers(1, 10**16), max_size=60), st.integers(1, 50))
def test_every_event_with_a_time_is_counted_once(times: list[int], most: int) -> None:
    """However far apart the events are, the stretches hold all of them and are few."""
    rate = Rate()
    rate.add(times)
    assert sum(rate.counts) == len(times)
    assert len(rate.counts) <= 512
    parts = rate.parts(most)
    assert sum(parts) == len(times)
    assert len(parts) <= most


def test_events_without_a_time_are_in_no_stretch() -> None:
    """What has no time is not counted, and what a clock that was set back gives belongs to the beginning."""
    rate = Rate()
    rate.add([0, 0])
    assert (rate.counts, rate.highest(10), rate.lasted_ns) == ([], 0.0, 0)
    rate.add([5_000_000_000, 4_000_000_000, 7_000_000_000])
    assert rate.lasted_ns == 2_000_000_000
    assert rate.counts[0] == 2


def test_a_sparkline_shows_pauses_and_peaks() -> None:
    """The highest is a full letter, little is the lowest one, and nothing a blank."""
    assert sparkline([0, 1, 50, 100]) == " ▁▄█"
    assert sparkline([]) == ""
    assert sparkline([0, 0]) == "  "


def test_a_bar_is_a_share_and_never_nothing_for_something() -> None:
    """The whole fills all cells, a trace is an eighth of one."""
    assert bar(10, 10, 4) == "████"
    assert bar(1, 10**6, 4) == "▏"
    assert bar(0, 10, 4) == bar(5, 0, 4) == ""
