"""The committed sample actors are those that were built from the committed sources."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

SAMPLE_ACTORS = Path(__file__).resolve().parent.parent / "sample_actors"
CORE = SAMPLE_ACTORS.parent / "chainview/core"
NAMES = [
    *("chatter", "counter", "courier", "faulty", "foreman", "larder", "orders", "pricing", "pulse", "switchboard"),
    "worker",
]
# Theater takes the paths of a family from the folder that it is started in.
STARTED_ABOVE = ["foreman", "worker"]
HANDLERS = {"message-server", "runtime", "store", "supervisor", "tcp", "timer"}
FAULTS = sorted(tomllib.loads((SAMPLE_ACTORS / "pricing/Cargo.toml").read_text(encoding="utf-8"))["features"])
SOURCES = [
    (name, source)
    for name in NAMES
    for source in ("Cargo.toml", "actor.types", "src/lib.rs")
    if (SAMPLE_ACTORS / name / source).exists()
]
MODULES = [f"{name}/{name}.wasm" for name in NAMES] + [f"pricing/faults/{fault}.wasm" for fault in FAULTS]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the sample actors, and of the core that is built beside them, that a test may damage."""
    without = shutil.ignore_patterns("target", "__pycache__")
    shutil.copytree(CORE, tmp_path / "chainview/core", ignore=without)
    return Path(shutil.copytree(SAMPLE_ACTORS, tmp_path / "actors", ignore=without))


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs the check of a folder of sample actors."""
    command = [sys.executable, str(folder / "build.py"), "--check"]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def append(path: Path, text: str) -> None:
    """Writes text after what a file holds."""
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")


def test_committed_modules_are_up_to_date() -> None:
    """The committed sources, modules and record agree, and the check is silent about it."""
    done = check(SAMPLE_ACTORS)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_record_holds_every_actor() -> None:
    """The record names each actor's sources, compiler and module."""
    record = json.loads((SAMPLE_ACTORS / "modules.json").read_text(encoding="utf-8"))
    assert record["version"] == 1
    assert sorted(record["actors"]) == NAMES
    for entry in record["actors"].values():
        assert len(entry["sources"]) == len(entry["module"]) == 64
        assert entry["compiler"].startswith("rustc ")


def test_record_holds_every_fault() -> None:
    """The record names a module for each feature of an actor, each another one."""
    record = json.loads((SAMPLE_ACTORS / "modules.json").read_text(encoding="utf-8"))
    faults = {name: entry["faults"] for name, entry in record["actors"].items() if "faults" in entry}
    assert list(faults) == ["pricing"]
    assert sorted(faults["pricing"]) == FAULTS
    assert len({record["actors"]["pricing"]["module"], *faults["pricing"].values()}) == len(FAULTS) + 1


@pytest.mark.once
@pytest.mark.parametrize(("name", "source"), SOURCES)
def test_changed_source_fails_and_names_the_actor(copy: Path, name: str, source: str) -> None:
    """A source changed without a rebuild fails the check, which names that actor and no other."""
    append(copy / name / source, "\n")
    done = check(copy)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines() if ": " in line] == [name]
    assert f"{name}: the sources changed without a rebuild" in done.stderr


BOTH = ["core", "recorder"]


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ("rust/src/sha1.rs", BOTH),
        ("rust/recorder/src/sha1.rs", BOTH),
        ("rust/Cargo.toml", BOTH),
        ("rust/recorder/Cargo.toml", BOTH),
        ("rust/Cargo.lock", BOTH),
        ("core.wasm", ["core"]),
        ("recorder.wasm", ["recorder"]),
    ],
)
def test_changed_core_fails_and_is_named(copy: Path, source: str, named: list[str]) -> None:
    """A core that is not built from its sources fails the check, which names no actor."""
    path = copy.parent / "chainview/core" / source
    path.write_bytes(path.read_bytes() + b"\n")
    done = check(copy)
    assert done.returncode == 1
    assert [line.split(":")[0] for line in done.stderr.splitlines() if ": " in line] == named


def test_new_source_file_fails_and_names_the_actor(copy: Path) -> None:
    """A source file that was added without a rebuild fails the check."""
    (copy / "pulse/src/extra.rs").write_text("// new\n", encoding="utf-8")
    done = check(copy)
    assert done.returncode == 1
    assert "pulse: the sources changed without a rebuild" in done.stderr


