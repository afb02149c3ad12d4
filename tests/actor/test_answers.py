"""Answers that a person gives: how a file of them is read, and what of a chain is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.actor.answers import GivenAnswer, read_answers, recorded_answers
from chainview.pack.values import S32, U8, UNIT, Result, String, Tuple
from chainview.system.errors import ChainviewError
from tests.chain import samples


def written(folder: Path, text: str) -> Path:
    """A file of answers."""
    path = folder / "peer.txt"
    path.write_text(text)
    return path


def test_a_line_is_a_function_perhaps_its_arguments_and_an_answer(tmp_path: Path) -> None:
    """Blank lines and comments are passed over; signs of equality in brackets and texts part nothing."""
    path = written(
        tmp_path,
        '# a peer\n\ntcp.receive = ok<string, string>("a = b")\nget("k=1)", 5s32) = 1u8\nalways now() = 3s32\n'
        "f(map<u8, u8>[1u8 => 2u8]) = ()\n",
    )
    answers = read_answers(path)
    assert answers.source == "peer.txt"
    first, second, third, fourth = answers.lines
    assert (first.name, first.arguments, first.always, first.place) == ("tcp.receive", None, False, f"{path}:3")
    assert isinstance(first.answer, Result)
    assert (second.name, second.arguments, second.answer) == ("get", (String("k=1)"), S32(5)), U8(1))
    assert (third.name, third.arguments, third.always) == ("now", (), True)
    assert (fourth.name, fourth.answer) == ("f", UNIT)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("receive", "was looked for"),
        (" = 5s32", "was looked for"),
        ("receive = ", "peer.txt:1:10: expected a value"),
        ("receive(5 = 5s32", "was looked for"),
        ("  receive(x y) = 5s32", r"peer\.txt:1:13: expected '\)', got 'y'"),
        ("receive = 5s32 6s32", "peer.txt:1:16: there is more text"),
    ],
)
def test_a_line_that_is_none_is_named(tmp_path: Path, text: str, says: str) -> None:
    """The sentence has the place, and nothing runs."""
    with pytest.raises(ChainviewError, match=says):
        read_answers(written(tmp_path, text))


def test_a_file_that_can_not_be_read_is_named(tmp_path: Path) -> None:
    """One that is not there, and one that is no text."""
    with pytest.raises(ChainviewError, match="can't read the answers in"):
        read_answers(tmp_path / "none.txt")
    (tmp_path / "peer.txt").write_bytes(b"\0asm\x01\0\0\0\xff")
    with pytest.raises(ChainviewError, match="can't read the answers in"):
        read_answers(tmp_path / "peer.txt")


@pytest.mark.parametrize(
    ("name", "means"),
    [("a:b/host.get", True), ("host.get", True), ("get", True), ("b/host.get", False), ("et", False), ("other", False)],
)
def test_a_function_goes_by_as_much_of_its_interface_as_is_said(name: str, means: bool) -> None:
    """Its own name, with the interface's last part, or the whole; never a part of a word."""
    assert GivenAnswer("", name, None, UNIT, False).names(("a:b/host", "get")) is means


def test_arguments_stand_for_what_is_handed_over() -> None:
    """One argument travels alone, several as a tuple, and none as the unit."""
    for arguments, input in (((), UNIT), ((S32(1),), S32(1)), ((S32(1), S32(2)), Tuple((S32(1), S32(2))))):
        given = GivenAnswer("", "f", arguments, UNIT, False)
        assert given.fits(input)
        assert not given.fits(String("other"))
    assert GivenAnswer("", "f", None, UNIT, False).fits(String("other"))


def test_a_chain_gives_its_host_calls(tmp_path: Path) -> None:
    """With what they answered, in their order; one without any has nothing to give."""
    samples.write_native(tmp_path / "c.chain", 5)
    samples.write_native(tmp_path / "none.chain", 1)
    found = recorded_answers(tmp_path / "c.chain")
    assert found.source == "c.chain"
    assert [each.function for each in found.recorded] == ["log", "now", "put"]
    assert found.recorded[0].output == UNIT
    with pytest.raises(ChainviewError, match="holds no host call"):
        recorded_answers(tmp_path / "none.chain")


def test_the_page_s_example_can_be_read(tmp_path: Path) -> None:
    """Its lines are answers as they stand there."""
    page = Path(__file__).resolve().parents[2] / "docs" / "answers.md"
    example = [line.strip() for line in page.read_text().split("\n") if line.startswith("    ")]
    answers = read_answers(written(tmp_path, "\n".join(example)))
    assert [line.name for line in answers.lines] == ["tcp.connect", "tcp.receive", "tcp.receive", "timer.now"]
