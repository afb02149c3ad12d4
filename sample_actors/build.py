#!/usr/bin/env python3
"""Rebuild the sample actors, or check that their committed modules are up to date.

python sample_actors/build.py           builds every actor and writes modules.json
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

ROOT = Path(__file__).resolve().parent
RECORD = ROOT / "modules.json"
TARGET = "wasm32-unknown-unknown"
SHARED_SOURCES = (".cargo/config.toml", "Cargo.lock", "Cargo.toml")
OWN_SOURCES = ("Cargo.toml", "actor.types", "src/**/*.rs")
DEBIAN_CARGO = Path("/usr/bin/cargo")
DEBIAN_RUSTC = Path("/usr/bin/rustc")


class BuildFailed(Exception):
    """A build can't be made; the message says why and what to do."""


def actor_names() -> list[str]:
    """The members of the workspace, sorted."""
    workspace = tomllib.loads((ROOT / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]
    return sorted(workspace["members"])


def module_path(name: str) -> Path:
    """Where the built module of an actor is kept."""
    return ROOT / name / f"{name}.wasm"


def source_paths(name: str) -> list[str]:
    """Everything the build of an actor reads, as paths relative to ROOT, in a stable order."""
    shared = (ROOT / path for path in SHARED_SOURCES)
    own = (path for pattern in OWN_SOURCES for path in (ROOT / name).glob(pattern))
    return sorted(path.relative_to(ROOT).as_posix() for path in (*shared, *own) if path.is_file())


def sources_hash(name: str) -> str:
    """SHA-256 over path, length and bytes of each source of an actor."""
    digest = hashlib.sha256()
    for path in source_paths(name):
        content = (ROOT / path).read_bytes()
        digest.update(f"{path}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def module_hash(path: Path) -> str:
    """SHA-256 of a module."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def recorded() -> dict[str, dict[str, str]]:
    """What modules.json says of each actor; nothing when there is none yet."""
    if not RECORD.exists():
        return {}
    actors: dict[str, dict[str, str]] = json.loads(RECORD.read_text(encoding="utf-8"))["actors"]
    return actors


def problems() -> list[str]:
    """One sentence for each actor whose sources or module differ from modules.json."""
    record = recorded()
    names = actor_names()
    found = [f"{name}: recorded, but no member of the workspace" for name in record.keys() - names]
    for name in names:
        if name not in record:
            found.append(f"{name}: never built")
        elif not module_path(name).exists():
            found.append(f"{name}: {name}.wasm is missing")
        elif sources_hash(name) != record[name]["sources"]:
            found.append(f"{name}: the sources changed without a rebuild")
        elif module_hash(module_path(name)) != record[name]["module"]:
            found.append(f"{name}: {name}.wasm is not the module that was built from these sources")
    return sorted(found)


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
    raise BuildFailed(
        f"no Rust for {TARGET}: `rustup target add {TARGET}`, or Debian's packages as in README.md"
    )


def remapping(rustc: Path) -> str:
    """Compiler flags that keep the paths of this machine out of the modules."""
    cargo_home = Path(os.environ.get("CARGO_HOME", Path.home() / ".cargo"))
    library = Path(output_of(rustc, "--print", "sysroot")) / "lib/rustlib/src/rust"
    prefixes = {ROOT: "/sample_actors", library: "/rust", library.resolve(): "/rust"}
    prefixes |= dict.fromkeys(sorted((cargo_home / "registry/src").glob("*")), "/crates")
    # A space inside a path is why the flags go in cargo's encoded form.
    return "\x1f".join(f"--remap-path-prefix={prefix}={name}" for prefix, name in prefixes.items())


def run_cargo(cargo: Path, arguments: list[str], environment: dict[str, str]) -> None:
    """Run cargo in the workspace; its own messages go to standard error."""
    done = subprocess.run([cargo, *arguments], cwd=ROOT, env=os.environ | environment, check=False)
    if done.returncode != 0:
        raise BuildFailed(f"`cargo {arguments[0]}` failed; its messages are above")


def build() -> None:
    """Build every actor from nothing, put the modules into place and write modules.json."""
    cargo, rustc, arguments, environment = toolchain()
    environment["RUSTC"] = str(rustc)
    compiler = output_of(rustc, "--version")
    before = recorded()
    run_cargo(cargo, ["fetch", "--locked"], environment)
    environment["CARGO_ENCODED_RUSTFLAGS"] = remapping(rustc)
    after: dict[str, dict[str, str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        run_cargo(
            cargo,
            ["build", "--release", "--locked", "--target", TARGET, "--target-dir", folder, *arguments],
            environment,
        )
        for name in actor_names():
            shutil.copyfile(Path(folder) / TARGET / "release" / f"{name}.wasm", module_path(name))
            after[name] = {
                "sources": sources_hash(name),
                "compiler": compiler,
                "module": module_hash(module_path(name)),
            }
    RECORD.write_text(json.dumps({"version": 1, "actors": after}, indent=2) + "\n", encoding="utf-8")
    for name, entry in after.items():
        old = before.get(name, {})
        same_inputs = all(old.get(key) == entry[key] for key in ("sources", "compiler"))
        if same_inputs and old.get("module") != entry["module"]:
            print(f"{name}: not reproducible, {compiler} made another module before", file=sys.stderr)
        print(f"{name}: {module_path(name).stat().st_size:,} bytes, {entry['module'][:12]}")


def main() -> int:
    """Do what the command line asks; 0 when all is well."""
    parser = argparse.ArgumentParser(description="Rebuild or check the modules of the sample actors.")
    parser.add_argument("--check", action="store_true", help="check only, without Rust")
    if parser.parse_args().check:
        found = problems()
        for problem in found:
            print(problem, file=sys.stderr)
        if found:
            print("run `python sample_actors/build.py` and commit what it writes", file=sys.stderr)
        return 1 if found else 0
    try:
        build()
    except BuildFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
