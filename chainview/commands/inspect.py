"""`chainview inspect`: what a module exports, imports and declares, and what chainview can provide."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from chainview.commands.usage.help import CommandHelp
from chainview.system.streams import emit
from chainview.system.wording import plural

if TYPE_CHECKING:
    from chainview.actor.engine.loading import LoadedModule
    from chainview.actor.exports import Export
    from chainview.pack.declared.metadata import TypeDesc

HELP = CommandHelp(
    (
        ("chainview inspect actor.wasm", "what may be called and with what, and what it needs of its host"),
        ("chainview inspect manifest.toml --json", "the same of the package that a manifest names"),
    ),
    "the module can be used",
)


def configure(parser: argparse.ArgumentParser) -> None:
    """Adds the command's options."""
    parser.add_argument("actor", metavar="ACTOR", help="a .wasm or .wat module, or a Theater manifest.toml")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(args: argparse.Namespace) -> int:
    """Prints what the module is; raises ChainviewError for a file that is no module of Pack's."""
    from chainview.actor.engine.loading import load_module
    from chainview.actor.exports import exports_of
    from chainview.actor.manifest import find_target

    target = find_target(args.actor)
    loaded = load_module(target.module)
    exports = exports_of(loaded)
    emit([json.dumps(_object(loaded, exports))] if args.json else _text(loaded, exports, target.warnings))
    return 0


def _object(loaded: LoadedModule, exports: tuple[Export, ...]) -> dict[str, Any]:
    from chainview.actor.generation import schema_of_module

    schema = schema_of_module(loaded)
    listed = [
        {
            "name": each.symbol,
            "params": [{"name": name, "type": str(desc)} for name, desc in each.declared],
            "results": [str(desc) for desc in each.results],
        }
        for each in exports
    ]
    imports = [
        {
            "interface": interface,
            "functions": [_function_object(interface, name) for name in functions],
        }
        for interface, functions in _imported(loaded).items()
    ]
    return {
        "chainview": 1,
        "command": "inspect",
        "kind": loaded.kind.value,
        "sha256": loaded.file.sha256,
        "cgrf": loaded.version,
        "schema": schema.value if schema is not None else None,
        "asynchronous": loaded.asynchronous,
        "exports": listed,
        "imports": imports,
        "types": [_type_object(desc) for desc in _named_types(loaded)],
    }


def _function_object(interface: str, function: str) -> dict[str, Any]:
    from chainview.actor.hosts.provided import is_provided, leave_for

    handler = leave_for(interface, function)
    told = {"name": function, "provided": is_provided(interface, function)}
    return told if handler is None else {**told, "allow": handler}


def _imported(loaded: LoadedModule) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for each in loaded.imports:
        grouped.setdefault(each.interface, []).append(each.function)
    return grouped


def _named_types(loaded: LoadedModule) -> list[TypeDesc]:
    from chainview.pack.declared.named import named_types

    return [] if loaded.metadata is None else named_types(loaded.metadata)


def _type_object(desc: TypeDesc) -> dict[str, Any]:
    if desc.kind == "record":
        fields = [{"name": name, "type": str(field)} for name, field in desc.fields]
        return {"name": desc.name, "kind": "record", "fields": fields}
    cases = [{"name": name, "type": None if payload is None else str(payload)} for name, payload in desc.cases]
    return {"name": desc.name, "kind": desc.kind, "cases": cases}


def _text(loaded: LoadedModule, exports: tuple[Export, ...], warnings: tuple[str, ...]) -> list[str]:
    from chainview.actor.hosts.provided import theater_warnings
    from chainview.system.wording import visible

    lines = [
        f"{loaded.file.name}  {loaded.kind.value}, {plural(len(loaded.file.data), 'byte')}, sha256 {loaded.file.sha256}"
    ]
    lines += [f"speaks CGRF {loaded.version}; {_generation(loaded)}", "", "exports"]
    lines += [f"  {each.signature}" + (f"    {each.symbol}" if each.symbol != each.name else "") for each in exports]
    lines += ["", "imports" if loaded.imports else "imports nothing"]
    for interface, functions in _imported(loaded).items():
        lines += [f"  {interface}"]
        lines += [f"    {name}{_note_on(interface, name)}" for name in functions]
    types = _named_types(loaded)
    lines += ["", "types"] if types else []
    lines += [f"  {_type_line(desc)}" for desc in types]
    notes = [*warnings, *theater_warnings(loaded)]
    lines += [""] if notes else []
    lines += [f"warning: {note}" for note in notes]
    return [visible(line) for line in lines]


def _note_on(interface: str, function: str) -> str:
    from chainview.actor.hosts.provided import is_provided, leave_for

    if not is_provided(interface, function):
        return "    not provided: run with --stub"
    handler = leave_for(interface, function)
    return "" if handler is None else f"    needs --allow {handler}"


def _generation(loaded: LoadedModule) -> str:
    """Where the state is, as far as the module tells, and how its host calls are answered."""
    from chainview.actor.generation import passes_state, schema_of_module
    from chainview.chain.schema import Schema

    schema = schema_of_module(loaded)
    state = "no state is handed over"
    if schema is None:
        state = "where its state is it does not tell: run it with --schema values or --schema lifecycle"
    elif passes_state(loaded, schema):
        state = "the state is handed over in each call"
    elif schema is Schema.LIFECYCLE and not loaded.asynchronous:
        state = "the state is inside the module"
    return f"{state}; host calls are waited for" if loaded.asynchronous else state


def _type_line(desc: TypeDesc) -> str:
    if desc.kind == "record":
        return f"record {desc.name} {{ {', '.join(f'{name}: {field}' for name, field in desc.fields)} }}"
    cases = (name if payload is None else f"{name}({payload})" for name, payload in desc.cases)
    return f"{desc.kind} {desc.name} {{ {', '.join(cases)} }}"
