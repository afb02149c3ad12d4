"""A few rounds of every campaign."""

from __future__ import annotations

import pytest

from tests.campaigns.__main__ import campaigns
from tests.campaigns.campaign import BrokenPromise, Campaign, Figures


@pytest.mark.once
@pytest.mark.parametrize("name", campaigns())
def test_a_promise_holds_for_a_few_rounds(name: str) -> None:
    """What a campaign attacks stands in its first rounds, which leave figures."""
    figures = Figures()
    campaign = campaigns()[name]
    assert campaign.go(figures, seed=1, rounds=campaign.short) == campaign.short
    assert figures.lines()


def test_a_broken_promise_is_told_with_the_round_that_broke_it() -> None:
    """The seed in the message is that of the round, so that it can be had again alone."""

    def attack(random: object, folder: object, figures: Figures) -> None:
        figures.count("rounds")
        assert figures.counts["rounds"] < 3, "three are too many"

    campaign = Campaign("Two rounds hold.", attack)
    with pytest.raises(BrokenPromise, match=r"Two rounds hold\. Not so in `--seed 12`: three are too many"):
        campaign.go(Figures(), seed=10, rounds=9)


def test_figures_are_sums_and_peaks() -> None:
    """What is counted adds up, of what is measured the largest stays."""
    figures = Figures()
    for amount in (2, 7, 3):
        figures.count("kills", amount)
        figures.measure("bytes a byte", amount)
    assert [line.split() for line in figures.lines()] == [["kills", "12"], ["bytes", "a", "byte,", "at", "most", "7.0"]]
