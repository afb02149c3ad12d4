"""What is known of the calls of a recording and of the module that makes them again, as the core asks for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from chainview.actor.generation import passes_state
from chainview.actor.module import Import, Module
from chainview.chain.failure import RETURNED
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.table import EventTable
from chainview.core.runs import Frame, FunctionForm, RunForms
from chainview.pack.cgrf import encode
from chainview.pack.cgrf.glance import node_count, nodes
from chainview.pack.cgrf.limits import HEADER_SIZE
from chainview.pack.declared.contract import contracts
from chainview.pack.values import UNIT, Result, Value, Variant
from chainview.replay.run.type_forms import TypeForms


class KnownCalls:
    """The exports that were called so far, with what they returned, and all host functions of a recording.

    `slot` tells where an export is found. Of an export of which it is not known yet how its result looks it is taken
    that it looks as that of another one.
    """

    def __init__(self, module: Module, table: EventTable, schema: Schema, slot: Callable[[str], int | None]) -> None:
        self._version, self._schema, self._table, self._slot = module.version, schema, table, slot
        self._are_made = schema is Schema.VALUES and passes_state(module, schema)
        self._contracts = contracts(module.metadata) if self._are_made and module.metadata else {}
        self._imports = {f"{each.interface}/{each.function}": (at, each) for at, each in enumerate(module.imports)}
        self._numbers: dict[str, int] = {}
        self._functions: list[FunctionForm] = []
        self._types = TypeForms()
        self._ends = {True: b"", False: b""}
        """The last node of the result that was seen last, of one that is none of an error and of one that is."""
        self._forms: RunForms | None = None

    def number(self, function: str) -> int | None:
        """The number of an export; None where its calls can't be made ready."""
        known = self._numbers.get(function)
        if known is not None or not self._are_made or (self._contracts and function not in self._contracts):
            return known
        number = self._numbers[function] = len(self._functions)
        self._functions.append(self._function(function))
        self._forms = None
        return number

    def imported(self, event_type: str) -> int | None:
        """The number of the host function whose events are of that type; None where the module imports none such."""
        known = self._imports.get(event_type)
        return None if known is None else known[0]

    def learn(self, function: str, output: Value) -> None:
        """Takes note of how what an export returned looks."""
        number = self.number(function)
        told = None if number is None else _last_node(output, self._version)
        if number is None or told is None:
            return
        is_ok, node = told
        contract = self._contracts.get(function)
        if isinstance(output, Variant) and contract and contract.result and contract.result.kind != "value":
            return
        self._ends[is_ok] = node
        form = self._functions[number]
        if node != (form.ok if is_ok else form.err):
            self._functions[number] = replace(form, ok=node) if is_ok else replace(form, err=node)
            self._forms = None

    @property
    def forms(self) -> RunForms:
        """All of it; the same object as long as nothing of it changes."""
        names = self._table.type_names
        if self._forms is None or len(self._forms.hosts) != len(names):
            guessed = [
                replace(each, ok=each.ok or self._ends[True], err=each.err or self._ends[False])
                for each in self._functions
            ]
            hosts = [self._host(name) for name in names]
            self._forms = RunForms(guessed, hosts, self._types.types, RETURNED.encode(), self._version)
        return self._forms

    def _function(self, function: str) -> FunctionForm:
        schema, version = self._schema, self._version
        types = self._types.of(self._contracts.get(function))
        return FunctionForm(
            frame(encode_call(schema, function, UNIT, version), 1, 1, 2),
            frame(encode_result(schema, function, UNIT, UNIT, version), 1, 2, 2),
            frame(encode_error(function, "", version, schema), 1, 1, 2),
            self._slot(function),
            b"",
            b"",
            types.takes,
            types.leaves,
            types.responds,
            types.refuses,
        )

    def _host(self, event_type: str) -> tuple[Frame, int] | None:
        known: tuple[int, Import] | None = self._imports.get(event_type)
        if known is None:
            return None
        at, asked = known
        whole = encode_host_call(asked.interface, asked.function, UNIT, UNIT, self._version, self._schema)
        return frame(whole, 2, 2, 1), at


def frame(payload: bytes, lead_count: int, values: int, wraps: int) -> Frame:
    """The frame of a payload whose values have a node each."""
    starts = [HEADER_SIZE, *[stop for _, _, stop in nodes(payload)]]
    lead, tail = payload[HEADER_SIZE : starts[lead_count]], payload[starts[lead_count + values] :]
    assert node_count(payload) == lead_count + values + 1 + wraps
    return Frame(lead, lead_count, values, tail, wraps)


def _last_node(output: Value, version: int) -> tuple[bool, bytes] | None:
    """Whether what was returned is no error, and its last node; None where it is neither."""
    like: Value
    if isinstance(output, Result):
        is_ok, like = output.is_ok, Result(output.ok, output.err, output.is_ok, UNIT)
    elif isinstance(output, Variant) and output.tag in (0, 1) and len(output.payload) == 1:
        is_ok, like = output.tag == 0, Variant(output.type_name, output.case, output.tag, (UNIT,))
    else:
        return None
    unit = encode(UNIT, version)[HEADER_SIZE:]
    return is_ok, encode(like, version)[HEADER_SIZE + len(unit) :]
