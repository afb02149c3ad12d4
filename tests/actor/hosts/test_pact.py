"""Declared functions in the words of a `.pact` file."""

from __future__ import annotations

import pytest

from chainview.actor.hosts.pact import functions, type_named
from chainview.pack.declared.metadata import TypeDesc

PERSON = TypeDesc("record", "person", fields=(("name", TypeDesc("string")),))


@pytest.mark.parametrize(
    "text", ["u64", "value", "list<u8>", "option<list<string>>", "result<tuple<u16, u16>, string>", "tuple<u8>"]
)
def test_a_type_is_read_as_it_is_shown(text: str) -> None:
    """What is read of a type's text shows itself as that text."""
    assert str(type_named(text)) == text


def test_what_is_left_open_is_bool_and_names_are_looked_up() -> None:
    """`_` is declared as bool, as Pack's metadata has it, and a record's name stands for the record."""
    assert str(type_named("result<_, string>")) == "result<bool, string>"
    assert type_named("list<person>", {"person": PERSON}) == TypeDesc("list", args=(PERSON,))


def test_functions_are_read_a_line_each() -> None:
    """Parameters keep their names and commas inside of types part nothing; a function may answer nothing."""
    read = functions(
        "a:b/c", "\n  put: func(id: string, pair: tuple<u8, u16>) -> result<_, string>\n\n  log: func(m: string)\n"
    )
    assert [each.text for each in read] == [
        "put(id: string, pair: tuple<u8, u16>) -> result<bool, string>",
        "log(m: string)",
    ]
    assert {each.interface for each in read} == {"a:b/c"}
