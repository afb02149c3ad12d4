#!/usr/bin/env python3
"""Rebuild the sample actors and chainview's own core, or check that their committed modules are up to date.

python sample_actors/build.py           builds all of them and writes modules.json
python sample_actors/build.py core      builds the core alone
python sample_actors/build.py --check   needs no Rust; exit code 1 names what is out of date
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NotRequired, TypedDict

from name_section import keep_names

ROOT = Path(__file__).resolve().parent
RECORD = ROOT / "modules.json"
TARGET = "wasm32-unknown-unknown"
SHARED_SOURCES = (".cargo/config.toml", "Cargo.lock", "Cargo.toml")
OWN_SOURCES = ("Cargo.toml", "actor.types", "variants/*.types", "src/**/*.rs")
CORE = "core"
CORE_MODULES = {CORE: "chainview_core.wasm", "recorder": "chainview_recorder.wasm"}
"""chainview's hot loops: crates of their own, built from here so that all modules are checked by one script."""
CORE_FOLDER = ROOT.parent / "chainview/core"
CORE_CRATE = CORE_FOLDER / "rust"
CORE_SOURCES = (
    ".cargo/config.toml",
    "Cargo.lock",
    "Cargo.toml",
    "src/**/*.rs",
    "recorder/Cargo.toml",
    "recorder/src/*.rs",
)
# Leaves the texts of `{:?}` and of panics out. Both flags are unstable, which is what RUSTC_BOOTSTRAP is for.
SMALL_FLAGS = ("-Zfmt-debug=none", "-Zlocation-detail=none")
# Four hashes are worked out side by side.
CORE_FLAGS = ("-Ctarget-feature=+simd128",)
DEBIAN_CARGO = Path("/usr/bin/cargo")
DEBIAN_RUSTC = Path("/usr/bin/rustc")


class Built(TypedDict):
    """What modules.json says of an actor: its compiler, and SHA-256 hashes of its sources and modules."""

    sources: str
    compiler: str
    module: str
    faults: NotRequired[dict[str, str]]


class BuildFailed(Exception):
    """A build can't be made; the message says why and what to do."""


def actor_names() -> list[str]:
    """The members of the workspace, sorted."""
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]
    return sorted(workspace["members"])


def fault_names(name: str) -> list[str]:
    """The features of an actor, sorted: for each there is one more module, built with that feature alone."""
    crate = CORE_CRATE if name in CORE_MODULES else ROOT / name
    manifest = tomllib.loads((crate / "Cargo.toml").read_text(encoding="utf-8"))
    return sorted(manifest.get("features", {}))


def module_path(name: str, fault: str | None = None) -> Path:
    """Where the built module of an actor is kept, or that of one of its faults."""
    if name in CORE_MODULES:
        return CORE_FOLDER / f"{name}.wasm"
    return ROOT / name / (f"{name}.wasm" if fault is None else f"faults/{fault}.wasm")


def workspace_of(name: str) -> Path:
    """The folder in which cargo builds an actor, or the core."""
    return CORE_CRATE if name in CORE_MODULES else ROOT


def source_paths(name: str) -> list[str]:
    """Everything the build of an actor reads, as paths relative to its workspace, in a stable order."""
    root = workspace_of(name)
    if name in CORE_MODULES:
        found = [path for pattern in CORE_SOURCES for path in root.glob(pattern)]
    else:
        found = [ROOT / path for path in SHARED_SOURCES]
        found += [path for pattern in OWN_SOURCES for path in (ROOT / name).glob(pattern)]
    return sorted(path.relative_to(root).as_posix() for path in found if path.is_file())


