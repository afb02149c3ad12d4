"""What is named on the command line: a module, or a Theater manifest that points at one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from chainview.actor.module import ModuleError
from chainview.system.errors import words_of
from chainview.system.files.file_kind import ENOUGH, file_kind
from chainview.system.files.text_file import UnreadableText, parse_toml, read_regular


@dataclass(frozen=True, slots=True)
class Target:
    """The module to run, the name it goes by, and the manifest's initial state text, None where it has none."""

    module: Path
    name: str
    initial_state: str | None = None
    manifest: Path | None = None
    warnings: tuple[str, ...] = ()
    handlers: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """The manifest's `[[handler]]` tables by their `type`."""
    package: str = ""
    """The module as the manifest names it."""
    declared: Mapping[str, Any] = field(default_factory=dict)
    """All that the manifest says."""


_LARGEST = 16 << 20
HANDLERS = frozenset(
    {
        "assembler",
        "filesystem",
        "http-client",
        "lifecycle",
        "loop",
        "message-server",
        "rpc",
        "runtime",
        "self",
        "store",
        "supervisor",
        "tcp",
        "terminal",
        "timer",
    }
)
"""Theater's handlers that chainview has, by their names in a manifest."""


def find_target(path: str) -> Target:
    """The target that `path` names: a module's own file, or the package of a `.toml` manifest; raises ModuleError."""
    file = Path(path)
    if not path or not _exists(file):
        raise ModuleError(f"there is no file {path or 'without a name'}")
    if file.suffix != ".toml":
        return Target(file, file.stem)
    return read_manifest(file)


def read_manifest(file: Path, *, built: bool = True) -> Target:
    """The target that a manifest names, whose module is there unless `built` is false; raises ModuleError."""
    if not _exists(file):
        raise ModuleError(f"the manifest {file} is gone")
    try:
        if not file.is_file():
            raise ModuleError(f"{file} is no regular file: name a .wasm module, a .wat text or a manifest.toml")
        data = read_regular(file, _LARGEST + 1)
    except OSError as error:
        raise ModuleError(f"can't read the manifest {file}: {words_of(error)}") from None
    if len(data) > _LARGEST:
        raise ModuleError(f"the manifest {file} is larger than {_LARGEST >> 20} MiB, too large for one")
    if kind := file_kind(data[:ENOUGH]):
        raise ModuleError(f"{file} is no manifest but {kind} (TOML was needed)")
    target = manifest_target(data, file)
    if "://" in target.package or target.package.startswith("inline:"):
        raise ModuleError(
            f"the manifest {file} names the package {target.package}: only a file on this machine can be run"
        )
    # Theater looks from the folder that it is started in.
    if not _exists(target.module) and _exists(Path(target.package)):
        target = replace(target, module=Path(target.package))
    if built and not _exists(target.module):
        raise ModuleError(
            f"the manifest {file} names the package {target.package}, and there is no {target.module}: build it first"
        )
    return target


def manifest_target(data: bytes, file: Path) -> Target:
    """The target that the bytes of a manifest name, which may not be there; raises ModuleError."""
    try:
        manifest = parse_toml(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise ModuleError(f"the manifest {file} is no valid TOML: {error}") from None
    except UnreadableText as error:
        raise ModuleError(f"the manifest {file} {str(error).removeprefix('it ')}") from None
    _refuse_other_manifests(file, manifest)
    name, package = _text(file, manifest, "name"), _text(file, manifest, "package")
    state = manifest.get("initial_state")
    if state is not None and not isinstance(state, str):
        raise ModuleError(f"the manifest {file} has an initial_state that is no text")
    handlers = _handlers(file, manifest)
    return Target(file.parent / package, name, state, file, tuple(_warnings(handlers)), handlers, package, manifest)


def _exists(path: Path) -> bool:
    """Whether there is such a file; raises ModuleError where that can't be known, as in a folder not to be entered."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError as error:
        raise ModuleError(f"can't read {path}: {words_of(error)}") from None
    return True


def _refuse_other_manifests(file: Path, manifest: dict[str, Any]) -> None:
    """Names what has the same suffix: manifests of the component releases of Theater, and those of other tools."""
    for key in ("component", "component_path"):
        if key in manifest and "package" not in manifest:
            raise ModuleError(
                f"the manifest {file} names a `{key}`, as Theater's did until January 2026, when its actors were "
                'WebAssembly components: build the actor as a Pack module and name it by package = "…"'
            )
    if isinstance(manifest.get("package"), dict) or "workspace" in manifest:
        raise ModuleError(f'{file} is a manifest of cargo: a Theater manifest has name = "…" and package = "….wasm"')


def _text(file: Path, manifest: dict[str, Any], key: str) -> str:
    value = manifest.get(key)
    if not isinstance(value, str) or not value:
        what = f"has no {key}" if value is None else f"has a {key} that is no text"
        raise ModuleError(f'the manifest {file} {what}: a Theater manifest needs {key} = "…"')
    return value


def _handlers(file: Path, manifest: dict[str, Any]) -> dict[str, Mapping[str, Any]]:
    tables = manifest.get("handler", [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ModuleError(f"the manifest {file} has a handler that is no table: write [[handler]]")
    return {kind: each for each in reversed(tables) if isinstance(kind := each.get("type"), str)}


def _warnings(handlers: Mapping[str, Mapping[str, Any]]) -> list[str]:
    return [
        f"the manifest asks for the handler {kind}, which chainview does not have"
        for kind in handlers
        if kind not in HANDLERS
    ]
