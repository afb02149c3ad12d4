"""The stacks at some events of calls that are made inside wasm, held to those of calls that Python makes."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chainview.actor.engine.stacks import SERVED_MODULE
from chainview.chain.event import Kind
from chainview.core.runs import RunCore, RunForms
from chainview.core.serving import VARIABLE
from chainview.pack.values import U32, Tuple
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay
from tests.actor.running import sample
from tests.replay.recorded import compiled, recording_of
from tests.replay.run.test_runs import ANSWERS, CALLED, EXPORTS, actor, calls_of, made_in_wasm
from tests.replay.run.test_served import visible


def both(recording: Recording, path: Path, wanted: Collection[int]) -> list[Replay]:
    """A replay that Python serves, and one that wasm does, with the stacks at these events."""
    replays = []
    for word in ("off", "always"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(VARIABLE, word)
            replays.append(Replay(recording, compiled(path), stacks_at=wanted).run())
    return replays


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_stacks_are_the_same_whoever_makes_the_calls(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whatever was called, asked and returned, whatever a build does instead, and at whichever events."""
    folder = tmp_path_factory.mktemp("stacks")
    then, letters = data.draw(EXPORTS), data.draw(CALLED)
    recorded = recording_of(actor(folder / "then", then), *calls_of(letters), answers=ANSWERS)
    now = data.draw(st.just(then) | EXPORTS.map(lambda other: then | {"b": other["b"]}))
    wanted = data.draw(st.sets(st.integers(0, len(recorded))))
    one, two = both(recorded, actor(folder / "now", now), wanted)
    assert visible(one) == visible(two)
    assert one.stacks == two.stacks
    assert SERVED_MODULE not in str(two.stacks)


def test_calls_are_made_in_wasm_up_to_where_a_stack_is_wanted_and_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    """A host call in the middle of every call is looked at, and no call but the first few is made from Python."""
    taken = made_in_wasm(monkeypatch)
    calls = [("sample:chatter/chatter.chat", Tuple((U32(3), U32(each % 5)))) for each in range(200)]
    recorded = recording_of(sample("chatter"), *calls)
    wanted = [at for at, kind in enumerate(recorded.table.kinds) if kind == Kind.HOST][::3]
    one, two = both(recorded, sample("chatter"), wanted)
    assert one.stacks == two.stacks
    assert sorted(two.stacks) == wanted
    assert all(two.stacks.values())
    assert sum(taken) >= len(calls) - 10


def test_what_is_looked_at_is_made_ready_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stacks at all host calls of 200 calls keep none of those from being made inside wasm, behind a few look-ups."""
    asked, plain = list[int](), RunCore.ready

    def ready(core: RunCore, forms: RunForms, current: int | None, before: bytes, kinds: bytes, base: int) -> object:
        asked.append(len(kinds))
        return plain(core, forms, current, before, kinds, base)

    monkeypatch.setattr(RunCore, "ready", ready)
    taken = made_in_wasm(monkeypatch)
    calls = [("sample:chatter/chatter.chat", Tuple((U32(5), U32(each % 5)))) for each in range(200)]
    recorded = recording_of(sample("chatter"), *calls)
    wanted = [at for at, kind in enumerate(recorded.table.kinds) if kind == Kind.HOST]
    one, two = both(recorded, sample("chatter"), wanted)
    assert one.stacks == two.stacks
    assert sorted(two.stacks) == wanted
    assert sum(taken) >= len(calls) - 10
    assert len(asked) < len(calls) / 4
