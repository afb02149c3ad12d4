"""The status line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from chainview.ui.lines.line import plain
from chainview.ui.lines.status import Badge, Figures, rate_text, status_line

FULL = Figures(
    name="counter.wasm",
    badge=Badge.LIVE,
    events=2413,
    rate=118.2,
    sound=("chain sound", "good"),
    running="increment",
    running_ns=2_400_000_000,
    waiting=2,
    timers=1,
)


def test_everything_is_there_when_there_is_room() -> None:
    """A wide line tells all figures."""
    assert plain(status_line(FULL, 200)) == (
        " chainview  counter.wasm │ ● LIVE  2,413 events  118/s │ chain sound"
        " │ in increment for 2.4 s  2 waiting │ 1 timer"
    )


def test_what_matters_least_goes_first() -> None:
    """A narrow line keeps the badge, the count and whether the chain is sound."""
    text = plain(status_line(FULL, 60))
    assert "● LIVE" in text
    assert "2,413 events" in text
    assert "chain sound" in text
    assert "timer" not in text


@given(st.integers(1, 200), st.text(max_size=80), st.text(max_size=80), st.integers(0, 10**12))
def test_the_line_never_exceeds_its_width_nor_lets_controls_through(
    width: int, name: str, reason: str, events: int
) -> None:
    """Whatever an actor is called and whatever it says, the line fits and holds no control character."""
    line = plain(status_line(Figures(name=name, badge=Badge.ENDED, reason=reason, events=events), width))
    assert cell_len(line) <= width
    assert "\x1b" not in line
    assert "\n" not in line


def test_a_short_call_is_not_mentioned() -> None:
    """Only a call that takes longer than half a second is in the line."""
    assert "increment" not in plain(status_line(Figures(running="increment", running_ns=400_000_000), 200))


@pytest.mark.parametrize(
    ("rate", "text"), [(0.0, "0/s"), (0.04, "0.0/s"), (9.9, "9.9/s"), (9.96, "10/s"), (12345.6, "12,346/s")]
)
def test_rates_are_short(rate: float, text: str) -> None:
    """Small rates have a digit behind the point, large ones thousands."""
    assert rate_text(rate) == text


def test_letting_go_is_said() -> None:
    """Events that are no longer held are counted in the line."""
    assert "500 oldest events not shown" in plain(status_line(Figures(events=1500, dropped=500), 120))


def test_every_badge_differs_in_glyph_and_word() -> None:
    """No two states can be told apart by colour alone."""
    assert len({badge.text[0] for badge in Badge}) == len(Badge)
    assert len({badge.text[2:] for badge in Badge}) == len(Badge)


def test_a_call_that_waits_says_for_whom() -> None:
    """The actor that it waits for stands behind how long it does."""
    waits = Figures(running="ask", running_ns=2_000_000_000, awaited="worker, which waits for it")
    assert "in ask for 2.0 s, waits for worker, which waits for it" in plain(status_line(waits, 200))
