"""Files that are given in the place of others are named."""

from __future__ import annotations

import bz2
import gzip
import io
import tarfile
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.system.files.file_kind import file_kind, is_utf16


def _zip() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a", "b")
    return held.getvalue()


def _tar() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("a.wasm"))
    return held.getvalue()


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", "git lfs pull"),
        (gzip.compress(b"x", mtime=0), "gzip"),
        (_zip(), "a zip archive"),
        (_tar(), "a tar archive"),
        (b" \n<!DOCTYPE html><html>", "an HTML page"),
        (b"<HTML lang='en'>", "an HTML page"),
        (b"<?xml version='1.0'?>", "XML"),
        ("(module)".encode("utf-16"), "UTF-16"),
        ("name = 'a'".encode("utf-16-le"), "UTF-16"),
        ("{'a': 1}".encode("utf-16-be"), "UTF-16"),
        ("(module)".encode("utf-32"), "UTF-16 (or UTF-32)"),
        (b"\x7fELF\x02\x01\x01", "native code"),
        (b"!<arch>\n/               0 ", "a library archive"),
        (b"\0asm\x0d\0\x01\0", "a WebAssembly component"),
        (b"\0asm\x01\0\0\0", "a WebAssembly module"),
        (b"AGFzbQEAAAA=", "base64"),
        (bytes(100), "nothing but zeros"),
        (bz2.compress(b"x"), "a bzip2 file"),
        (bz2.compress(b""), "a bzip2 file"),
        (b"MZ\x90\0\x03\0\0\0\x04\0\0\0", "a Windows executable"),
        (b"MZ(1)\n", ""),
        (b"BZh(1)\n", ""),
        (b"(module)", ""),
        (b"name = 'a'", ""),
        (b"\xef\xbb\xbfname = 'a'", ""),
        (b"\xef\xbb\xbf", "nothing but a byte order mark"),
        (b"\xef\xbb\xbf\0asm\x01\0\0\0", "binary data behind a byte order mark"),
        (b"\xef\xbb\xbf\xef\xbb\xbf(module)", "more than one byte order mark"),
        (b"\xef\xbb\xbfversion https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
        (b"", ""),
    ],
)
def test_what_a_file_is_stands_in_words(head: bytes, says: str) -> None:
    """Each kind that is given by mistake is named with what to do; what may be right is not."""
    assert says in file_kind(head) if says else not file_kind(head)


@given(st.text(st.characters(min_codepoint=9, max_codepoint=0x2FFF, exclude_categories=["Cs"]), min_size=1))
def test_no_text_in_utf8_is_taken_for_another(text: str) -> None:
    """Text without zeros is never told to be UTF-16."""
    assert not is_utf16(text.encode())
