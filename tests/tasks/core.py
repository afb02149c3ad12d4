"""The quick tests of what the core may serve: with Python in its place, and with the core for all of it."""

from __future__ import annotations

import os
import subprocess
import sys

from chainview.core.serving import VARIABLE
from tests.tasks import ALL_AT_ONCE

PYTEST = (sys.executable, *ALL_AT_ONCE, "-m", "not once", "--hypothesis-profile=quick")
SERVED = ("tests/pack", "tests/chain", "tests/actor", "tests/replay", "tests/core")
CALLING = ("tests/core", "tests/chain", "tests/actor/engine", "tests/replay/run")
"""Where the core is called; what stands on these sees it through them."""
RUNS = {"off": SERVED, "always": CALLING}
"""The rooms that are tested with the core off, and with it for all that it can do."""


def main(more: list[str]) -> int:
    """Runs them twice; the first code that is not 0."""
    for how, tested in RUNS.items():
        code = subprocess.run((*PYTEST, *tested, *more), env=os.environ | {VARIABLE: how}, check=False).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
