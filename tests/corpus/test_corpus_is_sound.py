"""The corpus of seeded faults says nothing that its modules and its recorded chains can't bear out."""

from __future__ import annotations

import hashlib
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from chainview.chain.event import Event, Kind
from chainview.chain.files.entries.entry import End, ReadEvent
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.reader import read_entries
from chainview.chain.hashing import event_hash
from chainview.chain.kinds import kind_of

PRICING = Path(__file__).resolve().parents[2] / "sample_actors" / "pricing"
CORPUS = tomllib.loads((PRICING / "faults.toml").read_text(encoding="utf-8"))["fault"]
NAMES = [fault["name"] for fault in CORPUS]
CHAINS = sorted(path.stem for path in (PRICING / "workloads").glob("*.chain"))
PLACES = [
    pytest.param(fault, chain, id=f"{fault['name']}-{chain}") for fault in CORPUS for chain in fault.get("on", {})
]
CODES = {"A3", "B1a", "C1", "C1a", "C1b", "C2", "C3", "C4", "C5", "C6", "C7", "C7a", "C8", "C9", "C10", "C11"}


@cache
def chain_file(name: str) -> tuple[Header, tuple[Event, ...], End]:
    """The header, the events and the end of a recorded chain, and nothing else."""
    entries = list(read_entries((PRICING / f"workloads/{name}.chain").read_bytes()))
    header, end = entries[0], entries[-1]
    events = tuple(entry.event for entry in entries if isinstance(entry, ReadEvent))
    assert isinstance(header, Header)
    assert isinstance(end, End)
    assert len(events) == len(entries) - 2
    return header, events, end


def kinds(chain: str) -> list[Kind]:
    """What each event of a recorded chain is."""
    return [kind_of(event.event_type, event.payload) for event in chain_file(chain)[1]]


def call_of(chain: str, event: int) -> int:
    """The number of the wasm-call in which an event lies."""
    return max(number for number, kind in enumerate(kinds(chain)[:event], 1) if kind is Kind.CALL)


def test_each_feature_is_a_fault_with_a_module() -> None:
    """Features, modules and descriptions are of the same faults, each once."""
    features = tomllib.loads((PRICING / "Cargo.toml").read_text(encoding="utf-8"))["features"]
    modules = {path.stem for path in (PRICING / "faults").glob("*.wasm")}
    assert len(set(NAMES)) == len(NAMES)
    assert set(NAMES) == set(features) == modules
    assert all(implied == [] for implied in features.values())


@pytest.mark.parametrize("fault", CORPUS, ids=NAMES)
def test_fault_is_told_and_stands_in_the_source(fault: dict[str, Any]) -> None:
    """A fault has a kind and a sentence, and the source asks for its feature."""
    assert fault["kind"]
    assert fault["description"].endswith(".")
    assert "\n" not in fault["description"]
    sources = "".join(path.read_text(encoding="utf-8") for path in (PRICING / "src").glob("*.rs"))
    assert f'feature = "{fault["name"]}"' in sources


def test_each_fault_shows_somewhere_but_the_refactoring() -> None:
    """Only the build that is meant to behave as recorded shows on no chain."""
    assert [fault["name"] for fault in CORPUS if not fault.get("on")] == ["refactored"]


@pytest.mark.parametrize(("fault", "chain"), PLACES)
def test_place_is_in_the_chain(fault: dict[str, Any], chain: str) -> None:
    """The numbers of a fault are of an event of the chain and of the call in which that lies."""
    place = fault["on"][chain]
    for each in (place, *place.get("further", ())):
        assert 1 <= each["event"] < len(chain_file(chain)[1])
        assert each["call"] == call_of(chain, each["event"])
        assert kinds(chain)[each["event"] - 1] in (Kind.HOST, Kind.RESULT, Kind.ERROR)
        assert each["classes"]
        assert set(each["classes"]) <= CODES
    assert place["causes"] == 1 + len(place.get("further", ()))
    assert isinstance(place["reconverges"], bool)


def test_the_same_calls_in_another_schema_have_the_same_places() -> None:
    """A chain of the schema `bytes` has the events of the one that was recorded from the same calls."""
    assert kinds("short-bytes") == kinds("short")
    assert all(fault["on"].get("short-bytes") == fault["on"].get("short") for fault in CORPUS if "on" in fault)


def test_each_chain_shows_faults_and_bears_others() -> None:
    """On each chain some faults show, and some do not."""
    for chain in CHAINS:
        assert 0 < sum(chain in fault.get("on", {}) for fault in CORPUS) < len(CORPUS)
    assert {chain for fault in CORPUS for chain in fault.get("on", {})} == set(CHAINS)


@pytest.mark.parametrize("chain", CHAINS)
def test_chain_is_sound(chain: str) -> None:
    """A recorded chain is whole: each hash and each link can be computed, and the end tells count and head."""
    _, events, end = chain_file(chain)
    parent = None
    for event in events:
        assert event.parent == parent
        assert event.hash == event_hash(parent, event.event_type, event.payload)
        parent = event.hash
    assert (end.events, end.head) == (len(events), parent)
    assert kinds(chain)[-1] is Kind.SHUTDOWN


@pytest.mark.parametrize("chain", CHAINS)
def test_chain_is_of_the_correct_build_and_its_workload(chain: str) -> None:
    """A recorded chain names the committed module by its hash, its calls, and that stubs answered."""
    header = chain_file(chain)[0]
    text = (PRICING / f"workloads/{chain.removesuffix('-bytes')}.calls").read_text(encoding="utf-8")
    assert header.module_sha256 == hashlib.sha256((PRICING / "pricing.wasm").read_bytes()).hexdigest()
    assert list(header.calls) == [line for line in text.splitlines() if line and not line.startswith("#")]
    assert header.settings["stub"] is True


@pytest.mark.parametrize("chain", CHAINS)
def test_chain_names_no_machine(chain: str) -> None:
    """A recorded chain holds no path of the machine on which it was made."""
    assert chain_file(chain)[0].module_path == "sample_actors/pricing/pricing.wasm"
    content = (PRICING / f"workloads/{chain}.chain").read_bytes()
    for trace in (b"/home/", b"/root", b"/Users/", b"/tmp", b"/work/"):
        assert trace not in content


def test_workloads_are_of_several_kinds() -> None:
    """There is a short, a long, a failing and a repetitive chain, and one of the schema `bytes`."""
    assert len(chain_file("short")[1]) < 100
    assert len(chain_file("long")[1]) > 300
    assert kinds("errors").count(Kind.ERROR) >= 5
    calls = [call_of("forecast", number) for number, kind in enumerate(kinds("forecast"), 1) if kind is Kind.HOST]
    assert max(calls.count(call) for call in set(calls)) == 100
    assert {chain_file(chain)[0].schema.value for chain in CHAINS} == {"values", "bytes"}
