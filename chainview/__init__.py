"""Run WebAssembly actors, keep their hash-linked chains, and explain where a later build differs.

`__all__` is the face: what a program may import from here, each name loaded when it is first asked for. It is a
promise, and the changelog tells every change of it; all other modules are private. docs/python.md shows it at work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chainview.system.later import loads_later

if TYPE_CHECKING:
    from chainview.actor.exports import CallRefused, Export
    from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
    from chainview.actor.limits import Limits
    from chainview.actor.returned import CallOutcome
    from chainview.actor.session.direct import LoadedActor, load_actor
    from chainview.chain.event import Event, Extras, Frame
    from chainview.chain.families.folder import RecordedFamily, find_family
    from chainview.chain.families.member import Member
    from chainview.chain.files.entries.header import Header
    from chainview.chain.files.opened import OpenedChain, open_chain
    from chainview.chain.files.verification import Problem, Verification, verify
    from chainview.chain.payload import Call, CallError, CallResult, HostCall, Other, read_payload
    from chainview.chain.schema import Schema
    from chainview.chain.state_chain import StateChain
    from chainview.pack.cgrf import decode, encode
    from chainview.pack.literal import format_literal, parse_literal
    from chainview.pack.serde import from_serde, to_serde
    from chainview.pack.values import (
        F32,
        F64,
        S8,
        S16,
        S32,
        S64,
        U8,
        U16,
        U32,
        U64,
        UNIT,
        Array,
        Bool,
        Char,
        Flags,
        List,
        Map,
        Option,
        Record,
        Result,
        Set,
        String,
        Tuple,
        Value,
        Variant,
        bytes_value,
        list_value,
        none,
        some,
        type_of,
    )
    from chainview.replay.explain.explanation import Explanation, Finding, Verdict
    from chainview.replay.explain.json_report import report_object
    from chainview.replay.explain.text_report import report_text
    from chainview.replay.run.serving import Mode, ReplayRecordingInterceptor
    from chainview.suite.adapters.replay_fixture import ChainviewReplay
    from chainview.suite.case import Outcome
    from chainview.suite.replaying import replay_suite
    from chainview.suite.reports.summary import SuiteSummary
    from chainview.system.errors import ChainviewError
    from chainview.system.version import VERSION as __version__
    from chainview.workbench.chain_diff import diff_chains
    from chainview.workbench.programs import record_actor, replay_chain

_HOMES: Final = {
    "actor.exports": "CallRefused Export",
    "actor.interceptors": "CallInterceptor RecordingInterceptor",
    "actor.limits": "Limits",
    "actor.returned": "CallOutcome",
    "actor.session.direct": "LoadedActor load_actor",
    "chain.event": "Event Extras Frame",
    "chain.families.folder": "RecordedFamily find_family",
    "chain.families.member": "Member",
    "chain.files.entries.header": "Header",
    "chain.files.opened": "OpenedChain open_chain",
    "chain.files.verification": "Problem Verification verify",
    "chain.payload": "Call CallError CallResult HostCall Other read_payload",
    "chain.schema": "Schema",
    "chain.state_chain": "StateChain",
    "pack.cgrf": "decode encode",
    "pack.literal": "format_literal parse_literal",
    "pack.serde": "from_serde to_serde",
    "pack.values": "F32 F64 S16 S32 S64 S8 U16 U32 U64 U8 UNIT Array Bool Char Flags List Map Option Record Result Set "
    "String Tuple Value Variant bytes_value list_value none some type_of",
    "replay.explain.explanation": "Explanation Finding Verdict",
    "replay.explain.json_report": "report_object",
    "replay.explain.text_report": "report_text",
    "replay.run.serving": "Mode ReplayRecordingInterceptor",
    "suite.adapters.replay_fixture": "ChainviewReplay",
    "suite.case": "Outcome",
    "suite.replaying": "replay_suite",
    "suite.reports.summary": "SuiteSummary",
    "system.errors": "ChainviewError",
    "workbench.chain_diff": "diff_chains",
    "workbench.programs": "record_actor replay_chain",
}
"""The names of the face, by the module of chainview that holds them."""

__all__ = [
    "F32",
    "F64",
    "S8",
    "S16",
    "S32",
    "S64",
    "U8",
    "U16",
    "U32",
    "U64",
    "UNIT",
    "Array",
    "Bool",
    "Call",
    "CallError",
    "CallInterceptor",
    "CallOutcome",
    "CallRefused",
    "CallResult",
    "ChainviewError",
    "ChainviewReplay",
    "Char",
    "Event",
    "Explanation",
    "Export",
    "Extras",
    "Finding",
    "Flags",
    "Frame",
    "Header",
    "HostCall",
    "Limits",
    "List",
    "LoadedActor",
    "Map",
    "Member",
    "Mode",
    "OpenedChain",
    "Option",
    "Other",
    "Outcome",
    "Problem",
    "Record",
    "RecordedFamily",
    "RecordingInterceptor",
    "ReplayRecordingInterceptor",
    "Result",
    "Schema",
    "Set",
    "StateChain",
    "String",
    "SuiteSummary",
    "Tuple",
    "Value",
    "Variant",
    "Verdict",
    "Verification",
    "__version__",
    "bytes_value",
    "decode",
    "diff_chains",
    "encode",
    "find_family",
    "format_literal",
    "from_serde",
    "list_value",
    "load_actor",
    "none",
    "open_chain",
    "parse_literal",
    "read_payload",
    "record_actor",
    "replay_chain",
    "replay_suite",
    "report_object",
    "report_text",
    "some",
    "to_serde",
    "type_of",
    "verify",
]


_load: Final = loads_later(__name__, _HOMES)


def __getattr__(name: str) -> Any:
    """Loads a name of the face when it is first asked for."""
    if name == "__version__":
        from chainview.system.version import VERSION

        return VERSION
    return _load(name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