def sources_hash(name: str) -> str:
    """SHA-256 over path, length and bytes of each source of an actor."""
    digest = hashlib.sha256()
    for path in source_paths(name):
        content = (workspace_of(name) / path).read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def module_hash(path: Path) -> str:
    """SHA-256 of a module."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def recorded() -> dict[str, Built]:
    """What modules.json says of each actor, and of the core; nothing when there is none yet."""
    if not RECORD.exists():
        return {}
    stored = json.loads(RECORD.read_text(encoding="utf-8"))
    actors: dict[str, Built] = stored["actors"]
    core: dict[str, Built] = {name: stored[name] for name in CORE_MODULES if name in stored}
    return actors | core


def problems() -> list[str]:
    """One sentence for each actor whose sources or module differ from modules.json, and for the core."""
    record = recorded()
    names = [*actor_names(), *CORE_MODULES]
    found = [f"{name}: recorded, but no member of the workspace" for name in record.keys() - names]
    for name in names:
        if name not in record:
            found.append(f"{name}: never built")
        elif not module_path(name).exists():
            found.append(f"{name}: {module_path(name).name} is missing")
        elif sources_hash(name) != record[name]["sources"]:
            found.append(f"{name}: the sources changed without a rebuild")
        else:
            found += module_problems(name, record[name])
    return sorted(found)


def module_problems(name: str, built: Built) -> list[str]:
    """One sentence for each module of an actor that is missing, or not the one that was built."""
    modules = {module_path(name): built["module"]}
    modules |= {module_path(name, fault): hashed for fault, hashed in built.get("faults", {}).items()}
    folder = module_path(name).parent
    found = [
        f"{name}: {path.relative_to(folder)} is of no build"
        for path in (folder / "faults").glob("*.wasm")
        if path not in modules
    ]
    for path, hashed in modules.items():
        if not path.exists():
            found.append(f"{name}: {path.relative_to(folder)} is missing")
        elif module_hash(path) != hashed:
            found.append(f"{name}: {path.relative_to(folder)} is not the module that was built from these sources")
    return found


def output_of(*command: str | Path) -> str:
    """Standard output of a command; empty when it can't be run or fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    except OSError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def debian_linker() -> Path | None:
    """Debian's newest wasm-ld: lld 14, the default of Debian 12, is too old for packr-guest's allocator."""
    linkers = DEBIAN_CARGO.parent.glob("wasm-ld-[0-9][0-9]")
    return max(linkers, key=lambda path: path.name, default=None)


def toolchain() -> tuple[Path, Path, list[str], dict[str, str]]:
    """The cargo and rustc to use, and the arguments and environment that make them build for wasm."""
    cargo, rustc = shutil.which("cargo"), shutil.which("rustc")
    if cargo and rustc and (Path(output_of(rustc, "--print", "sysroot")) / "lib/rustlib" / TARGET).is_dir():
        return Path(cargo), Path(rustc), [], {}
    library = Path(output_of(DEBIAN_RUSTC, "--print", "sysroot")) / "lib/rustlib/src/rust/library"
    linker = debian_linker()
    if DEBIAN_CARGO.exists() and library.is_dir() and linker:
        environment = {"RUSTC_BOOTSTRAP": "1", "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER": str(linker)}
        return DEBIAN_CARGO, DEBIAN_RUSTC, ["-Zbuild-std=core,alloc"], environment
    raise BuildFailed(f"no Rust for {TARGET}: `rustup target add {TARGET}`, or Debian's packages as in README.md")


def remapping(rustc: Path) -> list[str]:
    """Compiler flags that keep the paths of this machine out of the modules."""
    cargo_home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    library = Path(output_of(rustc, "--print", "sysroot")) / "lib/rustlib/src/rust"
    prefixes = {ROOT: "/sample_actors", CORE_CRATE: "/core", library: "/rust", library.resolve(): "/rust"}
    prefixes |= dict.fromkeys(sorted((cargo_home / "registry/src").glob("*")), "/crates")
    return [f"--remap-path-prefix={prefix}={name}" for prefix, name in prefixes.items()]


def run_cargo(cargo: Path, arguments: list[str], environment: dict[str, str], folder: Path = ROOT) -> None:
    """Run cargo in a workspace; its own messages go to standard error."""
    done = subprocess.run([cargo, *arguments], cwd=folder, env=os.environ | environment, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"`cargo {arguments[0]}` failed; its messages are above")


def encoded(flags: list[str]) -> dict[str, str]:
    """The environment that hands flags to the compiler; a space inside a path is why they go in cargo's own form."""
    return {"CARGO_ENCODED_RUSTFLAGS": "\x1f".join(flags)}


