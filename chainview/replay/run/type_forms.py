"""The declared types of a contract as the core compares values with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from chainview.core.runs import NOTHING, Form, TypeForm
from chainview.pack.declared.contract import Contract
from chainview.pack.declared.metadata import TypeDesc
from chainview.pack.values.types import PRIMITIVES_BY_NAME

_LARGEST: Final = 4096
"""Parts of a type beyond which values are compared with it in Python."""
_PARTS: Final = {"list": Form.LIST, "option": Form.OPTION, "result": Form.RESULT, "tuple": Form.TUPLE}
_HAVE_NAMES: Final = {"record": Form.RECORD, "variant": Form.VARIANT}

_Shape = tuple[int, tuple["_Shape | int | str", ...], tuple[str, ...]]
"""A type with all of its parts; where it holds itself its name stands."""


@dataclass(frozen=True, slots=True)
class ExportForms:
    """By their numbers the types of the state that an export takes and leaves, of its response and of its error."""

    takes: int
    leaves: int
    responds: int
    refuses: int


@dataclass(slots=True)
class TypeForms:
    """All types so far; equal ones have one number."""

    types: list[TypeForm] = field(default_factory=lambda: [TypeForm(Form.ANY), TypeForm(Form.NEVER)])
    _known: dict[_Shape, int] = field(default_factory=dict)

    ANY: Final = 0
    NEVER: Final = 1

    def of(self, contract: Contract | None) -> ExportForms:
        """Those of an export, of which a state and a response are what it returns where it does not fail."""
        if contract is None:
            return ExportForms(self.ANY, self.ANY, self.ANY, self.ANY)
        takes = self.ANY if contract.state is None else self._number(contract.state, contract.named)
        result = contract.result
        if result is None or result.kind == "value":
            return ExportForms(takes, self.ANY, self.ANY, self.ANY)
        if result.kind != "result":
            return ExportForms(takes, self.NEVER, self.NEVER, self.NEVER)
        ok, err = result.args
        refuses = self._number(err, contract.named)
        if ok.kind == "value":
            return ExportForms(takes, self.ANY, self.ANY, refuses)
        if ok.kind != "tuple" or len(ok.args) != 2:
            return ExportForms(takes, self.NEVER, self.NEVER, refuses)
        leaves, responds = [self._number(each, contract.named) for each in ok.args]
        return ExportForms(takes, leaves, responds, refuses)

    def _number(self, desc: TypeDesc, named: Mapping[str, TypeDesc]) -> int:
        if desc.kind == "value":
            return self.ANY
        try:
            shape = _Shapes(named).of(desc, ())
        except _LeftToPython:
            return self.NEVER
        if shape not in self._known:
            self._known[shape] = self._added(shape, {})
        return self._known[shape]

    def _added(self, shape: _Shape, around: Mapping[str, int]) -> int:
        form, parts, names = shape
        number = len(self.types)
        told = TypeForm(form, names=[each.encode("utf-8", "surrogatepass") for each in names[1:]])
        self.types.append(told)
        around = {**around, names[0]: number} if names else around
        told.numbers = [
            each if isinstance(each, int) else around[each] if isinstance(each, str) else self._added(each, around)
            for each in parts
        ]
        return number


class _LeftToPython(Exception):
    """A type that values are compared with in Python alone."""


class _Shapes:
    """Makes the shapes of types whose names are declared somewhere."""

    def __init__(self, named: Mapping[str, TypeDesc]) -> None:
        self._named = named
        self._made = 0

    def of(self, desc: TypeDesc, around: tuple[str, ...]) -> _Shape:
        """The shape of a type inside of named ones."""
        self._made += 1
        if self._made > _LARGEST:
            raise _LeftToPython
        if desc.kind == "value":
            return Form.ANY, (), ()
        if desc.kind == "unit":
            return Form.TUPLE, (), ()
        if desc.kind in _PARTS:
            return _PARTS[desc.kind], tuple([self._part(each, around) for each in desc.args]), ()
        if desc.kind in PRIMITIVES_BY_NAME and desc.kind != "flags":
            return Form.SCALAR, (PRIMITIVES_BY_NAME[desc.kind].encoded[0],), ()
        declared = self._named.get(desc.name)
        if not desc.name or declared is None or declared.kind not in _HAVE_NAMES:
            raise _LeftToPython
        return self._of_named(declared, (*around, desc.name))

    def _part(self, desc: TypeDesc, around: tuple[str, ...]) -> _Shape | str:
        is_named = desc.kind in ("record", "variant", "ref")
        return desc.name if is_named and desc.name in around else self.of(desc, around)

    def _of_named(self, declared: TypeDesc, around: tuple[str, ...]) -> _Shape:
        members = list(chain(declared.fields, declared.cases))
        names = [name for name, _ in members]
        if len(set(names)) < len(names):
            raise _LeftToPython
        held = [
            NOTHING if desc is None or (desc.kind == "unit" and declared.cases) else self._part(desc, around)
            for _, desc in members
        ]
        return _HAVE_NAMES[declared.kind], tuple(held), (around[-1], *names)
