"""How quickly the screens answer and what they cost: `python -m tests.bench.bench_screen [EVENTS [SECONDS]]` prints it.

With 10,000,000 events, a file of 4 GB, it takes some minutes. Each share of a core is taken over so many seconds.
"""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from statistics import median

from tests.bench.bench_open import HASH_BYTES
from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.bench.large_file import write_large
from tests.bench.pseudo_terminal import Screen, screen
from tests.chain import samples
from tests.commands.running import sample

EVENTS = 1_000_000
SHORT = 1_000
SECONDS = 8
RUNS = 5
_KEYS = b"jkGg" * 8


def milliseconds(seconds: list[float]) -> str:
    """Median and worst."""
    return f"{median(seconds) * 1000:.0f} ms (worst {max(seconds) * 1000:.0f} ms)"


def ratio(seconds: list[float], others: list[float]) -> str:
    """How the medians of both are to each other."""
    return f"{median(seconds) / median(others):.2f}"


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
        # The prompt stays for the next call.
        shown.type(b"c")
        for number in range(1, RUNS + 1):
            shown.quiet(0.5)
            shown.type(b"increment(1s32)")
            shown.quiet(0.7)
            shown.type(b"\r")
            spent.append(shown.wait(f'"{number - 1} -> {number}"'.encode()))
            shown.quiet(0.3)
    return spent


class Costs:
    """What screens take of the processor, each share told with its ratio to the same actor without a screen."""

    def __init__(self, folder: Path, seconds: int) -> None:
        self._folder, self._seconds = folder, seconds
        self._without = self._recorded()

    def _recorded(self) -> float:
        """The share of a core that recording takes without a screen."""
        lasts = f"{self._seconds + 4}s"
        with screen(self._folder, "record", sample("pulse"), "--state", '"10"', "--for", lasts, "--quiet") as shown:
            shown.quiet(2)
            return shown.share(self._seconds)

    def following(self) -> None:
        """Prints what following the actor costs, and a view of it that stands still."""
        print_figure("350 events/s recorded without a screen", f"{self._without:.1%} of a core")
        with screen(self._folder, "run", sample("pulse"), "--state", '"10"') as shown:
            shown.wait(b"tick 9")
            shown.quiet(2)
            self._tell("following 350 events/s", shown)
            shown.press(b"k")
            self._tell("its view paused", shown)

    def idle(self, shown: Screen) -> None:
        """Prints what a screen costs on which nothing happens."""
        shown.quiet(2)
        self._tell("idle", shown)

    def _tell(self, name: str, shown: Screen) -> None:
        share = shown.share(self._seconds)
        print_figure(name, f"{share:.2%} of a core, {share / self._without:.2f} of recording without a screen")


def main() -> None:
    """Prints the figures."""
    count, seconds = numbers_asked(__doc__, EVENTS, SECONDS)
    print_machine()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        chain, short = folder / "bench.chain", folder / "short.chain"
        write_large(chain, count)
        samples.write_native(short, SHORT)
        few = first_frames(folder, "open", str(short))
        print_figure(f"first frame of open, {SHORT:,} events", milliseconds(few))
        many = first_frames(folder, "open", str(chain))
        print_figure(f"first frame of open, {count:,} events", f"{milliseconds(many)}, {ratio(many, few)} of the few")
        print_figure("first frame of run", milliseconds(first_frames(folder, "run", sample("counter"))))
        print_figure("call entered to its event on the screen", milliseconds(appended(folder)))
        with screen(folder, "open", str(short)) as shown:
            shown.wait(b"chain sound")
            few, base = keys(shown), shown.resident_bytes()
            print_figure(f"key to frame at {SHORT:,} events", milliseconds(few))
        costs = Costs(folder, seconds)
        with screen(folder, "open", str(chain)) as shown:
            shown.wait(b" event")
            at = keys(shown)
            print_figure(f"key to frame while {count:,} are read", f"{milliseconds(at)}, {ratio(at, few)} of the few")
            shown.wait(b"chain sound", 60 + count / 5_000)
            at = keys(shown)
            print_figure(f"key to frame at {count:,} events", f"{milliseconds(at)}, {ratio(at, few)} of the few")
            beside = (shown.resident_bytes() - base) / count - HASH_BYTES
            print_figure("memory of its process", f"{beside:.1f} bytes an event beside payload and hash")
            costs.idle(shown)
        costs.following()


if __name__ == "__main__":
    main()
