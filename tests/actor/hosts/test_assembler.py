"""The assembler: what it makes of a text, and what it says of one that is none."""

from __future__ import annotations

import pytest

from chainview.actor.hosts.registry.assembler import NAME
from chainview.actor.session.host import SessionHost
from chainview.chain.state_chain import StateChain
from chainview.pack.values import U64, String, Tuple, Value, bytes_value
from tests.actor.hosts.answering import answer
from tests.actor.hosts.test_registry import err, ok


def wat_to_wasm(input: Value) -> Value:
    """What an actor is answered."""
    return answer(SessionHost(StateChain()), NAME, "wat-to-wasm", input)


def test_a_text_becomes_a_module() -> None:
    """The bytes are those of the binary format."""
    assert wat_to_wasm(String("(module)")) == ok(bytes_value(b"\0asm\x01\0\0\0"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(module", "expected `)`\n     --> <anon>:1:8\n      |\n    1 | (module\n      |        ^"),
        ("\0asm", "unexpected character '\\u{0}'\n     --> <anon>:1:1\n      |\n    1 | \0asm\n      | ^"),
        ("é", "unexpected character '\\u{e9}'\n     --> <anon>:1:1\n      |\n    1 | é\n      | ^"),
        ("(component " * 2000, "item nesting too deep at <anon>:1:1102"),
    ],
)
def test_what_is_no_text_of_a_module_is_told_by_the_assembler(text: str, said: str) -> None:
    """Theater's handler has its words from the same crate, with the place and the line."""
    assert wat_to_wasm(String(text)) == err(said)


@pytest.mark.parametrize("input", [U64(1), Tuple((String("(module)"),))])
def test_what_is_no_string_is_refused(input: Value) -> None:
    """An input of another shape is answered in the handler's words."""
    assert wat_to_wasm(input) == err("expected string argument")
