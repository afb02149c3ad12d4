"""What a module declares of its calls, and what Theater refuses by it."""

from __future__ import annotations

from chainview.actor.exports import exports_of
from chainview.actor.module import Module, ModuleKind
from chainview.actor.returned import is_unit_ok
from chainview.pack.cgrf import EACH_ALONE, Values
from chainview.pack.cgrf.limits import NEWEST
from chainview.pack.declared.check import mismatch
from chainview.pack.declared.contract import Contract, contracts, contracts_at_hand
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values import Result, Tuple, Value
from chainview.pack.values.unread import read


class Terms:
    """The declared types of a module's exports, where its runtime compares what crosses with them.

    The main branch, in its newest sources, compares nothing: there `passes_state` is False.
    """

    def __init__(self, module: Module, *, passes_state: bool, values: Values = EACH_ALONE) -> None:
        """What these `values` share is looked at once."""
        self._values = values
        self._version = module.version
        bound = module.metadata if passes_state else None
        self._contracts = {} if bound is None else contracts_at_hand(bound) if values.shares else contracts(bound)
        self._is_actor = module.kind is ModuleKind.ACTOR
        exports = () if self._is_actor else exports_of(module)
        self._results: dict[str, TypeDesc] = {
            each.symbol: each.results[0] for each in exports if len(each.results) == 1
        }

        self._known: tuple[Value, Contract] | None = None
        """The state that was returned last, where it was found to be of the type that this contract gives to a call."""

    @property
    def bind(self) -> bool:
        """Whether an actor's calls are compared with what it declares."""
        return bool(self._contracts)

    def takes(self, function: str, state: Value) -> bool | None:
        """Whether an export can be given a state; None where it does not declare what it takes."""
        contract = self._contracts.get(function)
        if contract is None or contract.state is None or contract.state.kind in ("value", "ref"):
            return None
        return contract.state_violation(state, self._values) is None

    def refusal(self, function: str, state: Value) -> str | None:
        """Why Theater does not even begin a call of an actor's export from a state, which may be Unread, or None."""
        if not self._contracts:
            return None
        contract = self._contracts.get(function)
        if contract is None:
            return f"Function '{function}' not found in cached type metadata"
        if self._known is not None and self._known[0] is state and self._known[1] is contract:
            return None
        wrong = contract.state_violation(read(state), self._values)
        return None if wrong is None else f"State type mismatch for '{function}': {wrong}"

    def violation(self, function: str, output: Value) -> str | None:
        """Why what an export returned is not what it declares, or None.

        The registry's Theater takes an `ok(())` for what `result<_, E>` is declared as, a bool, and refuses it; the one
        that speaks the newest CGRF takes it whatever is declared.
        """
        if self._is_actor:
            contract = self._contracts.get(function)
            if contract is None or (self._version == NEWEST and is_unit_ok(output)):
                return None
            wrong = contract.result_violation(output, self._values)
            state = _state_in(output) if wrong is None and contract.hands_on_state else None
            self._known = None if state is None else (state, contract)
            return wrong
        declared = self._results.get(function)
        return None if declared is None else mismatch(output, declared)

    def takes_for_right(self, function: str, state: Value) -> None:
        """Told of a state that the function returned, in a value of the same types as one that was no violation."""
        contract = self._contracts.get(function)
        self._known = (state, contract) if contract is not None and contract.hands_on_state else None


def _state_in(output: Value) -> Value | None:
    """The first part of an ok that is a tuple."""
    inner = output.value if isinstance(output, Result) and output.is_ok else None
    return inner.items[0] if isinstance(inner, Tuple) and inner.items else None
