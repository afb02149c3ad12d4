"""Recordings of the real Theater replayed with the module that made them, and the same calls recorded anew here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chainview.actor.actor import NO_STATE
from chainview.actor.engine.loading import load_module
from chainview.actor.hosts.provided import handlers_for
from chainview.actor.session.host import SessionHost
from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT, Event
from chainview.chain.files.opened import open_chain
from chainview.chain.payload import INIT, Call, read_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain
from chainview.pack.literal import format_literal
from chainview.pack.values import String, Value
from chainview.workbench.programs import replay_chain
from tests.actor.running import running
from tests.reference import SHARED, reference_file

pytestmark = pytest.mark.once

LAB = SHARED / "lab"
WORDED_OTHERWISE = {("theater-0.3.9", "trap")}
"""Recordings of a release that words a failure otherwise than the one whose words are written here."""
NOT_MADE_AGAIN = ("clock-real", "pulse", "rt-ask", "host-")
"""Recordings that hold a clock or an id, or call a host of their own."""


def recordings() -> list[Any]:
    """Each recording of the lab; one that stands for all of them where it is not at hand."""
    index = LAB / "index.json"
    if not index.is_file():
        return [pytest.param(None, id="absent")]
    rows = json.loads(index.read_text(encoding="utf-8"))
    return [pytest.param(row, id=f"{row['version']}-{row['name']}") for row in rows]


@pytest.fixture(params=recordings())
def row(request: pytest.FixtureRequest) -> dict[str, Any]:
    """One recording of the lab."""
    if request.param is None:
        reference_file("lab/index.json")
    found: dict[str, Any] = request.param
    return found


def file_of(row: dict[str, Any], suffix: str = "json") -> Path:
    """The recording's file of a format."""
    name = next(name for name in row["files"] if name.endswith(suffix))
    return Path(reference_file(f"lab/{row['version']}/{name}"))


def state_of(row: dict[str, Any]) -> Value | None:
    """The state that the recording began with."""
    return None if row["state"] is None else String(row["state"])


def test_an_unchanged_module_replays_identical(row: dict[str, Any]) -> None:
    """Every recording of the real runtime is made again by the module that made it."""
    state = state_of(row)
    given = None if state is None else format_literal(state)
    explanation = replay_chain(LAB / row["module"], file_of(row), state=given)
    assert explanation.passes, explanation.sentence
    assert (explanation.now_events, explanation.live_host_calls) == (row["events"], 0)


def test_the_same_calls_give_the_same_head(row: dict[str, Any]) -> None:
    """What is recorded here of the calls of a recording has its head, as far as its release is one written here."""
    if row["name"].startswith(NOT_MADE_AGAIN):
        pytest.skip("it holds a clock or an id, or calls a host that is not provided here")
    if (row["version"], row["name"]) in WORDED_OTHERWISE:
        pytest.skip("its release tells of a failed call otherwise than those whose words are written")
    with open_chain(file_of(row)) as opened:
        recorded = list(opened)
    assert recorded_anew(row, recorded).head == bytes.fromhex(row["head"])


def recorded_anew(row: dict[str, Any], recorded: list[Event]) -> StateChain:
    """The calls of a recording made anew, each with the params it was recorded with."""
    schema = Schema.VALUES if row["version"] == "theater-0.3.28" else Schema.BYTES
    path, state = LAB / row["module"], state_of(row)

    handlers, _ = handlers_for(load_module(path), SessionHost(StateChain()))
    with running(path, schema=schema, handlers=dict(handlers)) as run:
        for number, call in enumerate(calls_of(recorded)):
            if number == 0 and call.function == INIT and row["version"] != "theater-0.3.9":
                run.actor.initialize(state)
                continue
            if number == 0:
                # This release handed its init over as those with the later schema do.
                run.actor.state = NO_STATE if state is None else state
            assert call.params is not None
            run.actor.call(call.function, call.params)
        if recorded[-1].event_type == SHUTDOWN_EVENT:
            run.actor.shut_down()
        return run.chain


def calls_of(recorded: list[Event]) -> Iterator[Call]:
    """The calls that were made, but for the one that stands for a stop."""
    for event in recorded:
        payload = read_payload(event.payload)
        if event.event_type == MODULE_EVENT and isinstance(payload, Call):
            yield payload


@pytest.mark.parametrize(
    ("family", "number", "module"),
    [("replay", 0, "replay_test_actor"), ("tickets", 0, "tickets_acceptor")]
    + [("tickets", number, "tickets_handler") for number in range(1, 6)],
)
def test_actors_of_others_replay_identical(family: str, number: int, module: str) -> None:
    """What actors that others wrote recorded in a family is made again, a broken type at the end included."""
    chain = reference_file(f"lab/families/{family}/{number}.json")
    folder = chain.parent
    manifest = folder / f"{family}.toml"
    actor = manifest if number == 0 else folder / f"{module}.wasm"
    explanation = replay_chain(actor, chain)
    assert explanation.passes, explanation.sentence
