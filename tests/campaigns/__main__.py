"""`python -m tests.campaigns`: lists the campaigns, or runs those named and prints their figures."""

from __future__ import annotations

import argparse
import importlib
import sys
import time
from pathlib import Path

from tests.bench.figures import print_machine
from tests.campaigns.campaign import BrokenPromise, Campaign, Figures

NOT_CAMPAIGNS = ("__init__", "__main__", "campaign", "leftovers", "test_campaigns")
UNITS = {"s": 1, "m": 60, "h": 3600}


def campaigns() -> dict[str, Campaign]:
    """Every campaign by the name of its module."""
    names = sorted(path.stem for path in Path(__file__).parent.glob("*.py") if path.stem not in NOT_CAMPAIGNS)
    found = {name: importlib.import_module(f"tests.campaigns.{name}").CAMPAIGN for name in names}
    assert all(isinstance(each, Campaign) for each in found.values())
    return found


def main() -> int:
    """Runs what is asked for; 1 where a promise was broken."""
    there = campaigns()
    parser = argparse.ArgumentParser(prog="python -m tests.campaigns", description="Attacks on what is promised.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="campaigns, or `all`; without a name they are listed")
    parser.add_argument("--for", dest="seconds", type=_seconds, default=60.0, help="how long each goes on (default 1m)")
    parser.add_argument("--seed", type=int, help="begins with this round; alone it is the only one")
    asked = parser.parse_args()
    names = list(there) if asked.names == ["all"] else asked.names
    if unknown := [name for name in names if name not in there]:
        parser.error(f"there is no campaign {unknown[0]}")
    if not names:
        for name, each in there.items():
            print(f"  {name:<20} {each.promise}")
        return 0
    print_machine()
    return max([_run(name, there[name], asked.seconds, asked.seed) for name in names])


def _run(name: str, campaign: Campaign, seconds: float, seed: int | None) -> int:
    figures, begun, broken, rounds = Figures(), time.monotonic(), "", 0
    try:
        if seed is not None:
            rounds = campaign.go(figures, seed=seed, rounds=1)
        else:
            rounds = campaign.go(figures, seed=time.time_ns() // 1_000_000, seconds=seconds)
    except BrokenPromise as error:
        broken = str(error)
    print(f"{name}: {rounds:,} rounds in {time.monotonic() - begun:.0f} s")
    print("\n".join(figures.lines()))
    if broken:
        print(f"  BROKEN  {broken}")
    return bool(broken)


def _seconds(text: str) -> float:
    try:
        return float(text[:-1]) * UNITS[text[-1:]]
    except (ValueError, KeyError):
        raise argparse.ArgumentTypeError(f"{text!r} is no duration such as 90s, 30m or 2h") from None


if __name__ == "__main__":
    sys.exit(main())