@pytest.mark.parametrize("source", ["Cargo.toml", "Cargo.lock", ".cargo/config.toml"])
def test_changed_workspace_fails_for_every_actor(copy: Path, source: str) -> None:
    """What all actors are built from concerns all of them."""
    append(copy / source, "\n")
    done = check(copy)
    assert done.returncode == 1
    for name in NAMES:
        assert f"{name}: the sources changed without a rebuild" in done.stderr


def test_changed_module_fails_and_names_the_actor(copy: Path) -> None:
    """A module that is not the recorded one fails the check."""
    module = copy / "counter/counter.wasm"
    module.write_bytes(module.read_bytes() + b"\0")
    done = check(copy)
    assert done.returncode == 1
    assert "counter: counter.wasm is not the module that was built from these sources" in done.stderr


def test_changed_types_of_a_fault_fail_and_name_the_actor(copy: Path) -> None:
    """The types that only one faulty build declares are sources like the others."""
    append(copy / "pricing/variants/new-import.types", "\n")
    done = check(copy)
    assert done.returncode == 1
    assert "pricing: the sources changed without a rebuild" in done.stderr


def test_changed_module_of_a_fault_fails_and_is_named(copy: Path) -> None:
    """A faulty module that is not the recorded one fails the check."""
    module = copy / "pricing/faults/trap.wasm"
    module.write_bytes(module.read_bytes() + b"\0")
    done = check(copy)
    assert done.returncode == 1
    assert "pricing: faults/trap.wasm is not the module that was built from these sources" in done.stderr


def test_missing_module_of_a_fault_fails_and_is_named(copy: Path) -> None:
    """A faulty module that is not there fails the check."""
    (copy / "pricing/faults/panic.wasm").unlink()
    done = check(copy)
    assert done.returncode == 1
    assert "pricing: faults/panic.wasm is missing" in done.stderr


def test_module_of_no_fault_fails_and_is_named(copy: Path) -> None:
    """A module among the faulty ones that no feature stands for fails the check."""
    shutil.copyfile(copy / "pricing/pricing.wasm", copy / "pricing/faults/unheard-of.wasm")
    done = check(copy)
    assert done.returncode == 1
    assert "pricing: faults/unheard-of.wasm is of no build" in done.stderr


def test_missing_module_fails_and_names_the_actor(copy: Path) -> None:
    """A module that is not there fails the check."""
    (copy / "orders/orders.wasm").unlink()
    done = check(copy)
    assert done.returncode == 1
    assert "orders: orders.wasm is missing" in done.stderr


def test_actor_without_record_fails_and_is_named(copy: Path) -> None:
    """An actor that was never built fails the check."""
    record = json.loads((copy / "modules.json").read_text(encoding="utf-8"))
    del record["actors"]["faulty"]
    (copy / "modules.json").write_text(json.dumps(record), encoding="utf-8")
    done = check(copy)
    assert done.returncode == 1
    assert "faulty: never built" in done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_manifest_leads_to_the_module(name: str) -> None:
    """Each manifest is a Theater manifest that names the module beside it."""
    manifest = tomllib.loads((SAMPLE_ACTORS / name / "manifest.toml").read_text(encoding="utf-8"))
    assert manifest["name"] == name
    folder = SAMPLE_ACTORS if name in STARTED_ABOVE else SAMPLE_ACTORS / name
    assert (folder / manifest["package"]).read_bytes()[:4] == b"\0asm"
    assert {handler["type"] for handler in manifest.get("handler", [])} <= HANDLERS


@pytest.mark.parametrize("path", MODULES)
def test_module_names_no_machine(path: str) -> None:
    """A module keeps its function names, and no path of the machine it was built on."""
    module = (SAMPLE_ACTORS / path).read_bytes()
    assert b"theater:simple/" in module
    assert b"\x04name" in module
    for trace in (b"/home/", b"/root/", b"/Users/", b"/tmp/", b"registry/src"):
        assert trace not in module


def test_faults_of_a_trap_keep_the_names_of_their_own_functions() -> None:
    """What a trap's backtrace shows of the actor itself is named also where other names are left out."""
    module = (SAMPLE_ACTORS / "pricing/faults/trap.wasm").read_bytes()
    name_section = module[module.rindex(b"\x04name") :]
    assert b"7pricing5quote" in name_section
    assert b"9packr_abi12decode_value" not in name_section


def test_faults_take_little_room() -> None:
    """Each module of the corpus stays below 110 kB, so that a fault more costs a checkout little."""
    folder = SAMPLE_ACTORS / "pricing"
    modules = [folder / "pricing.wasm", *(folder / "faults").glob("*.wasm")]
    assert max(module.stat().st_size for module in modules) < 110_000
