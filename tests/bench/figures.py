"""How benchmarks are asked, and how they print."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from collections.abc import Callable, Sequence

import pytest

from chainview.core.serving import VARIABLE


def numbers_asked(
    about: str | None, *defaults: int, instead: bool = False, words: Sequence[str] | None = None
) -> list[int]:
    """The numbers behind a benchmark's name, each in the place of its own, or `instead` of all; --help tells of it."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if defaults:
        shown = " ".join(f"{number:,}" for number in defaults)
        parser.add_argument("numbers", metavar="N", type=_number, nargs="*", help=f"(default: {shown})")
    given: list[int] = getattr(parser.parse_args(sys.argv[1:] if words is None else words), "numbers", [])
    if instead and given:
        return given
    if len(given) > len(defaults):
        parser.error(f"it takes at most {len(defaults)}")
    return [*given, *defaults[len(given) :]]


def _number(text: str) -> int:
    return int(text.replace(",", ""))


def print_machine() -> None:
    """Says what the figures were taken on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores{load}")


def print_figure(name: str, figure: str) -> None:
    """Prints one figure."""
    print(f"  {name:<48} {figure}")


def seconds_served(word: str, work: Callable[[], object]) -> float:
    """The processor seconds of some work, with that word for whether the core or its twin serves."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, word)
        begun = time.process_time()
        work()
        return time.process_time() - begun
