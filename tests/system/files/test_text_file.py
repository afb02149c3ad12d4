"""Small text files that are none."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from chainview.system.files.text_file import (
    MOST_BYTES,
    NoRegularFile,
    UnreadableText,
    open_regular,
    read_text,
    read_toml,
)


def test_a_byte_order_mark_is_no_part_of_a_text(tmp_path: Path) -> None:
    """A text with a byte order mark reads as the one without, also as TOML."""
    path = tmp_path / "x.toml"
    path.write_bytes(b'\xef\xbb\xbfa = "b"\n')
    assert read_text(path) == 'a = "b"\n'
    assert read_toml(path) == {"a": "b"}


@pytest.mark.parametrize("name", ["/dev/zero", "pipe", "folder", "socket-less"])
def test_what_is_no_regular_file_is_refused_without_waiting(tmp_path: Path, name: str) -> None:
    """A device without end, a pipe that nobody writes to, a folder and nothing at all are a sentence at once."""
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnreadableText) as error:
        read_text(tmp_path / name)
    assert error.value.missing is (name == "socket-less")


def test_a_file_that_has_nothing_to_read_yet_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What has the looks of a regular file and lets its readers wait, as the system's log does, is refused."""
    os.mkfifo(tmp_path / "log")
    monkeypatch.setattr("chainview.system.files.text_file.stat.S_ISREG", lambda mode: True)
    writer = os.open(tmp_path / "log", os.O_RDWR)
    with pytest.raises(UnreadableText, match="no regular file"):
        read_text(tmp_path / "log")
    os.close(writer)


@pytest.mark.parametrize("name", ["n" * 5000, "a/" * 5000, "\0", "\udcff"], ids=["long", "deep", "nul", "surrogate"])
def test_a_name_that_can_be_no_file_is_a_sentence(name: str) -> None:
    """A name that is too long for the file system, or can be none, is told as such."""
    with pytest.raises(UnreadableText):
        read_text(name)


def test_what_is_refused_is_not_kept_open(tmp_path: Path) -> None:
    """A folder, and a pipe, are refused in the same words each time, and closed."""
    os.mkfifo(tmp_path / "pipe")
    free = os.dup(0)
    os.close(free)
    for path in (tmp_path, tmp_path / "pipe") * 2:
        with pytest.raises(NoRegularFile, match="it is no regular file"):
            open_regular(path)
    again = os.dup(0)
    os.close(again)
    assert again == free


NO_TOML = {
    "no text": b"\xff",
    "deep": b"a = " + b"[" * 100_000,
    "a long number": b"a = " + b"1" * 5001,
    "a very long number": b"a = 0x" + b"f" * 100_000,
    "a very long number in a list": b"a = [\n1." + b"1" * 100_000 + b"]",
    "a very long number behind an e": b"a = 1.5e-" + b"1" * 100_000,
    "a very long number behind a text": b"""a = [''' "''''', "\\"#", '"', 0x""" + b"f" * 100_000 + b"]",
    "a long name": b"a" + b".a" * 50_000 + b" = [",
    "a long name in quotes": b'"a b"' + b'."a b"' * 50_000 + b" = [",
    "half a line": b"=",
    "large": b"#" * (MOST_BYTES + 1),
}


@pytest.mark.parametrize("name", NO_TOML)
def test_what_can_not_be_toml_is_refused(tmp_path: Path, name: str) -> None:
    """Bytes that are no text, nesting and numbers without end, and a file larger than any written by hand are named."""
    path = tmp_path / "x.toml"
    path.write_bytes(NO_TOML[name])
    with pytest.raises(UnreadableText):
        read_toml(path)


@pytest.mark.parametrize("digits", ["1" * 100_000, f"x, {'1' * 100_000}", f"\\\\ 1e+{'1' * 100_000} # "])
@pytest.mark.parametrize("quote", ['"', "'", '"""\n', "'''\n"])
def test_a_very_long_text_of_digits_is_no_number(tmp_path: Path, digits: str, quote: str) -> None:
    """What stands in quotes, or in a comment, is read whatever it is made of."""
    path = tmp_path / "x.toml"
    path.write_text(f"a = {quote}{digits}{quote.strip()} # {digits}{'a.' * 200}\n")
    assert read_toml(path)["a"].startswith(digits[:1])
