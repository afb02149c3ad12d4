"""What 200 actors cost: `python -m tests.bench.bench_family` prints memory an actor and events a second of them all."""

from __future__ import annotations

import tempfile
import time
from concurrent.futures import wait
from contextlib import chdir
from pathlib import Path
from typing import Final

from chainview.pack.values import String, Tuple, none, types
from tests.bench.figures import numbers_asked, print_figure, print_machine
from tests.recordings.asker import asked
from tests.recordings.families import Played, Player, playing

FAMILY: Final = Played("bench", (), handlers=("runtime", "supervisor"))
ACTORS, CALLS, ASKS = 200, 10, 100
"""Children, the calls that each gets, and the host calls of each of these."""


def resident() -> int:
    """The memory of this process, in KiB."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["VmRSS"].split()[0])


def grown(player: Player) -> None:
    """Spawns the children, one after the other."""
    child = Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8))))
    while len(player.members) <= ACTORS:
        wait([player.session.call_back(*asked("supervisor.spawn", child))])


def busy(player: Player) -> float:
    """The seconds in which all of them, at once, make their calls."""
    export, params = asked("runtime.log", *[String("sixteen bytes it is")] * ASKS)
    begun = time.monotonic()
    wait([member.call_back(export, params) for member in player.members[1:] for _ in range(CALLS)])
    return time.monotonic() - begun


def main() -> None:
    """Prints the figures."""
    numbers_asked(__doc__)
    print_machine()
    with tempfile.TemporaryDirectory() as folder, chdir(folder), playing(FAMILY, Path(folder)) as player:
        before, begun = resident(), time.monotonic()
        grown(player)
        print_figure(f"{ACTORS} actors spawned", f"{ACTORS / (time.monotonic() - begun):,.0f} a second")
        print_figure("memory an actor", f"{(resident() - before) / ACTORS:,.0f} KiB")
        seconds, events = busy(player), ACTORS * CALLS * (ASKS + 2)
        print_figure(f"{events:,} events of {ACTORS} busy actors", f"{events / seconds:,.0f} events/s")
        print_figure("memory then", f"{resident() / 1024:,.0f} MiB")
        begun = time.monotonic()
    print_figure("all ended and closed", f"{time.monotonic() - begun:.1f} s")


if __name__ == "__main__":
    main()
