"""Which generation a module was built for, and so in which schema it is recorded."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.engine.loading import load_module
from chainview.actor.exports import exports_of
from chainview.actor.generation import chosen_schema, schema_of_module
from chainview.actor.module import ModuleError
from chainview.chain.schema import Schema
from chainview.pack.declared.metadata import FunctionSignature, Metadata, TypeDesc
from chainview.pack.values import UNIT, Value
from tests.actor.guests import ECHO, INIT, SELF, Guest, inner_counter
from tests.actor.running import sample
from tests.pack.declare import metadata_value
from tests.reference import reference_file

STRING = TypeDesc("string")
STATE_OUT = TypeDesc("result", args=(TypeDesc("tuple", args=(TypeDesc("value"), STRING)), STRING))


def declared(*results: TypeDesc) -> Value:
    """Metadata of an init with these results."""
    init = FunctionSignature("theater:simple/actor", "init", (("config", TypeDesc("value")),), results)
    return metadata_value(Metadata((), (init,), {}, {}), guest=True)


def actor(*results: TypeDesc, version: int = 3) -> Guest:
    """An actor whose init has these results, and nothing else that tells its generation."""
    return Guest(version=version).returning(INIT, UNIT).metadata(declared(*results))


GUESTS = {
    "CGRF 2, whatever else it has": (actor(version=2).body("theater:simple/actor.get-state", ECHO), Schema.VALUES),
    "no metadata, CGRF 2": (Guest().returning(INIT, UNIT), Schema.VALUES),
    "asynchronous": (Guest(version=3).parking("f", SELF, "self", b"").resumed(), Schema.LIFECYCLE),
    "asks self": (actor().calling("f", SELF, "self", b""), Schema.LIFECYCLE),
    "shows its state": (actor().body("theater:simple/actor.get-state", ECHO), Schema.LIFECYCLE),
    "a package": (Guest(version=3).body("f", ECHO).metadata(declared()), Schema.VALUES),
    "its init hands the state out": (actor(STATE_OUT), Schema.VALUES),
    "its init hands no state out": (actor(TypeDesc("result", args=(TypeDesc("bool"), STRING))), None),
    "its init answers nothing": (actor(), None),
}


@pytest.mark.parametrize("case", GUESTS)
def test_what_a_module_has_tells_its_generation(case: str, tmp_path: Path) -> None:
    """The signs are looked at in their order: the CGRF version, what only the main branch has, then init's result."""
    guest, schema = GUESTS[case]
    assert schema_of_module(load_module(guest.written(tmp_path))) is schema


def test_a_module_that_does_not_tell_asks_for_the_schema(tmp_path: Path) -> None:
    """Without a sign a sentence asks for the schema; one that is given holds, whatever the module is."""
    loaded = load_module(actor().written(tmp_path))
    with pytest.raises(ModuleError, match="--schema lifecycle"):
        chosen_schema(loaded, None)
    assert chosen_schema(loaded, Schema.LIFECYCLE) is Schema.LIFECYCLE
    assert chosen_schema(load_module(sample("counter")), Schema.LIFECYCLE) is Schema.LIFECYCLE


def test_exports_are_shown_as_their_generation_is_called(tmp_path: Path) -> None:
    """The first parameter is the state where it is handed over, and an argument where the state is inside."""
    loaded = load_module(inner_counter().written(tmp_path))
    signatures = [each.signature for each in exports_of(loaded)]
    assert "init(config: value) -> result<bool, string>" in signatures
    assert "increment(n: s32) -> s32" in signatures
    assert "increment() -> s32" in [each.signature for each in exports_of(loaded, Schema.VALUES)]


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("ims-0.24.1", Schema.LIFECYCLE),
        ("asyncg-0.24.1", Schema.LIFECYCLE),
        ("lab-0.24.1", Schema.VALUES),
        ("lab-0.21.0", Schema.VALUES),
        ("lab-0.4.0", Schema.VALUES),
    ],
)
def test_modules_that_packr_guest_built_tell_their_generation(name: str, schema: Schema) -> None:
    """What each release builds is told apart without asking."""
    assert schema_of_module(load_module(reference_file(f"lab/modules/{name}.wasm"))) is schema
