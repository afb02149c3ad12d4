"""Which generation of Theater a module was built for, told from what it exports, imports and declares."""

from __future__ import annotations

from chainview.actor.module import Import, Module, ModuleError, ModuleKind
from chainview.chain.payload import INIT
from chainview.chain.schema import Schema
from chainview.pack.cgrf.limits import OLDEST
from chainview.pack.declared.metadata import FunctionSignature, TypeDesc

GET_STATE = "theater:simple/actor.get-state"
"""The export of a module that keeps its state inside and shows it."""
SELF_INTERFACE = "theater:simple/self"
LIFECYCLE_INTERFACE = "theater:simple/lifecycle"
"""Interfaces that only the main branch has, which keeps no state for an actor."""
RUNTIME_INTERFACE = "theater:simple/runtime"
_OF_REGISTRY = frozenset({"log", "get-chain", "self", "shutdown"})
"""What the registry's interface of that name has; the main branch has one with other functions."""


def schema_of_module(module: Module) -> Schema | None:
    """The schema in which a module's generation is recorded; None where nothing tells.

    Packr-guest up to 0.21 speaks CGRF 2, and its actors are handed their state. Of what came later an asynchronous
    module, one that imports what only the main branch has and one that shows its state keep it inside; an init that
    answers a tuple hands it out.
    """
    if module.version == OLDEST:
        return Schema.VALUES
    if module.asynchronous or any(map(_is_of_main_branch, module.imports)) or GET_STATE in module.symbols:
        return Schema.LIFECYCLE
    if module.kind is ModuleKind.PACKAGE or _init_answers_tuple(module):
        return Schema.VALUES
    return None


def _is_of_main_branch(asked: Import) -> bool:
    if asked.interface == RUNTIME_INTERFACE:
        return asked.function not in _OF_REGISTRY
    return asked.interface in (SELF_INTERFACE, LIFECYCLE_INTERFACE)


def chosen_schema(module: Module, given: Schema | None) -> Schema:
    """The schema given, else that of the module's generation; raises ModuleError where nothing tells."""
    found = schema_of_module(module) if given is None else given
    if found is None:
        raise ModuleError(
            f"{module.file.path} does not tell where its state is: give --schema lifecycle if it keeps it inside the "
            "module, as packr-guest 0.22 and later build it for Theater's main branch, or --schema values if its calls "
            "are handed the state"
        )
    return found


def refuse_other_generation(module: Module, running: Module) -> None:
    """Raises ModuleError for a module that can't go on in the place of another one, as they keep their state apart."""
    one, other = schema_of_module(running), schema_of_module(module)
    if None in (one, other) or (one is Schema.LIFECYCLE) is (other is Schema.LIFECYCLE):
        return
    inside, handed = "keeps its state inside the module", "is handed its state in every call"
    is_inside = other is Schema.LIFECYCLE
    raise ModuleError(
        f"{module.file.path} is of another generation: it {inside if is_inside else handed}, and the running build "
        f"{handed if is_inside else inside}: start it afresh"
    )


def passes_state(module: Module, schema: Schema | None) -> bool:
    """Whether the module's exports are handed the state as their first argument; a package's never are."""
    return module.kind is ModuleKind.ACTOR and schema is not None and schema is not Schema.LIFECYCLE


def declared_signatures(module: Module) -> dict[str, FunctionSignature]:
    """What a module declares of its exports, by symbol and, where no symbol is that, by bare name; the first counts."""
    exports = module.metadata.exports if module.metadata else ()
    found: dict[str, FunctionSignature] = {}
    for each in exports:
        found.setdefault(f"{each.interface}.{each.name}", each)
    for each in exports:
        found.setdefault(each.name, each)
    return found


def declared_signature(module: Module, symbol: str) -> FunctionSignature | None:
    """What a module declares of an export; None where it declares nothing."""
    return declared_signatures(module).get(symbol)


def _init_answers_tuple(module: Module) -> bool:
    declared = declared_signature(module, INIT)
    match declared.results if declared else ():
        case (TypeDesc("result", args=(TypeDesc("tuple"), _)),):
            return True
    return False
