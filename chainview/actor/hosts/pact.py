"""Declared functions read from the words of a `.pact` file, which is how Theater's handlers declare theirs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chainview.pack.declared.metadata import PRIMITIVES, FunctionSignature, TypeDesc

_NAME = "[a-z0-9-]+"
_FUNCTION = re.compile(rf"({_NAME}): func\((.*)\)(?: -> (.+))?")
_TOKEN = re.compile(r"[a-z0-9_-]+|[<>,]")
_ONES = (*PRIMITIVES, "value")


def functions(interface: str, text: str, named: Mapping[str, TypeDesc] | None = None) -> tuple[FunctionSignature, ...]:
    """The functions that a text declares, each on a line or more, such as `now: func() -> u64`.

    `named` gives the records and variants that they mention. `_` is declared as bool, as Pack's metadata has it.
    """
    declared = re.findall(rf"{_NAME}: func\(.*?(?={_NAME}: func\(|$)", " ".join(text.split()))
    return tuple(_function(interface, each.strip(), named or {}) for each in declared)


def type_named(text: str, named: Mapping[str, TypeDesc] | None = None) -> TypeDesc:
    """The type of that text, such as `result<option<string>, string>`."""
    tokens = _tokens(text)
    found = _type(tokens, next(tokens), named or {})
    rest = next(tokens, None)
    assert rest is None, text
    return found


def _function(interface: str, line: str, named: Mapping[str, TypeDesc]) -> FunctionSignature:
    matched = _FUNCTION.fullmatch(line)
    assert matched is not None, line
    name, params, result = matched.groups()
    return FunctionSignature(
        interface,
        name,
        tuple((each, type_named(text, named)) for each, text in _params(params)),
        () if result is None else (type_named(result, named),),
    )


def _params(text: str) -> Iterator[tuple[str, str]]:
    """Each parameter's name and type; a type has commas of its own between its angle brackets."""
    depth, begun = 0, 0
    for at, letter in enumerate(f"{text},"):
        depth += (letter == "<") - (letter == ">")
        if letter == "," and depth == 0 and text[begun:at].strip():
            name, _, declared = text[begun:at].partition(":")
            yield name.strip(), declared.strip()
            begun = at + 1


def _tokens(text: str) -> Iterator[str]:
    return iter(_TOKEN.findall(text))


def _type(tokens: Iterator[str], first: str, named: Mapping[str, TypeDesc]) -> TypeDesc:
    if first == "_":
        return TypeDesc("bool")
    if first in named:
        return named[first]
    if first in _ONES:
        return TypeDesc(first)
    assert first in ("list", "option", "result", "tuple"), first
    bracket = next(tokens)
    assert bracket == "<", first
    arguments = list[TypeDesc]()
    while True:
        arguments.append(_type(tokens, next(tokens), named))
        if next(tokens) == ">":
            return TypeDesc(first, args=tuple(arguments))
