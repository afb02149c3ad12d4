"""Actors whose peers come, send and vanish at any moment, while connections change modes and hands."""

from __future__ import annotations

import socket
import struct
from collections.abc import Callable
from concurrent.futures import wait
from contextlib import chdir, suppress
from pathlib import Path
from random import Random
from typing import Final

from chainview.actor.session.session import Session
from chainview.pack.values import U32, String, Tuple, Value, bytes_value, none, types
from tests.actor.hosts.tcp.peers import free_address
from tests.campaigns.campaign import Campaign, Figures
from tests.campaigns.leftovers import nothing_left, replayed_identical
from tests.recordings.asker import asked
from tests.recordings.families import Played, playing

FAMILY: Final = Played("campaign", (), handlers=("runtime", "tcp", "supervisor"))
MOVES: Final = 40
"""In each round, at most."""
_SOON: Final = 0.2
"""Seconds that a move is waited for: some of what is asked waits for a peer that never sends."""
_RESET: Final = struct.pack("ii", 1, 0)


def _use(random: Random, actor: Session, id: String) -> tuple[str, Value]:
    return random.choice(
        [
            ("tcp.activate", id),
            ("tcp.activate", id),
            ("tcp.peer-address", id),
            ("tcp.set-active", Tuple((id, String(random.choice(("passive", "active", "once")))))),
            ("tcp.send", Tuple((id, bytes_value(random.randbytes(random.choice((0, 5, 200_000))))))),
            ("tcp.receive", Tuple((id, U32(random.choice((0, 9, 100_000)))))),
            ("tcp.upgrade-to-tls-server", id),
            ("tcp.close", id),
        ]
    )


def _hand_over(random: Random, actor: Session, id: String) -> tuple[str, Value]:
    other = random.choice(actor.family.members)
    return random.choice(("tcp.transfer", "tcp.transfer-async")), Tuple((id, String(other.actor_id)))


def _grow(random: Random, actor: Session, id: String) -> tuple[str, Value]:
    return "supervisor.spawn", Tuple((String("child.toml"), none(types.BOOL), none(types.list_of(types.U8))))


WAYS: tuple[Callable[[Random, Session, String], tuple[str, Value]], ...] = (_use, _use, _use, _hand_over, _grow)


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    address = free_address()
    with chdir(folder):
        with nothing_left():
            _lived(random, folder, address, figures)
        host, _, port = address.partition(":")
        with socket.create_server((host, int(port))):
            # Nobody listens there any more.
            replayed_identical(folder, figures)


def _lived(random: Random, folder: Path, address: str, figures: Figures) -> None:
    peers: list[socket.socket] = []
    with playing(FAMILY, folder) as player:
        root = player.session
        wait([root.call_back(*asked("tcp.listen", String(address)))], 20)
        for _ in range(random.randrange(MOVES)):
            if random.random() < 0.4:
                _peer(random, address, peers, figures)
                continue
            actor = random.choice(player.members)
            id = String(str(random.randint(1, 4 + len(peers))))
            way = random.choice(WAYS)
            asking = actor.call_back(*asked(*way(random, actor, id)))
            figures.count(f"asks{way.__name__.replace('_', ' ')}")
            if random.random() < 0.7 and wait([asking], _SOON).not_done and random.random() < 0.5:
                figures.count("interruptions", actor.interrupt())
        if random.random() < 0.5:
            _vanish(random, peers)
    _vanish(random, peers)


def _peer(random: Random, address: str, peers: list[socket.socket], figures: Figures) -> None:
    """A peer comes, or one that is there sends, ends its side, or is gone without a word."""
    what = random.choice(("comes", "comes", "sends", "sends", "ends its side", "is gone"))
    if what == "comes" or not peers:
        host, _, port = address.partition(":")
        with suppress(OSError):
            peers.append(socket.create_connection((host, int(port)), 1.0))
        what = "comes"
    else:
        peer = random.choice(peers)
        with suppress(OSError):
            if what == "sends":
                peer.send(random.randbytes(random.choice((1, 9, 70_000))))
            elif what == "ends its side":
                peer.shutdown(socket.SHUT_WR)
            else:
                peers.remove(peer)
                _end(random, peer)
    figures.count(f"a peer {what}")


def _vanish(random: Random, peers: list[socket.socket]) -> None:
    while peers:
        _end(random, peers.pop())


def _end(random: Random, peer: socket.socket) -> None:
    if random.random() < 0.5:
        peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
    peer.close()


CAMPAIGN = Campaign(
    "Whatever peers do, chains are sound and replay identical, and no connection is left.", _attack, short=3
)
