"""Guests that say whatever they like: recorded, and replayed by the same module."""

from __future__ import annotations

import struct
from pathlib import Path
from random import Random

from chainview.actor.hosts.registry.runtime import NAME as RUNTIME
from chainview.actor.hosts.registry.timer import NAME as TIMER
from chainview.actor.limits import Limits
from chainview.actor.session.direct import load_actor
from chainview.chain.files.opened import open_chain
from chainview.pack.cgrf import encode
from chainview.pack.values import U64, UNIT, Result, String, Tuple, Value, bytes_value, types
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.actor.guests import DIVIDE_BY_ZERO, ECHO, INIT, OUT_OF_BOUNDS, TRAP, UNIT_TYPE, Guest
from tests.campaigns.campaign import Campaign, Figures

TICK = f"{TIMER}.handle-tick"
LIMITS = Limits(timeout=60.0, memory=64 << 20)
ODD_SIZES = (0, 1, 15, 16, 24, 1 << 16, (1 << 31) - 1, 1 << 31, (1 << 32) - 1)


def _deep(levels: int) -> Value:
    value: Value = UNIT
    for _ in range(levels - 1):
        value = Tuple((value,))
    return value


def _said(random: Random) -> bytes:
    """What a guest may hand over: values of every size, at limits, changed, and what is none."""
    values: tuple[Value, ...] = (
        UNIT,
        String("x" * random.choice((0, 10, 20_000))),
        bytes_value(random.randbytes(random.choice((0, 3, 9_000)))),
        _deep(random.randint(985, 1000)),
        Tuple((String("beat"), U64(random.choice((0, 1, (1 << 63), (1 << 64) - 1))))),
        Result(UNIT_TYPE, types.STRING, random.random() < 0.5, String("\0\x1b[2J")),
        Tuple(tuple([String("item")] * random.choice((1, 2_000)))),
    )
    packed = bytearray(encode(random.choice(values)))
    if random.random() < 0.5:
        for _ in range(random.randint(1, 4)):
            packed[random.randrange(len(packed))] = random.randrange(256)
    if random.random() < 0.2:
        at = random.randrange(0, len(packed) - 3)
        packed[at : at + 4] = struct.pack("<I", random.choice(ODD_SIZES))
    return bytes(packed)


def _guest(random: Random) -> Guest:
    """A module whose exports call hosts with odd places and sizes, and end in every way."""
    guest = Guest().returning(INIT, Result(UNIT_TYPE, types.STRING, True, UNIT))
    functions = ((RUNTIME, "log"), (RUNTIME, "self"), (RUNTIME, "shutdown"), (TIMER, "set-interval"), (TIMER, "now"))
    for number in range(random.randint(2, 5)):
        name = f"f{number}"
        guest.constant(name, _said(random), status=random.choice((0, 0, 1, -1)))
        ending = random.choice((guest.bodies[name], guest.bodies[name], ECHO, TRAP, DIVIDE_BY_ZERO, OUT_OF_BOUNDS))
        calls = ""
        for _ in range(random.randint(0, 4)):
            interface, function = random.choice(functions)
            packed = _said(random)
            at, size = guest._place(packed), len(packed)
            if random.random() < 0.2:
                at, size = random.choice(ODD_SIZES), random.choice(ODD_SIZES)
            out = "(local.get $out)" if random.random() < 0.9 else f"(i32.const {random.choice(ODD_SIZES)})"
            calls += f"""
    (drop (call $import{guest._import(interface, function)}
      (i32.const {at}) (i32.const {size}) {out} (local.get $outlen)))"""
        guest.bodies[name] = calls * random.choice((1, 1, 20)) + ending
    return guest


def _attack(random: Random, folder: Path, figures: Figures) -> None:
    guest, path = _guest(random), folder / "guest.wat"
    # What it hands over may be larger than the place that guests of tests have for it.
    room = 32768 + sum(map(len, guest.data)) + 131072
    text = guest.text.replace('(memory (export "memory") 4)', f'(memory (export "memory") {room // 65536 + 2})')
    path.write_text(text.replace("(i32.const 131072)", f"(i32.const {room // 16 * 16})", 1), encoding="utf-8")
    chain = folder / "guest.chain"
    with load_actor(path, output=chain, limits=LIMITS) as actor:
        for _ in range(random.randint(1, 5)):
            if actor.ended:
                break
            outcome = actor.call(f"f{random.randrange(len(guest.bodies) - 1)}()")
            figures.count("calls that returned" if outcome.ok else "calls that failed")
            assert outcome.ok or outcome.reason, "a call failed without a reason"
        assert actor.chain.verify() is None, "the chain is not sound"
        loaded, events = actor._launch.loaded, actor.chain.count
    with open_chain(chain) as opened:
        opened.load()
        assert len(opened.table) >= events, "the file holds less than was recorded"
        replay = Replay(Recording.of(opened), loaded, limits=LIMITS).run()
    figures.count("events", events)
    assert replay.live_host_calls == 0, "a replay reached a host"
    assert replay.first_mismatch is None, f"an unchanged module differs at event {(replay.first_mismatch or 0) + 1}"


CAMPAIGN = Campaign(
    "A guest that says whatever it likes costs a message; its chain is sound, and its replay identical.",
    _attack,
    short=6,
)
