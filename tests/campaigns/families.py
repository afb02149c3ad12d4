"""Families whose actors exchange what they like, ask for ends of their own and others', and are ended at any moment."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import wait
from contextlib import chdir
from pathlib import Path
from random import Random
from typing import Final

from chainview.actor.session.session import Session
from chainview.pack.values import U64, UNIT, String, Tuple, Value, bytes_value, none, some, types
from tests.campaigns.campaign import Campaign, Figures
from tests.campaigns.leftovers import nothing_left, replayed_identical
from tests.recordings.asker import asked
from tests.recordings.families import Played, Player, playing

FAMILY: Final = Played("campaign", (), handlers=("runtime", "message-server", "rpc", "supervisor", "timer"))
MOVES: Final = 40
"""In each round, at most."""
_MODULES: Final = ("child", "child", "child", "root", "trapping", "refusing", "asking", "gone")
_SOON: Final = U64(20)
"""In ms."""
_NOBODY: Final = "550e8400-e29b-41d4-a716-446655440000"


def _spawn(random: Random, other: str) -> tuple[str, Value]:
    child = (String(f"{random.choice(_MODULES)}.toml"), none(types.BOOL), none(types.list_of(types.U8)))
    return random.choice(
        [("supervisor.spawn", Tuple(child)), ("supervisor.spawn-and-wait", Tuple((*child, some(_SOON))))]
    )


def _message(random: Random, other: str) -> tuple[str, Value]:
    function = random.choice(("send", "send", "request", "open-channel"))
    return f"message-server-host.{function}", Tuple(
        (String(other), bytes_value(random.randbytes(random.choice((0, 9)))))
    )


def _call(random: Random, other: str) -> tuple[str, Value]:
    export, params = random.choice((("boom", UNIT), ("refuse", UNIT), asked("runtime.self", UNIT), ("none", UNIT)))
    return "rpc.call", Tuple((String(other), String(export), params, none(types.BOOL)))


def _end(random: Random, other: str) -> tuple[str, Value]:
    if random.random() < 0.3:
        return "runtime.shutdown", some(bytes_value(b"bye"))
    return "supervisor.stop-child", String(other)


def _rest(random: Random, other: str) -> tuple[str, Value]:
    return random.choice(
        [
            ("message-server-host.register", UNIT),
            ("message-server-host.register", UNIT),
            ("supervisor.subscribe-to-child", String(other)),
            ("supervisor.get-child-state", String(other)),
            ("supervisor.list-children", UNIT),
            ("timer.set-interval", Tuple((String("t"), _SOON))),
            ("runtime.log", String("here")),
        ]
    )


WAYS: tuple[Callable[[Random, str], tuple[str, Value]], ...] = (_spawn, _spawn, _message, _message, _call, _end, _rest)


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    with chdir(folder):
        with nothing_left():
            _lived(random, folder, figures)
        replayed_identical(folder, figures)


def _lived(random: Random, folder: Path, figures: Figures) -> None:
    with playing(FAMILY, folder) as player:
        for _ in range(random.randrange(MOVES)):
            _move(random, player, figures)
        if random.random() < 0.5:
            player.session.wait_quiet(0.05)


def _move(random: Random, player: Player, figures: Figures) -> None:
    actor: Session = random.choice(player.members)
    other = random.choice([*[each.actor_id for each in player.members], _NOBODY])
    if random.random() < 0.05:
        random.choice((actor.stop, actor.kill, actor.interrupt))()
        figures.count("ends and interruptions from outside")
        return
    way = random.choice(WAYS)
    asking = actor.call_back(*asked(*way(random, other)))
    figures.count(f"asks{way.__name__.replace('_', ' ')}")
    if random.random() < 0.7:
        # Some of what is asked waits for ever, as a request to itself does.
        wait([asking], 0.2)


CAMPAIGN = Campaign(
    "Whatever actors do to each other, chains are sound and replay identical, and nothing is left.", _attack, short=3
)
