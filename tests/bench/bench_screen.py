"""How quickly the screens answer and what they cost: `python -m tests.bench.bench_screen [EVENTS]` prints it."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.bench.pseudo_terminal import Screen, screen
from tests.chain import samples
from tests.commands.running import sample

EVENTS = 1_000_000
RUNS = 5
_KEYS = b"jkGg" * 8


def milliseconds(seconds: list[float]) -> str:
    """Median and worst."""
    return f"{median(seconds) * 1000:.0f} ms (worst {max(seconds) * 1000:.0f} ms)"


def first_frames(folder: Path, *words: str) -> list[float]:
    """Seconds from starting the process to its first frame."""
    spent = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        with screen(folder, *words) as shown:
            shown.wait(b"chainview")
            spent.append(time.perf_counter() - begun)
            shown.wait(b" event")
    return spent


def keys(shown: Screen) -> list[float]:
    """Seconds from each of some keys to its frame."""
    return [shown.press(bytes((key,))) for key in _KEYS]


def appended(folder: Path) -> list[float]:
    """Seconds from the end of typing a call to its state on the screen."""
    spent = []
    with screen(folder, "run", sample("counter")) as shown:
        shown.wait(b"counting from 0")
        for number in range(1, RUNS + 1):
            shown.type(b"c")
            shown.quiet(0.5)
            shown.type(b"increment(1s32)")
            shown.quiet(0.7)
            shown.type(b"\r")
            spent.append(shown.wait(f'"{number - 1} -> {number}"'.encode()))
            shown.quiet(0.3)
    return spent


def main() -> None:
    """Prints the figures."""
    [count] = numbers_asked(__doc__, EVENTS)
    print_machine()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        chain = folder / "bench.chain"
        samples.write_native(chain, count)
        print_figure("first frame of open", milliseconds(first_frames(folder, "open", str(chain))))
        print_figure("first frame of run", milliseconds(first_frames(folder, "run", sample("counter"))))
        print_figure("call entered to its event on the screen", milliseconds(appended(folder)))
        with screen(folder, "open", str(chain)) as shown:
            shown.wait(b" event")
            print_figure(f"key to frame while {count:,} events are read", milliseconds(keys(shown)))
            shown.wait(b"chain sound", 300)
            print_figure(f"key to frame at {count:,} events", milliseconds(keys(shown)))
            print_figure("idle", f"{shown.share(5):.1%} of a core")
        with screen(folder, "run", sample("pulse"), "--state", '"10"') as shown:
            shown.wait(b"tick 9")
            print_figure("following 350 events/s", f"{shown.share(8):.1%} of a core, the actor among it")
            shown.press(b"k")
            print_figure("the view paused at 350 events/s", f"{shown.share(8):.1%} of a core, the actor among it")


if __name__ == "__main__":
    main()
