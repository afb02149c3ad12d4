"""A file of messages in the place of a peer."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from chainview.actor.exports import CallRefused
from chainview.actor.manifest import Target
from chainview.actor.peer_calls import SEND
from chainview.chain.schema import Schema
from chainview.commands.options.calls import GivenCall, given_calls, placed
from chainview.pack.values import UNIT
from chainview.system.errors import ChainviewError
from tests.actor.guests import INIT, Guest


def given(file: Path) -> list[tuple[str, str]]:
    """The calls that a file of messages stands for, each with its place."""
    args = argparse.Namespace(call=["f()"], calls=None, messages=str(file))
    return [(each.text, each.place) for each in given_calls(args)]


def test_a_message_a_line_is_a_call(tmp_path: Path) -> None:
    """A text is taken as it stands, one in quotes as a literal, bytes by their digits; they come behind the calls."""
    file = tmp_path / "m.txt"
    file.write_text(
        'send hello world\n\n# a comment\n  request say "hi"  \nsend "two\\nlines"\nsend hex:00ff\n'
        'channel-send ch_1 more\nchannel\nsend("as a call")\n'
    )
    assert given(file) == [
        ("f()", "--call 1"),
        ('send("hello world")', f"{file}:1"),
        ('request("say \\"hi\\"")', f"{file}:4"),
        ('send("two\\nlines")', f"{file}:5"),
        ("send([0u8, 255u8])", f"{file}:6"),
        ('channel-send("ch_1", "more")', f"{file}:7"),
        ('channel("")', f"{file}:8"),
        ('send("as a call")', f"{file}:9"),
    ]


def test_digits_that_are_none_are_told_by_their_place(tmp_path: Path) -> None:
    """The file and the line, before anything runs."""
    file = tmp_path / "m.txt"
    file.write_text("send hello\nsend hex:0\n")
    with pytest.raises(ChainviewError, match=r"m\.txt:2: hex: is followed by an even number"):
        given(file)


def test_a_file_that_holds_no_messages_is_told(tmp_path: Path) -> None:
    """As what it was given for."""
    with pytest.raises(ChainviewError, match=f"{tmp_path} is no regular file: the messages are read from one"):
        given(tmp_path)
    file = tmp_path / "m.txt"
    file.write_bytes(b"send \xff")
    with pytest.raises(
        ChainviewError, match=r"the file of messages .* is no text: one send TEXT a line was looked for"
    ):
        given(file)


def test_a_message_that_does_not_fit_is_told_by_its_place(tmp_path: Path) -> None:
    """Also behind others that the actor takes."""
    guest = Guest().returning(INIT, UNIT).returning(SEND, UNIT).written(tmp_path)
    calls = [GivenCall('send("hi")', "m.txt:1"), GivenCall('channel("hi")', "m.txt:2")]
    handler = "theater:simple/message-server-client.handle-channel-open"
    refused = CallRefused(f"the actor takes no channel: it exports no {handler}")
    assert placed(refused, Target(guest, "guest"), calls, Schema.VALUES).sentence == f"m.txt:2: {refused.sentence}"
