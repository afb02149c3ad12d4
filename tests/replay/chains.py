"""Chains of calls made from a few words, for the tests of everything that compares two of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from chainview.chain.event import MODULE_EVENT, SHUTDOWN_EVENT
from chainview.chain.files.entries.header import Header
from chainview.chain.payload import encode_call, encode_error, encode_host_call, encode_result, shutdown_payload
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.chain.table import EventTable
from chainview.pack.values import S64, U32, UNIT, Record, String, Tuple, Value
from chainview.replay.run.recording import Recording

HOST = "test:x/host"
PART = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Step:
    """A host call of a synthetic call."""

    function: str
    input: Value = UNIT
    output: Value = UNIT

    @property
    def part(self) -> PART:
        """Its type and payload."""
        return f"{HOST}/{self.function}", encode_host_call(HOST, self.function, self.input, self.output)


@dataclass(frozen=True, slots=True)
class Made:
    """A synthetic call: params, host calls, and how it ended."""

    function: str = "f"
    params: Value = UNIT
    steps: Sequence[Step] = ()
    state: Value = UNIT
    response: Value = UNIT
    error: str | None = None

    def parts(self, schema: Schema = Schema.VALUES) -> list[PART]:
        """The types and payloads of its events."""
        end = (
            encode_result(schema, self.function, self.state, self.response)
            if self.error is None
            else encode_error(self.function, self.error)
        )
        begin = encode_call(schema, self.function, self.params)
        return [(MODULE_EVENT, begin), *[step.part for step in self.steps], (MODULE_EVENT, end)]


def recording(*calls: Made, closed: bool = False, schema: Schema = Schema.VALUES) -> Recording:
    """The recording of these calls."""
    parts = [part for call in calls for part in call.parts(schema)]
    if closed:
        parts.append((SHUTDOWN_EVENT, shutdown_payload(schema)))
    return from_parts(parts, schema)


def from_parts(parts: Sequence[PART], schema: Schema = Schema.VALUES) -> Recording:
    """The recording of these event types and payloads."""
    table = EventTable()
    for event in linked(parts):
        table.append(event)
    return Recording(table, schema, Header(schema=schema))


def log(text: str) -> Step:
    """A line of a log."""
    return Step("log", String(text))


def count(number: int, **fields: Value) -> Record:
    """A state that counts."""
    return Record("state", (("count", S64(number)), *fields.items()))


def params(*numbers: int) -> Tuple:
    """Params of a call."""
    return Tuple(tuple([U32(number) for number in numbers]))
