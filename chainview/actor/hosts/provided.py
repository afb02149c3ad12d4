"""Which of a module's imports can be provided, which are missing, and who answers each."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from chainview.actor.hosts.answers import inferred
from chainview.actor.hosts.interface import Handler, Host, Interface
from chainview.actor.hosts.leave import Leave
from chainview.actor.hosts.main.filesystem import FILESYSTEM
from chainview.actor.hosts.main.http_client import HTTP_CLIENT
from chainview.actor.hosts.main.lifecycle import LIFECYCLE
from chainview.actor.hosts.main.runtime import CONTROL
from chainview.actor.hosts.main.self import SELF
from chainview.actor.hosts.main.tcp import TCP_WITH_IS_TLS
from chainview.actor.hosts.registry.assembler import ASSEMBLER
from chainview.actor.hosts.registry.loop import LOOP
from chainview.actor.hosts.registry.message_server import MESSAGE_SERVER
from chainview.actor.hosts.registry.rpc import RPC
from chainview.actor.hosts.registry.runtime import RUNTIME
from chainview.actor.hosts.registry.store import STORE
from chainview.actor.hosts.registry.supervisor import SUPERVISOR
from chainview.actor.hosts.registry.tcp import TCP
from chainview.actor.hosts.registry.terminal import TERMINAL
from chainview.actor.hosts.registry.timer import TIMER
from chainview.actor.module import ImportsRefused, Module
from chainview.chain.schema import Schema
from chainview.pack.declared.check import default_value
from chainview.pack.declared.metadata import FunctionSignature
from chainview.pack.values import UNIT, Value
from chainview.system.wording import some_of

Imported = tuple[str, str]
"""An interface and a function of it."""


INTERFACES: tuple[Interface, ...] = (
    RUNTIME,
    TIMER,
    LOOP,
    STORE,
    MESSAGE_SERVER,
    RPC,
    SUPERVISOR,
    ASSEMBLER,
    TERMINAL,
    TCP,
    SELF,
    CONTROL,
    LIFECYCLE,
    FILESYSTEM,
    HTTP_CLIENT,
    TCP_WITH_IS_TLS,
)
SILENT = frozenset({(each.name, function) for each in INTERFACES for function in each.silent})
"""The host calls that are recorded, and answered with the unit, and no more."""
"""Every host interface; of two that share a name and a function the first one answers."""

_FUNCTIONS: Mapping[Imported, Interface] = {
    (each.name, function): each for each in reversed(INTERFACES) for function in each.functions()
}
_SPAWNING: frozenset[Imported] = frozenset(
    (name, function)
    for name in ("theater:simple/supervisor", "theater:simple/runtime")
    for function in ("spawn", "spawn-and-wait", "resume")
)
_NEVER = {
    "theater:simple/podman": "starts containers, which chainview does not do",
}
"""Interfaces of Theater that are left out on purpose, and why."""


def may_be_allowed() -> tuple[str, ...]:
    """The names that `--allow` takes."""
    return tuple(dict.fromkeys(each.handler for each in INTERFACES if each.reaches_outside))


def wrong_allowance(allowed: str) -> str:
    """Why a text is no NAME or NAME:LIMIT for `--allow`, in a sentence; empty where it is one."""
    name, colon, limit = allowed.partition(":")
    known = next((each for each in INTERFACES if each.reaches_outside and each.handler == name), None)
    if known is None or (colon and not limit):
        return f"{allowed!r} is no NAME or NAME:LIMIT; what may be allowed: {', '.join(may_be_allowed())}"
    if not colon or (known.limit is not None and known.limit.covers(limit)):
        return ""
    said = f"{name} takes no LIMIT" if known.limit is None else f"the LIMIT of {name} is {known.limit.words}"
    return f"{allowed!r}: {said}"


def is_provided(interface: str, function: str) -> bool:
    """Whether chainview has that host function."""
    return (interface, function) in _FUNCTIONS


def leave_for(interface: str, function: str) -> str | None:
    """The name for `--allow` without which that host function is not to be had; None where it needs none."""
    found = _FUNCTIONS.get((interface, function))
    return found.handler if found is not None and found.reaches_outside else None


def missing_imports(module: Module) -> tuple[Imported, ...]:
    """The imports that nobody provides, in the module's order."""
    return tuple(
        (each.interface, each.function) for each in module.imports if not is_provided(each.interface, each.function)
    )


def refuse_imports(module: Module, leave: Leave, *, stub: bool, answered: Collection[Imported] = frozenset()) -> None:
    """Raises ImportsRefused for imports that nobody answers: by their shape, without a stub, or without leave.

    Those that are `answered` in the place of a handler count as provided and need no leave. A leave that can't be is
    refused too.
    """
    for name, limits in leave.limits.items():
        for allowed in (name, *(f"{name}:{limit}" for limit in limits)):
            if wrong := wrong_allowance(allowed):
                raise ImportsRefused(wrong)
    shapes = [f"{each.interface}.{each.function} {each.shape}" for each in module.imports if not each.callable]
    if shapes:
        raise ImportsRefused(
            f"{module.file.path} imports functions that do not follow the Pack calling convention "
            f"(four i32 parameters, one i32 result): {some_of(shapes)}"
        )
    missing = tuple(each for each in missing_imports(module) if each not in answered)
    if missing and not stub:
        listed = some_of([f"{interface}.{function}" for interface, function in missing])
        why = next((f", which {_NEVER[interface]}" for interface, _ in missing if interface in _NEVER), None)
        raise ImportsRefused(
            f"{module.file.path} imports {listed}{why or ', which chainview does not provide'}: "
            "--stub answers such calls with the default of their declared type"
        )
    declared = _declared(module)
    undeclared = [f"{interface}.{function}" for interface, function in missing if (interface, function) not in declared]
    if undeclared:
        raise ImportsRefused(
            f"{module.file.path} declares no type for its import {some_of(undeclared)}, "
            "so --stub has no answer to make up"
        )
    _refuse_unallowed(module, leave, answered)


