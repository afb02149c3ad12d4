"""Interceptors: what stands between a guest and its host, with the names and the contract of Pack's own."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from chainview.chain.event import Extras
from chainview.chain.payload import encode_host_call
from chainview.chain.state_chain import StateChain
from chainview.pack.values import Value


class CallInterceptor:
    """Sees every call across the boundary. A `before_` hook that returns a Value answers the call with it.

    For a host call the order is `before_import`, the host function (unless answered), `after_import`, and only then
    does the guest get its answer. `after_export` is not called for an export that failed. `function` is the full symbol
    for an export. This class goes on with every call.
    """

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

    def before_import(self, interface: str, function: str, input: Value) -> Value | None:
        self._begun = time.monotonic_ns()
        return None

    def after_import(self, interface: str, function: str, input: Value, output: Value) -> None:
        mark = self._marks.get((interface, function))
        extras = Extras(
            time_ns=time.time_ns(),
            duration_ns=time.monotonic_ns() - self._begun,
            fuel=self._fuel() if self._fuel else None,
            reason="" if mark is None else mark(),
            stub=mark is not None or (interface, function) in self._stubs,
        )
        self._chain.append(
            f"{interface}/{function}",
            encode_host_call(interface, function, input, output, self._chain.version, self._chain.schema),
            extras,
        )
