"""Prints how long comparing two stored chains takes, and how a replay's speed relates to that of recording.

python -m tests.bench.bench_replay [EVENTS] [HOST CALLS]
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TypeVar

from chainview.actor.actor import Actor
from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.hosts.provided import handlers_for
from chainview.actor.interceptors import RecordingInterceptor
from chainview.actor.limits import DEFAULT_LIMITS
from chainview.actor.session.host import SessionHost
from chainview.chain.files.entries.entry import Note
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_event, pack_header
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import encode_host_call
from chainview.chain.state_chain import StateChain, linked
from chainview.chain.table import EventTable
from chainview.pack.values import S32, U32, UNIT, String, Tuple
from chainview.replay.explain.diff import diff_recordings, first_mismatch
from chainview.replay.explain.explain import explain
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.actor.running import sample
from tests.bench.bench_record import CALLS, bare_seconds
from tests.bench.figures import numbers_asked, seconds_served
from tests.bench.yardsticks import CHAT, at_once_seconds, theater_seconds
from tests.chain import samples
from tests.replay.recorded import recording_of

EVENTS, HOST_CALLS, LEAST = 1_000_000, 100_000, 3
CHATTER_BYTES = 32
INCREMENT = "sample:counter/counter.increment"

Result = TypeVar("Result")


def timed(name: str, action: Callable[[], Result], times: int = LEAST) -> Result:
    """Prints the best time of some runs of an action; returns its result."""
    best = float("inf")
    for _ in range(times):
        begun = time.perf_counter()
        result = action()
        best = min(best, time.perf_counter() - begun)
    print(f"{name:<64} {best * 1000:10,.1f} ms")
    return result


def write(path: Path, count: int, *, changed: frozenset[int] = frozenset(), extra: int | None = None) -> None:
    """A native chain of `count` events; the host calls at `changed` say something else, and one more is at `extra`."""
    said = encode_host_call("theater:simple/runtime", "log", String("something else"), UNIT)

    def parts() -> Iterator[tuple[str, bytes]]:
        for index, part in enumerate(samples.parts(count)):
            if index == extra:
                yield "theater:simple/runtime/log", said
            yield ("theater:simple/runtime/log", said) if index in changed else part

    with path.open("wb") as file:
        file.write(pack_header(samples.header()))
        for index, event in enumerate(linked(parts())):
            file.write(pack_event(event, samples.extras(index)))


def recording(path: Path, files: ExitStack) -> Recording:
    """A chain, indexed, whose file stays open with the others."""
    return Recording.of(files.enter_context(open_chain(path)).load())


def compare_stored(folder: Path, count: int) -> None:
    """The comparison of two stored chains of a length, with changes at different places."""
    early, late = 6, count // 10 * 10 - 4
    kinds: dict[str, tuple[frozenset[int], int | None]] = {
        "one change at the end": (frozenset({late}), None),
        "one change at the beginning": (frozenset({early}), None),
        "a change at both ends": (frozenset({early, late}), None),
        "one host call more in the middle": (frozenset(), count // 2 // 5 * 5 + 1),
        "a changed host call in every hundredth call": (frozenset(range(1, count, 500)), None),
    }
    write(folder / "then.chain", count)
    for name, (changed, extra) in kinds.items():
        write(folder / "now.chain", count, changed=changed, extra=extra)
        with ExitStack() as files:
            then, now = [recording(folder / each, files) for each in ("then.chain", "now.chain")]
            timed(f"first mismatch, {count:,} events, {name}", partial(first_mismatch, then.table, now.table))
            core, twin = [seconds_served(word, partial(diff_recordings, then, now)) for word in ("", "off")]
            print(f"{f'comparison, {count:,} events, {name}':<64} {core * 1000:10,.1f} ms of CPU")
            print(f"{'to its twin in Python':<64} {core / twin:10.2f}")


def recorded_chatter(count: int) -> tuple[Recording, float]:
    """A recording of one call with this many host calls, and the seconds that making it took."""
    loaded = compile_module(read_module(sample("chatter")))
    chain = StateChain()
    handlers, stubs = handlers_for(loaded, SessionHost(StateChain()))
    actor = Actor(loaded, chain, RecordingInterceptor(chain, stubs), handlers, DEFAULT_LIMITS)
    items = chain.subscribe()
    begun = time.thread_time()
    actor.initialize(None)
    actor.call(CHAT, Tuple((U32(count), U32(CHATTER_BYTES))))
    took = time.thread_time() - begun
    actor.close()
    table = EventTable()
    for item in items.take(items.waiting):
        if not isinstance(item, Note):
            table.append(*item)
    return Recording(table, chain.schema, Header()), took


def replay_speed(count: int) -> None:
    """A replay of what is equal, next to the recording of it."""
    then, recorded_in = recorded_chatter(count)
    loaded = compile_module(read_module(sample("chatter")))
    print(f"{f'recording {count:,} host calls':<64} {recorded_in * 1000:10,.1f} ms")
    bare = bare_seconds() / CALLS
    spent = _replay_seconds(then, loaded)
    for name, took in spent.items():
        print(f"{f'replaying {count:,} host calls, all equal, served by {name}':<64} {took * 1000:10,.1f} ms")
        print(f"{f'to recording, served by {name}':<64} {took / recorded_in:10.2f}")
        print(f"{f'to as many bare host calls, served by {name}':<64} {took / count / bare:10.2f}")
        print(f"{f'events a second, served by {name}':<64} {len(then) / took:10,.0f}")
    print(f"{'served by wasm to served by Python':<64} {spent['wasm'] / spent['Python']:10.2f}")
    at_once = min(at_once_seconds(count, CHATTER_BYTES) for _ in range(LEAST))
    print(f"{'served by wasm to imports that answer at once':<64} {spent['wasm'] / at_once:10.2f}")
    with tempfile.TemporaryDirectory() as folder:
        theaters = theater_seconds(Path(folder), count, CHATTER_BYTES)
    if theaters is not None:
        print(f"{'served by wasm to the real Theater':<64} {spent['wasm'] / theaters[1]:10.3f}")


def _replay_seconds(then: Recording, loaded: LoadedModule) -> dict[str, float]:
    """The least that a replay of what is equal took of some, served by Python and by wasm."""
    return {
        name: min(seconds_served(word, partial(_replay, then, loaded)) for _ in range(LEAST))
        for name, word in (("Python", "off"), ("wasm", ""))
    }


def _replay(then: Recording, loaded: LoadedModule) -> None:
    """A replay of what is equal."""
    if Replay(then, loaded).run().first_mismatch is not None:
        raise SystemExit("the replay of an unchanged actor differs")


def call_speed(count: int) -> None:
    """What a call of an export costs in a replay of what is equal, made from Python and inside wasm."""
    then = recording_of(sample("counter"), *[(INCREMENT, Tuple((S32(1),)))] * count)
    loaded = compile_module(read_module(sample("counter")))
    spent = _replay_seconds(then, loaded)
    for name, took in spent.items():
        print(f"{f'a call of an export with a host call, made by {name}':<64} {took / count * 1e6:10,.1f} us")
    print(f"{'made by wasm to made by Python':<64} {spent['wasm'] / spent['Python']:10.3f}")


def verdict_speed(count: int) -> None:
    """From a compiled build to its explanation, on a chain of about this many events."""
    then, _ = recorded_chatter(count)
    loaded = compile_module(read_module(sample("chatter")))
    timed(f"compiling the build and its verdict, {count:,} events", lambda: _verdict(then))
    timed(f"verdict alone, {count:,} events", lambda: explain(Replay(then, loaded).run()))


def _verdict(then: Recording) -> object:
    return explain(Replay(then, compile_module(read_module(sample("chatter")))).run())


def main() -> None:
    """Prints all figures."""
    events, host_calls = numbers_asked(__doc__, EVENTS, HOST_CALLS)
    with tempfile.TemporaryDirectory() as folder:
        compare_stored(Path(folder), events)
    replay_speed(host_calls)
    call_speed(max(host_calls // 10, LEAST))
    verdict_speed(5000)


if __name__ == "__main__":
    main()
