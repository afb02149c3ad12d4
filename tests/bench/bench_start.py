"""What starts cost: `python -m tests.bench.bench_start` prints commands by Python's own, a screen by Textual's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.bench.pseudo_terminal import screen

SHORT = Path(__file__).resolve().parents[2] / "sample_actors" / "pricing" / "workloads" / "short.chain"
RUNS = 15


def processor_seconds(*words: str) -> float:
    """What a process of Python took of the processor."""
    process = subprocess.Popen([sys.executable, *words], stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return used.ru_utime + used.ru_stime


def seconds_to_frame(folder: Path) -> float:
    """What it took of the processor until the rows of a short chain were on the screen."""
    with screen(folder, "open", str(SHORT)) as shown:
        shown.wait(b" event")
        return shown.processor_seconds()


def main() -> None:
    """Prints the figures."""
    numbers_asked(__doc__)
    print_machine()
    commands = {
        "verify of a short chain": ("verify", str(SHORT)),
        "show of it": ("show", str(SHORT)),
        "--version": ("--version",),
    }
    bare: list[float] = []
    spent: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(RUNS):
        bare.append(processor_seconds("-c", "pass"))
        for name, words in commands.items():
            spent[name].append(processor_seconds("-m", "chainview", *words))
    for name, seconds in spent.items():
        ratio = median(seconds) / median(bare)
        print_figure(name, f"{median(seconds) * 1000:.0f} ms of CPU, {ratio:.1f} times Python's start")
    with tempfile.TemporaryDirectory() as folder:
        frames = [(seconds_to_frame(Path(folder)), processor_seconds("-c", "import textual.app")) for _ in range(RUNS)]
    frame, textual = [median(seconds) for seconds in zip(*frames, strict=True)]
    print_figure("first frame of open", f"{frame * 1000:.0f} ms of CPU, {frame / textual:.1f} times loading Textual")


if __name__ == "__main__":
    main()
