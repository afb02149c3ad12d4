"""The interceptor contract: order, arguments, and answering in place of the host or the guest."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from chainview.actor.host_calls import HostCalls
from chainview.actor.interceptors import CallInterceptor, RecordingInterceptor
from chainview.chain.event import Event
from chainview.chain.payload import CallResult, HostCall, encode_host_call
from chainview.chain.schema import Schema
from chainview.chain.state_chain import StateChain, linked
from chainview.pack.cgrf import decode, encode
from chainview.pack.cgrf.limits import VERSIONS
from chainview.pack.values import U32, UNIT, String, Tuple, Value
from tests.actor.guests import Guest
from tests.actor.running import running
from tests.pack import strategies

ASK = ("test:x/host", "ask")


class Noting(CallInterceptor):
    """Notes every hook, and answers what it is told to."""

    def __init__(self, answer_import: Value | None = None, answer_export: Value | None = None) -> None:
        self.hooks: list[tuple[str, ...]] = []
        self._import, self._export = answer_import, answer_export

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        self.hooks.append(("before_import", interface, function, str(input)))
        return self._import

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        self.hooks.append(("after_import", interface, function, str(input), str(output)))

    def before_export(self, function: str, input: Value) -> Value | None:
        self.hooks.append(("before_export", function, str(input)))
        return self._export

    def after_export(self, function: str, input: Value, output: Value) -> None:
        self.hooks.append(("after_export", function, str(input), str(output)))


def asking(folder: Path) -> Path:
    """A package whose export `f` asks the host and returns what it was answered."""
    return Guest().calling("f", *ASK, encode(String("?"))).body("fail", "unreachable").written(folder)


def test_hooks_come_in_the_order_of_the_contract(tmp_path: Path) -> None:
    """before_export, before_import, the host, after_import, after_export, each with the Values that cross."""
    noting, heard = Noting(), []

    def host(input: Value) -> Value:
        heard.append(list(noting.hooks))
        return U32(7)

    with running(asking(tmp_path), interceptor=lambda chain: noting, handlers={ASK: host}) as run:
        assert run.actor.call("f", UNIT).response == U32(7)
    asked, answered = str(String("?")), str(U32(7))
    assert noting.hooks == [
        ("before_export", "f", str(UNIT)),
        ("before_import", *ASK, asked),
        ("after_import", *ASK, asked, answered),
        ("after_export", "f", str(UNIT), answered),
    ]
    assert heard == [noting.hooks[:2]]


def test_an_answer_from_before_import_keeps_the_host_out(tmp_path: Path) -> None:
    """A Value from before_import is what the guest gets, after_import hears of it, and the host is not called."""
    noting = Noting(answer_import=U32(1))

    def host(input: Value) -> Value:
        raise AssertionError("the host was reached")

    with running(asking(tmp_path), interceptor=lambda chain: noting, handlers={ASK: host}) as run:
        assert run.actor.call("f", UNIT).response == U32(1)
    assert noting.hooks[2] == ("after_import", *ASK, str(String("?")), str(U32(1)))


def test_an_answer_from_before_export_keeps_the_guest_out(tmp_path: Path) -> None:
    """A Value from before_export is the result, after_export hears of it, and the guest does not run."""
    noting = Noting(answer_export=String("instead"))
    with running(asking(tmp_path), interceptor=lambda chain: noting) as run:
        assert run.actor.call("fail", UNIT).response == String("instead")
        assert run.payloads()[-1] == CallResult("fail", UNIT, String("instead"))
    assert [hook[0] for hook in noting.hooks] == ["before_export", "after_export"]


def test_a_failed_export_has_no_after(tmp_path: Path) -> None:
    """after_export is not called for an export that failed."""
    noting = Noting()
    with running(asking(tmp_path), interceptor=lambda chain: noting) as run:
        assert not run.actor.call("fail", Tuple(())).ok
    assert [hook[0] for hook in noting.hooks] == ["before_export"]


def test_recording_goes_on_with_every_call_and_appends_it() -> None:
    """The recording interceptor answers nothing itself, and each host call it hears of becomes one event."""
    chain = StateChain(keep=True)
    recording = RecordingInterceptor(chain, stubs=frozenset({ASK}))
    subscription = chain.subscribe()
    assert recording.before_import(*ASK, UNIT) is None
    recording.after_import(*ASK, UNIT, U32(1))
    recording.after_import("test:x/host", "other", UNIT, UNIT)
    assert [event.event_type for event in chain.events] == ["test:x/host/ask", "test:x/host/other"]
    stubs = [item[1].stub for item in subscription.take(10) if isinstance(item, tuple)]
    assert stubs == [True, False]


def test_a_host_call_is_in_the_chain_before_the_guest_sees_its_answer(tmp_path: Path) -> None:
    """A guest that fails right after a host call leaves that host call in the chain."""
    guest = Guest().calling("f", *ASK, encode(UNIT))
    guest.bodies["f"] += "(drop) (unreachable)"
    with running(guest.written(tmp_path)) as run:
        assert not run.actor.call("f", UNIT).ok
        assert run.payloads()[1] == HostCall(*ASK, UNIT, UNIT)


PLAIN = st.text(max_size=300).map(String) | st.just(UNIT)


@given(
    st.lists(st.tuples(PLAIN | strategies.values(), PLAIN | strategies.values(), st.booleans()), max_size=4),
    st.sampled_from((Schema.VALUES, Schema.LIFECYCLE)),
)
def test_a_host_call_is_recorded_as_its_values_are_written(
    said: list[tuple[Value, Value, bool]], schema: Schema
) -> None:
    """Whatever is asked and answered, and however the guest packs it, the event is that of both values."""
    version = max(VERSIONS)
    chain, answers = StateChain(schema, keep=True), [answer for _, answer, _ in said]
    chain.version = version
    handlers = {ASK: lambda _: answers[chain.count]}
    answer = HostCalls(RecordingInterceptor(chain), handlers, version).answer(*ASK)
    for asked, answered, is_odd in said:
        packed = bytearray(encode(asked, version))
        packed[17] = is_odd  # The first node's flags, which every reader ignores.
        assert decode(answer(bytes(packed))) == answered
    parts = [("/".join(ASK), encode_host_call(*ASK, asked, answered, version, schema)) for asked, answered, _ in said]
    expected: list[Event] = list(linked(parts))
    assert list(chain.events) == expected
