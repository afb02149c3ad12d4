#!/usr/bin/env python3
"""Record the correct build on every workload: writes workloads/NAME.chain for each of RECORDINGS.

python sample_actors/pricing/record.py

The events are the same each time but for what the host answers: the actor's id and the clock.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent
REPOSITORY = FOLDER.parent.parent
# The chain's name, its file of calls, the schema of its payloads, and the exit code: 1 when calls fail on purpose.
RECORDINGS = (
    ("short", "short", "values", 0),
    ("short-bytes", "short", "bytes", 0),
    ("errors", "errors", "values", 1),
    ("forecast", "forecast", "values", 0),
    ("session", "session", "values", 0),
    ("long", "long", "values", 1),
)


def main() -> int:
    """Make every recording; 1 when one of them did not end as it must."""
    # A path relative to the repository, so that no path of this machine gets into a chain.
    workloads = FOLDER.relative_to(REPOSITORY) / "workloads"
    for name, calls, schema, code in RECORDINGS:
        command = [sys.executable, "-m", "chainview", "record", str(workloads.parent / "pricing.wasm")]
        command += ["--stub", "--quiet", "--force", "--schema", schema]
        command += ["--calls", str(workloads / f"{calls}.calls"), "-o", str(workloads / f"{name}.chain")]
        done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
        if done.returncode != code:
            print(f"{name}: exit code {done.returncode} where {code} was due\n{done.stderr}", file=sys.stderr)
            return 1
        print(done.stderr.strip().splitlines()[-1])
    return 0


if __name__ == "__main__":
    sys.exit(main())
