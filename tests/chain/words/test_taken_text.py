"""What is taken elsewhere as text."""

from __future__ import annotations

import shlex

import pytest

from chainview.chain.payload import Call
from chainview.chain.words.taken_text import call_option, call_text, value_text
from chainview.pack.literal import parse_literal
from chainview.pack.values import S32, U8, Result, String, Tuple, Value, bytes_value, some, types


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (String('say "hi"\n'), 'say "hi"\n'),
        (S32(-5), "-5"),
        (parse_literal("true"), "true"),
        (some(String("x")), "x"),
        (Result(types.STRING, types.STRING, False, String("no")), "no"),
        (bytes_value(b"plain\ttext"), "plain\ttext"),
        (bytes_value(b"\x00\xff"), "00ff"),
        (Tuple((U8(1), U8(2))), "(1u8, 2u8)"),
    ],
)
def test_a_value_is_bare(value: Value, text: str) -> None:
    """A text stands without quotes, a number without its type, bytes as the text that they are or as hexadecimal."""
    assert value_text(value, 100) == text


def test_a_long_value_is_cut() -> None:
    """No more is made than was asked for, and the cut shows."""
    assert value_text(String("x" * 50), 10) == "x" * 10 + "…"
    assert len(value_text(bytes_value(bytes(range(256)) * 40), 10)) == 11


def test_a_call_can_be_given_again() -> None:
    """The option holds the call as it is typed, safe from the shell."""
    call = Call("theater:simple/actor.greet", Tuple((String("it's $HOME"),)))
    assert call_text(call) == 'theater:simple/actor.greet("it\'s $HOME")'
    assert shlex.split(call_option(call)) == ["--call", call_text(call)]
    assert call_text(Call("f", None)) == "f()"
    assert call_text(Call("f", S32(5))) == "f(5s32)"
