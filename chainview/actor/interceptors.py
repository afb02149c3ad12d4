"""Interceptors: what stands between a guest and its host, with the names and the contract of Pack's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property

from chainview.actor.engine.between.aside import Aside
from chainview.actor.engine.between.passing import Between, Standing
from chainview.actor.hosts.provided import SILENT
from chainview.actor.module import Import
from chainview.chain.event import Extras
from chainview.chain.files.native.layout import pack_type
from chainview.chain.hashing import byte_array_text, text_behind_parent
from chainview.chain.payload import UNIT_BYTES, encode_host_call, host_call_parts
from chainview.chain.schema import names_of
from chainview.chain.state_chain import StateChain
from chainview.core.recording import Form
from chainview.pack.cgrf.alone import BEFORE_TEXT
from chainview.pack.cgrf.glance import only_node
from chainview.pack.values import Value
from chainview.system.clock import wall_ns


class CallInterceptor:
    """Sees every call across the boundary. A `before_` hook that returns a Value answers the call with it.

    For a host call the order is `before_import`, the host function (unless answered), `after_import`, and only then
    does the guest get its answer. `after_export` is not called for an export that failed. `function` is the full symbol
    for an export. This class goes on with every call.
    """

    @cached_property
    def sees_exports(self) -> bool:
        """Whether it is told of what exports are given and return."""
        kind, blind = type(self), CallInterceptor
        return kind.before_export is not blind.before_export or kind.after_export is not blind.after_export

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        """A Value to answer the host call with, or None to go on to the host function."""
        return None

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        """Told of a host call that is about to be answered."""

    def answer_packed(self, interface: str, function: str, packed: bytes) -> bytes | None:
        """The packed answer to a packed input, where it is known without looking into either; None to go on.

        An answer given here stands for `before_import` and `after_import` together.
        """
        return None

    def between(self, imports: Sequence[Import]) -> Standing | None:
        """What is to stand between an instance with these imports and its host functions; None for nothing."""
        return None

    def begins(self, between: Between | None) -> None:
        """Told of each instance by what stands there, which may answer while it is `serving`.

        What was answered there it takes note of before the next event.
        """

    def serving(self) -> AbstractContextManager[None]:
        """Around the call of an export, in which what stands between may answer."""
        return nullcontext()

    def before_export(self, function: str, input: Value) -> Value | None:
        """A Value to return in place of calling the export, or None to go on."""
        return None

    def after_export(self, function: str, input: Value, output: Value) -> None:
        """Told what an export returned."""


class RecordingInterceptor(CallInterceptor):
    """Goes on with every call and appends each host call to a chain as it completes.

    `stubs` names the (interface, function) pairs whose answers are made up, so that their events are marked; `marks`
    tells from where the last answer of others was taken, empty where it was made up. `fuel` tells the fuel used since
    the last event, where it is measured.
    """

    def __init__(
        self,
        chain: StateChain,
        stubs: frozenset[tuple[str, str]] = frozenset(),
        fuel: Callable[[], int | None] | None = None,
        marks: Mapping[tuple[str, str], Callable[[], str]] | None = None,
    ) -> None:
        self._chain = chain
        self._stubs = stubs
        self._marks = marks or {}
        self._fuel = fuel
        self._begun = 0
        self._forms: dict[tuple[str, str, int], HostCallForm] = {}
        self._aside = Aside(chain, self._shared, lambda: UNIT_BYTES[chain.version])

    def between(self, imports: Sequence[Import]) -> Standing | None:
        if type(self) is not RecordingInterceptor:
            return None
        names = enumerate([(each.interface, each.function) for each in imports])
        return self._aside.between(
            {at: name for at, name in names if name in SILENT - self._stubs - self._marks.keys()}
        )

    def begins(self, between: Between | None) -> None:
        self._aside.begins(between)

    def serving(self) -> AbstractContextManager[None]:
        return self._aside

    @property
    def recorded_aside(self) -> int:
        """How many host calls were recorded inside wasm."""
        return self._aside.count

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        self._aside.stop()
        self._begun = time.monotonic_ns()
        return None

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        extras = self._extras((interface, function))
        self._chain.append(
            f"{interface}/{function}",
            encode_host_call(interface, function, input, output, self._chain.version, self._chain.schema),
            extras,
        )
        self._aside.recorded((interface, function))

    def after_packed(self, interface: str, function: str, asked: bytes, answered: bytes) -> bool:
        """`after_import` by the bytes of both, each as the encoder writes it; False where they have to be encoded."""
        one, other = only_node(asked), only_node(answered)
        if one is None or other is None:
            return False
        imported = interface, function
        self._form(imported).append(self._chain, one + other, self._extras(imported))
        self._aside.recorded(imported)
        return True

    def _shared(self, imported: tuple[str, str]) -> Form:
        return self._form(imported).shared(self._chain.version)

    def _form(self, imported: tuple[str, str]) -> HostCallForm:
        key = *imported, self._chain.version
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = HostCallForm(*imported, self._chain)
        return form

    def _extras(self, imported: tuple[str, str]) -> Extras:
        mark = self._marks.get(imported)
        return Extras(
            wall_ns(),
            time.monotonic_ns() - self._begun,
            self._fuel() if self._fuel else None,
            (),
            "" if mark is None else mark(),
            mark is not None or imported in self._stubs,
        )


class HostCallForm:
    """What is the same in all events of one import whose input and output are a node each."""

    def __init__(self, interface: str, function: str, chain: StateChain) -> None:
        self._event_type = f"{interface}/{function}"
        self._head, self._tail = host_call_parts(names_of(chain.schema), interface, function, chain.version)
        text = text_behind_parent(self._event_type, byte_array_text(self._head) + b",\n," + byte_array_text(self._tail))
        self._before, _, self._behind = text.partition(b"\n")

    def shared(self, version: int) -> Form:
        """What the recorder has to know of these events, for guests that speak this version."""
        answer = only_node(UNIT_BYTES[version]) or b""
        asked, event_type = BEFORE_TEXT[version], pack_type(self._event_type)
        return Form(asked, self._head, answer, self._tail, event_type, self._before, self._behind)

    def append(self, chain: StateChain, nodes: bytes, extras: Extras) -> None:
        """Appends the event of a call: its input's and its output's node, put in where both stand."""
        chain.append(
            self._event_type,
            b"".join((self._head, nodes, self._tail)),
            extras,
            b"".join((self._before, byte_array_text(nodes), self._behind)),
        )
