"""A literal made to fit a declared type."""

from __future__ import annotations

from collections.abc import Mapping

from chainview.pack.declared.check import Misfit, misfit
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.declared.named import coerce_named
from chainview.pack.typed.completing import UNDECLARED, completed
from chainview.pack.values import Value


def fitted(value: Value, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> Value | Misfit:
    """The value that a loose literal means where a type is declared; a Misfit for one that does not fit.

    `named` are the records and variants that the module declares, by name.
    """
    whole = completed(value, desc, named)
    if isinstance(whole, Misfit) or desc is UNDECLARED:
        return whole
    coerced = coerce_named(whole, desc, named)
    return misfit(coerced, desc) or coerced
