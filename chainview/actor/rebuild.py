"""What a chain holds of the calls of a module that keeps its state inside, for an instance that is to be made again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chainview.actor.engine.call_failed import CallFailed
from chainview.actor.engine.instance import Instance
from chainview.actor.hosts.provided import default_answers
from chainview.actor.module import Module
from chainview.chain.event import Kind
from chainview.chain.failure import Failure
from chainview.chain.files.entries.entry import Note
from chainview.chain.payload import Call, CallError, CallResult, HostCall, read_payload
from chainview.chain.table import EventTable
from chainview.pack.cgrf import decode, encode
from chainview.pack.values import Value
from chainview.system.wording import plural

INSTANCE_NOTE = "instance"
"""The kind of the note that tells of another instance of the same module."""


@dataclass(frozen=True, slots=True)
class PastCall:
    """A call that ended by itself: what it was given, the answers to its host calls, and its response, if any."""

    function: str
    params: Value
    host_calls: tuple[HostCall, ...]
    response: Value | None


Answering = Callable[[str, str, bytes], bytes]
"""Answers any import, by interface and function, in the place of a host: packed input to packed output."""
History = Callable[[], Sequence[PastCall]]
"""Gives the calls so far."""


def past_calls(table: EventTable, before: int | None = None) -> Iterator[PastCall]:
    """The calls that left something behind: those that returned, also with an error of their own.

    A call that was ended half-way left nothing, since its instance was given up. `before` is an index by which a call
    must have ended.
    """
    at = table.kinds.find(Kind.CALL)
    while at >= 0:
        call, stop = read_payload(table.payload(at)), at + table.steps(at)
        if before is not None and stop >= before:
            return
        end = None if table.call_open(at) else read_payload(table.payload(stop))
        if isinstance(call, Call) and call.params is not None and _left_something(end):
            steps = [read_payload(payload) for payload in table.payloads(at + 1, stop)]
            host_calls = tuple([step for step in steps if isinstance(step, HostCall)])
            response = end.response if isinstance(end, CallResult) else None
            yield PastCall(call.function, call.params, host_calls, response)
        at = table.kinds.find(Kind.CALL, at + 1)


def _left_something(end: object) -> bool:
    return isinstance(end, CallResult) or (
        isinstance(end, CallError) and not Failure(end.function, end.message).ended_half_way
    )


def led_through(
    calls: Sequence[PastCall],
    new_instance: Callable[[], Instance],
    does_again: Callable[[Instance, PastCall], bool | None],
) -> tuple[Instance, Note]:
    """A new instance that did the calls again, and the note that tells how well that went.

    `does_again` says whether a call answers the same; None where its record can't answer it: then it is left out, and
    all begins anew without it.
    """
    left_out = set[int]()
    while True:
        instance, others = new_instance(), 0
        for number, call in enumerate(calls):
            same = True if number in left_out else does_again(instance, call)
            if same is None:
                left_out.add(number)
                break
            others += not same
        else:
            return instance, _note(len(calls), others, len(left_out))


def _note(calls: int, others: int, left_out: int) -> Note:
    text = f"the instance was made again by a closed replay of {plural(calls, 'call')}"
    if others:
        text += f", {others:,} of which answered something else"
    if left_out:
        text += f"; {left_out:,} could not be made again and {'was' if left_out == 1 else 'were'} left out"
    return Note(INSTANCE_NOTE, {"text": text})


class PastAnswers:
    """Answers the host calls of one call from its record: one of the same input first, then the next of that name."""

    def __init__(self, host_calls: Sequence[HostCall], version: int) -> None:
        self._version = version
        self._left: dict[tuple[str, str], list[HostCall | None]] = {}
        """Those of each name, None in the place of one that was used up, but for those before the first that is not."""
        for each in host_calls:
            self._left.setdefault((each.interface, each.function), []).append(each)
        for named in self._left.values():
            named.reverse()

    def __call__(self, interface: str, function: str, asked: bytes) -> bytes:
        """The packed answer, which is used up; raises CallFailed where none is left."""
        output = self.take(interface, function, decode(asked))
        if output is None:
            raise CallFailed(f"nothing is recorded that answers {interface}.{function}", broken=True)
        return encode(output, self._version)

    def take(self, interface: str, function: str, input: Value) -> Value | None:
        """The answer, which is used up; None where none is left."""
        named = self._left.get((interface, function), [])
        while named and named[-1] is None:
            named.pop()
        following = range(len(named) - 1, -1, -1)
        at = next((place for place in following if (each := named[place]) and each.input == input), len(named) - 1)
        found = named[at] if named else None
        if found is None or found.output is None:
            return None
        named[at] = None
        return found.output


class DefaultAnswers:
    """Answers every host call with the default of its declared type, as a stub does."""

    def __init__(self, module: Module) -> None:
        self._answers = {name: encode(value, module.version) for name, value in default_answers(module).items()}

    def __call__(self, interface: str, function: str, asked: bytes) -> bytes:
        """The packed default."""
        return self._answers[interface, function]
