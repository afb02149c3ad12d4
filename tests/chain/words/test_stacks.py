"""Stacks in lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Frame
from chainview.chain.words.stacks import told_once


def told(functions: str) -> str:
    """The frames of functions of one letter, each with how often it is told to stand there."""
    return " ".join([f"{frame.function}{said and f'({said})'}" for frame, said in told_once([*map(Frame, functions)])])


@pytest.mark.parametrize(
    ("functions", "lines"),
    [
        ("", ""),
        ("abc", "a b c"),
        ("paaab", "p a(3 times) b"),
        ("pababababx", "p a b(these 2 frames 4 times) x"),
        ("abcabcab", "a b c(these 3 frames 2 times) a b"),
    ],
)
def test_frames_that_repeat_are_counted(functions: str, lines: str) -> None:
    """A function that calls itself, alone or by way of others, is told once, with how often it stands there."""
    assert told(functions) == lines


@given(st.text("ab", max_size=40))
def test_no_frame_is_lost(functions: str) -> None:
    """What is told stands for as many frames as there are, in their order."""
    rounds: list[str] = []
    block = ""
    for frame, said in told_once([*map(Frame, functions)]):
        block += frame.function
        if said:
            size = int(said.split()[1]) if said.startswith("these") else 1
            count = int(said.split()[-2].replace(",", ""))
            block = block[:-size] + block[-size:] * count
    rounds.append(block)
    assert "".join(rounds) == functions
