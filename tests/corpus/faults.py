"""The corpus of seeded faults: faulty builds of one actor, chains of the correct one, and what a replay must find."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.engine.loading import LoadedModule, compile_module, read_module
from chainview.actor.limits import Limits
from chainview.chain.files.opened import open_chain
from chainview.chain.table import EventTable
from chainview.replay.explain.control import RecordedModules, control_experiment
from chainview.replay.explain.explain import explain
from chainview.replay.explain.explanation import Explanation
from chainview.replay.run.recording import Recording
from chainview.replay.run.replay import Replay

FOLDER = Path(__file__).resolve().parents[2] / "sample_actors" / "pricing"
LIMITS = Limits(timeout=1.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fault must be found: the number of the event, of its call, and the codes that name it rightly."""

    event: int
    call: int
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One fault on one chain; no places where it must not show."""

    fault: str
    chain: str
    places: tuple[Place, ...] = ()
    causes: int = 0


def module(name: str) -> LoadedModule:
    """A module of the corpus, compiled once."""
    return _module(FOLDER / ("pricing.wasm" if name == "pricing" else f"faults/{name}.wasm"))


@cache
def _module(path: Path) -> LoadedModule:
    return compile_module(read_module(path))


@cache
def recording(chain: str) -> Recording:
    """A chain of the correct build."""
    table = EventTable()
    with open_chain(FOLDER / "workloads" / f"{chain}.chain") as opened:
        opened.load()
        for index in range(len(opened.table)):
            table.append(opened.table.event(index))
        return Recording(table, opened.schema, opened.header)


def chains() -> list[str]:
    """The names of the recorded chains."""
    return sorted(path.stem for path in (FOLDER / "workloads").glob("*.chain"))


def cases() -> list[Case]:
    """Every fault on every chain."""
    path = FOLDER / "faults.toml"
    if not path.is_file():
        pytest.skip("the corpus of seeded faults is not at hand")
    faults = tomllib.loads(path.read_text(encoding="utf-8"))["fault"]
    return [_case(fault, chain) for fault in faults for chain in chains()]


def _case(fault: dict[str, Any], chain: str) -> Case:
    shown = fault.get("on", {}).get(chain)
    if shown is None:
        return Case(fault["name"], chain)
    places = [shown, *shown.get("further", ())]
    return Case(
        fault["name"],
        chain,
        tuple([Place(each["event"], each["call"], tuple(each["classes"])) for each in places]),
        shown["causes"],
    )


def explained(fault: str, chain: str) -> Explanation:
    """What the product says of a build on a chain, the correct build being the control."""
    replay = Replay(recording(chain), module(fault), limits=LIMITS).run()
    if replay.first_mismatch is None:
        return explain(replay)
    return explain(replay, control_experiment(replay, RecordedModules(module("pricing"))))