def build_core() -> None:
    """Build the core from nothing, put it into place and write modules.json."""
    cargo, rustc, extra, environment = toolchain()
    flags = [*remapping(rustc), *CORE_FLAGS]
    with tempfile.TemporaryDirectory() as folder:
        command = ["build", "--locked", "--release", "--workspace", "--target", TARGET, "--target-dir", folder, *extra]
        run_cargo(cargo, command, environment | {"RUSTC": str(rustc)} | encoded(flags), CORE_CRATE)
        for name, made in CORE_MODULES.items():
            shutil.copyfile(Path(folder) / TARGET / "release" / made, module_path(name))
    write_record(output_of(rustc, "--version"), list(CORE_MODULES))


def build() -> None:
    """Build every actor from nothing, put the modules into place and write modules.json."""
    cargo, rustc, extra, environment = toolchain()
    environment["RUSTC"] = str(rustc)
    run_cargo(cargo, ["fetch", "--locked"], environment)
    usual = environment | encoded(remapping(rustc))
    small = environment | {"RUSTC_BOOTSTRAP": "1"} | encoded([*remapping(rustc), *SMALL_FLAGS])
    with_faults = [name for name in actor_names() if fault_names(name)]
    with tempfile.TemporaryDirectory() as folder:
        command = ["build", "--locked", "--target", TARGET, "--target-dir", folder, *extra]
        others = [f"--exclude={name}" for name in with_faults]
        run_cargo(cargo, [*command, "--profile=release", "--workspace", *others], usual)
        for name in set(actor_names()) - set(with_faults):
            shutil.copyfile(Path(folder) / TARGET / "release" / f"{name}.wasm", module_path(name))
        for name in with_faults:
            clear(module_path(name).parent / "faults")
            for fault in (None, *fault_names(name)):
                features = [] if fault is None else [f"--features={fault}"]
                run_cargo(cargo, [*command, "--profile=small", f"--package={name}", *features], small)
                module = (Path(folder) / TARGET / "small" / f"{name}.wasm").read_bytes()
                module_path(name, fault).write_bytes(keep_names(module, name))
    write_record(output_of(rustc, "--version"), actor_names())


def clear(folder: Path) -> None:
    """Make a folder for modules that holds none."""
    folder.mkdir(exist_ok=True)
    for path in folder.glob("*.wasm"):
        path.unlink()


def write_record(compiler: str, names: list[str]) -> None:
    """Write modules.json for these modules in place, and say what they are and whether they are those of before."""
    before, after = recorded(), dict[str, Built]()
    for name in names:
        after[name] = Built(sources=sources_hash(name), compiler=compiler, module=module_hash(module_path(name)))
        if faults := fault_names(name):
            after[name]["faults"] = {fault: module_hash(module_path(name, fault)) for fault in faults}
    known = [*actor_names(), *CORE_MODULES]
    kept = {name: each for name, each in sorted((before | after).items()) if name in known}
    record = {"version": 1, "actors": {name: each for name, each in kept.items() if name not in CORE_MODULES}}
    record |= {name: each for name, each in kept.items() if name in CORE_MODULES}
    RECORD.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    for name, entry in after.items():
        old = before.get(name)
        same_inputs = old is not None and all(old[key] == entry[key] for key in ("sources", "compiler"))
        if same_inputs and old != entry:
            print(f"{name}: not reproducible, {compiler} made another module before", file=sys.stderr)
        print(f"{name}: {module_path(name).stat().st_size:,} bytes, {entry['module'][:12]}")
        sizes = [module_path(name, fault).stat().st_size for fault in entry.get("faults", {})]
        if sizes:
            print(f"{name}: {len(sizes)} faults, {sum(sizes):,} bytes")


def main() -> int:
    """Do what the command line asks; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Rebuild or check the modules of the sample actors.")
    parser.add_argument("--check", action="store_true", help="check only, without Rust")
    parser.add_argument("what", nargs="?", choices=[CORE], help="build chainview's core alone")
    arguments = parser.parse_args()
    if arguments.check:
        found = problems()
        for problem in found:
            print(problem, file=sys.stderr)
        if found:
            print("run `python sample_actors/build.py` and commit what it writes", file=sys.stderr)
        return 1 if found else 0
    try:
        if arguments.what != CORE:
            build()
        build_core()
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
