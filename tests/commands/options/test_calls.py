"""Calls of a file and of standard input, and where each stands."""

from __future__ import annotations

import argparse
import gzip
import io
from pathlib import Path

import pytest

from chainview.actor.answers import read_answers
from chainview.actor.engine.loading import load_module
from chainview.actor.exports import CallRefused, exports_of, parse_call, read_state
from chainview.actor.manifest import Target
from chainview.commands.options.calls import given_calls, placed
from chainview.system.errors import ChainviewError
from tests.actor.running import sample

COUNTER = Target(Path(sample("counter")), "counter")


def given(calls: str, messages: str | None = None) -> argparse.Namespace:
    """The options that name them."""
    return argparse.Namespace(call=[], calls=calls, messages=messages)


def test_a_call_over_several_lines_is_one(tmp_path: Path) -> None:
    """Each is known by the line on which it begins; comments and blank lines are none."""
    (tmp_path / "calls").write_text("# a\n  f(\n    1,\n    2) # two\n\ng()\n")
    found = given_calls(given(str(tmp_path / "calls")))
    assert [(each.text, each.line, each.column) for each in found] == [("f(\n    1,\n    2)", 2, 3), ("g()", 6, 1)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("get-count()\n  increment(5.5)", "2:13"),
        ("increment(\n    5u8\n)", "2:5"),
        ("increment(5, 6)", "1:14"),
        ("increment()", "1:11"),
        ("increment(5", "1:12"),
        ("nothing()", "1"),
    ],
)
def test_a_call_that_does_not_fit_is_told_by_file_line_and_column(tmp_path: Path, text: str, place: str) -> None:
    """The column of the part that is to blame."""
    (tmp_path / "calls").write_text(text)
    calls = given_calls(given(str(tmp_path / "calls")))
    told = [
        placed(refused, COUNTER, calls).sentence for refused in map(_refused, [each.text for each in calls]) if refused
    ]
    assert [each.startswith(f"{tmp_path / 'calls'}:{place}: ") for each in told] == [True]


def _refused(text: str) -> CallRefused | None:
    try:
        parse_call(text, exports_of(load_module(COUNTER.module)))
    except CallRefused as refused:
        return refused
    return None


def test_calls_come_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    """With `-`, and they are known by its name."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"f(1)\n\ng()\n")))
    assert [(each.text, each.place) for each in given_calls(given("-"))] == [
        ("f(1)", "standard input:1"),
        ("g()", "standard input:3"),
    ]
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"send hi\n")))
    args = argparse.Namespace(call=[], calls=None, messages="-")
    assert [(each.text, each.place) for each in given_calls(args)] == [('send("hi")', "standard input:1")]


def test_standard_input_is_read_once() -> None:
    """Calls and messages can't both come from there."""
    with pytest.raises(ChainviewError, match="either calls or messages"):
        given_calls(given("-", "-"))


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12\n", "a Git LFS pointer"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>\n", "an HTML page"),
        (gzip.compress(b"f()", mtime=0), "a gzip file"),
        ("f()\n".encode("utf-16"), "text in UTF-16"),
        ("f()\n".encode("utf-16-le"), "text in UTF-16"),
    ],
)
def test_a_file_of_another_kind_is_named(tmp_path: Path, data: bytes, kind: str) -> None:
    """Given as calls, as messages and as answers, also where it could be read as text; a mark alone is an empty one."""
    file = tmp_path / "given"
    file.write_bytes(data)
    for calls, messages in ((str(file), None), (None, str(file))):
        with pytest.raises(ChainviewError, match=f"no text in UTF-8 but {kind}"):
            given_calls(argparse.Namespace(call=[], calls=calls, messages=messages))
    with pytest.raises(ChainviewError, match=kind):
        read_answers(file)
    file.write_bytes(b"\xef\xbb\xbf")
    assert not given_calls(given(str(file)))
    assert not read_answers(file).lines


def test_a_byte_order_mark_is_no_part_of_what_is_typed() -> None:
    """Of a state, or a call, that a shell took from a file."""
    exports = exports_of(load_module(COUNTER.module))
    assert read_state("\ufeff5s32", exports) == read_state("5s32", exports)
    assert parse_call("\ufeffincrement(5)", exports) == parse_call("increment(5)", exports)