def _refuse_unallowed(module: Module, leave: Leave, answered: Collection[Imported]) -> None:
    unallowed: dict[str, list[str]] = {}
    for each in module.imports:
        handler = leave_for(each.interface, each.function)
        if handler is not None and not leave.allows(handler) and (each.interface, each.function) not in answered:
            unallowed.setdefault(handler, []).append(f"{each.interface}.{each.function}")
    if unallowed:
        names = [name for functions in unallowed.values() for name in functions]
        reach = "reaches" if len(names) == 1 else "reach"
        options = " ".join(f"--allow {handler}" for handler in unallowed)
        handlers = " and one of type ".join(f'"{handler}"' for handler in unallowed)
        raise ImportsRefused(
            f"{module.file.path} imports {some_of(names)}, which {reach} outside of the actor: "
            f"{options} allows it, and so does its manifest by a [[handler]] of type {handlers}"
        )


def _declared(module: Module) -> dict[Imported, FunctionSignature]:
    """What a module declares of its imports; the first that is declared under a name counts."""
    declared = module.metadata.imports if module.metadata else ()
    return {(each.interface, each.name): each for each in reversed(declared)}


@dataclass(frozen=True, slots=True)
class Stub:
    """Answers a host call that nobody provides with the default of its declared type."""

    answer: Value

    def __call__(self, input: Value) -> Value:
        return self.answer


def default_answers(module: Module) -> dict[Imported, Value]:
    """What a stub would answer for each import, be it provided or not."""
    signatures = _declared(module)
    imported = [(each.interface, each.function) for each in module.imports]
    return {each: _default_answer(signatures.get(each)) for each in imported}


def _default_answer(declared: FunctionSignature | None) -> Value:
    results = declared.results if declared else ()
    return default_value(results[0]) if results else UNIT


@dataclass(frozen=True, slots=True)
class Inferred:
    """Answers as another handler does, annotated by what is there."""

    handler: Handler

    def __call__(self, input: Value) -> Value:
        return inferred(self.handler(input))


def declared_of_import(module: Module, interface: str, function: str) -> FunctionSignature | None:
    """What a module declares of its import, else what the host interface of that name declares."""
    found = _declared(module).get((interface, function))
    known = _FUNCTIONS.get((interface, function))
    if found is not None or known is None:
        return found
    return next(each for each in known.signatures if each.name == function)


def handlers_for(
    module: Module, host: Host, schema: Schema = Schema.VALUES, answered: Mapping[Imported, Handler] | None = None
) -> tuple[dict[Imported, Handler], frozenset[Imported]]:
    """Who answers each import, and which of those answers are stubs. The imports must have passed `refuse_imports`.

    What is `answered` in the place of a handler is so. Under `lifecycle` answers are annotated as on the main branch.
    """
    made: dict[Interface, Mapping[str, Handler]] = {}
    given = answered or {}
    stubs, signatures = frozenset(missing_imports(module)) - given.keys(), _declared(module)
    handlers: dict[Imported, Handler] = {}
    for each in module.imports:
        key = (each.interface, each.function)
        if key in given:
            handlers[key] = given[key]
        elif key in stubs:
            handlers[key] = Stub(_default_answer(signatures.get(key)))
        else:
            interface = _FUNCTIONS[key]
            if interface not in made:
                made[interface] = interface.provide(host)
            handlers[key] = made[interface][each.function]
        if schema is Schema.LIFECYCLE:
            handlers[key] = Inferred(handlers[key])
    return handlers, stubs


def theater_warnings(module: Module) -> list[str]:
    """What Theater itself would refuse in this module, and what it can't be given, a sentence each."""
    metadata, warnings = module.metadata, []
    if not module.knows_arrays:
        warnings.append(
            "the module is of January 2026, from before packr-guest 0.4: it refuses every call with a list of numbers; "
            "build it with packr-guest 0.4 or later"
        )
    if not module.self_contained:
        warnings.append(
            "the module does not bring its memory and its allocator along: no published Theater runs it; "
            "build it with packr-guest 0.11 or later"
        )
    if metadata is None:
        return [*warnings, "the module embeds no type metadata: Theater refuses it, and arguments can't be checked"]
    for name in dict.fromkeys(each.interface for each in module.imports):
        known = [each for each in INTERFACES if each.name == name]
        declared = metadata.import_hashes.get(name)
        if not known:
            continue
        if declared is None:
            warnings.append(f"the module declares no interface hash for {name}: Theater refuses it")
            continue
        functions = [each.function for each in module.imports if each.interface == name]
        named = [each.name for each in metadata.imports if each.interface == name]
        asked = (functions, named)
        if not any(declared in (*map(each.hash_of, asked), each.hash_of(each.functions())) for each in known):
            warnings.append(f"the interface hash of {name} differs from the host's: Theater refuses the module")
    return warnings


def may_spawn(module: Module) -> bool:
    """Whether the actor asks for a function that begins other actors."""
    return any((each.interface, each.function) in _SPAWNING for each in module.imports)


def reads_own_chain(module: Module) -> bool:
    """Whether the actor can read its own chain back, so that the events must stay at hand."""
    return any(each.function == "get-chain" for each in module.imports)
