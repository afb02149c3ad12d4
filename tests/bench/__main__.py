"""Every benchmark, one after the other: `python -m tests.bench` prints all figures in about four minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.bench.figures import numbers_asked


def main() -> None:
    """Runs each benchmark as a process of its own, so that none feels another's memory."""
    numbers_asked(__doc__)
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"\n{path.stem}", flush=True)
        subprocess.run([sys.executable, "-m", f"tests.bench.{path.stem}"], check=True)


if __name__ == "__main__":
    main()
