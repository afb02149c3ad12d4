"""What the chains of a suite reach of a module: exports that they call, imports that they ask, and what is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from chainview.actor.generation import GET_STATE
from chainview.actor.module import Module
from chainview.chain.payload import INIT
from chainview.suite.case import Outcome, Result
from chainview.system.wording import plural, some_of

_NAMED = 6


@dataclass(frozen=True, slots=True)
class Reach:
    """`gone` are the exports that chains call and the module lacks, with the names of these chains.

    What no chain reaches is told of a whole suite alone: a part of it reaches less.
    """

    gone: Mapping[str, Sequence[str]] = field(default_factory=dict)
    exports: tuple[str, ...] = ()
    """Those that no chain calls."""
    imports: tuple[str, ...] = ()
    """Those that no chain asks."""
    whole: bool = False
    """Whether all chains of the suite were looked at."""

    def lines(self) -> Iterator[str]:
        """What there is to be said, in sentences."""
        for name, chains in self.gone.items():
            calls = "calls" if len(chains) == 1 else "call"
            yield f"the export {name} is gone, which {some_of(list(chains), _NAMED)} {calls}"
        for kind, names in (("export", self.exports), ("import", self.imports)):
            if names:
                verb = "is" if len(names) == 1 else "are"
                yield f"{plural(len(names), kind)} {verb} not used by any chain: {some_of(list(names), _NAMED)}"

    def as_object(self) -> dict[str, object]:
        """What programs read; null for what is not known."""
        return {
            "exports_gone": [{"export": name, "chains": list(chains)} for name, chains in self.gone.items()],
            "exports_not_reached": list(self.exports) if self.whole else None,
            "imports_not_reached": list(self.imports) if self.whole else None,
        }


def reach_of(module: Module, results: Sequence[Result], *, whole: bool) -> Reach:
    """What results reach of a module; chains of another actor reach nothing of it."""
    own = [each for each in results if each.outcome is not Outcome.FOREIGN]
    symbols = set(module.symbols)
    gone = dict[str, list[str]]()
    for each in own:
        for name in sorted(each.called - symbols):
            gone.setdefault(name, []).append(each.name)
    called = frozenset[str]().union(*[each.called for each in own])
    asked = frozenset[str]().union(*[each.asked for each in own])
    imports = dict.fromkeys(f"{each.interface}/{each.function}" for each in module.imports)
    return Reach(
        dict(sorted(gone.items())),
        # The host calls init and get-state by itself, whatever is recorded.
        tuple([each for each in module.symbols if each not in called | {INIT, GET_STATE}]) if whole else (),
        tuple([each for each in imports if each not in asked]) if whole else (),
        whole,
    )
