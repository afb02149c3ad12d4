"""Every sample actor, recorded and replayed, alone and side by side."""

from __future__ import annotations

import threading
from itertools import product
from pathlib import Path

import pytest

from chainview.actor.limits import Limits
from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.event import Kind
from chainview.chain.files.opened import open_chain
from chainview.chain.schema import Schema
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from chainview.replay.run.serving import Mode
from tests.actor.running import SAMPLES, sample
from tests.replay.recorded import compiled

ORDER = (
    'place-order(Order{customer: "Ada", lines: [Line{sku: "tea", quantity: 2u32, price: 450u64, note: none<string>}], '
    "delivery: Delivery::Locker(7u32)})"
)
CALLS = {
    "counter": ("increment(5s32)", "increment(0s32)", "get-count()", "reset()"),
    "pulse": ("get-spread()", "pause()", "resume()"),
    "orders": (ORDER, "ship(1u32)", 'cancel(1u32, "late")', "list()", "summary()"),
    "chatter": ("chat(50u32, 40u32)", "chat(3u32, 40000u32)"),
    "faulty": ("trap()", "divide-by-zero()", "stack-overflow()", "returned-error()", "bad-bytes()", "fine()"),
}
OF_TODAY = {
    "larder": ('put("tea", 3u32)', 'take("rice", 9u32)', 'take("rice", 5u32)', "stock()", "wanted()"),
    "courier": ('deliver(["Graz", "Linz"])', "deliver(3u32)", "echo(1u32)", "deliver([]<string>)"),
}
"""Those of the newest packr-guest, which have a schema of their own."""


def recorded(name: str, folder: Path, schema: Schema | None = Schema.VALUES) -> Path:
    """The chain of an actor after its calls."""
    path = folder / f"{name}-{schema.value if schema else 'own'}.chain"
    target = find_target(str(SAMPLES / name / "manifest.toml"))
    session = Session(
        Options(target, schema=schema, calls={**CALLS, **OF_TODAY}[name], output=path, limits=Limits(timeout=20))
    )
    session.start()
    assert session.wait_started() is None
    session.wait_quiet(0.5 if name == "pulse" else 30)
    session.close(5)
    assert session.failure is None
    return path


def replayed(path: Path, name: str, mode: Mode = Mode.PROBE) -> Replay:
    """The finished replay of a chain by the actor that recorded it."""
    with open_chain(path) as opened:
        opened.load()
        recording = Recording.of(opened)
        replay = Replay(recording, compiled(sample(name)), mode, Limits(timeout=20))
        replay.run()
        assert replay.chain.head == opened.table.hash(len(opened.table) - 1)
    return replay


@pytest.mark.once
@pytest.mark.parametrize(
    ("name", "schema"),
    [*product(sorted(CALLS), [Schema.VALUES, Schema.BYTES]), *product(sorted(OF_TODAY), [None])],
)
def test_a_sample_actor_replays_identically_in_every_mode(tmp_path: Path, name: str, schema: Schema | None) -> None:
    """What was recorded is replayed event for event, and no host function is reached, in each mode and schema."""
    path = recorded(name, tmp_path, schema)
    for mode in Mode:
        replay = replayed(path, name, mode)
        assert (replay.first_mismatch, replay.finished, replay.live_host_calls) == (None, True, 0), mode


@pytest.mark.once
def test_replays_and_a_live_actor_do_not_disturb_each_other(tmp_path: Path) -> None:
    """Two replays in threads beside a ticking actor in the same process each come out as if they were alone."""
    orders, faulty = recorded("orders", tmp_path), recorded("faulty", tmp_path)
    options = Options(find_target(str(sample("pulse"))), output=tmp_path / "live.chain", state='"10"')
    live = Session(options)
    live.start()
    assert live.wait_started() is None
    mismatches: list[int | None] = []

    def many(path: Path, name: str) -> None:
        mismatches.extend(replayed(path, name).first_mismatch for _ in range(5))

    threads = [threading.Thread(target=many, args=each) for each in ((orders, "orders"), (faulty, "faulty"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    live.close()
    assert mismatches == [None] * 10
    assert live.failure is None
    with open_chain(tmp_path / "live.chain") as opened:
        assert Kind.ERROR not in opened.load().table.kinds
    assert replayed(tmp_path / "live.chain", "pulse").first_mismatch is None
