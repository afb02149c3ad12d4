"""What a file is that was given in the place of another, told from its first bytes."""

from __future__ import annotations

import re
from typing import Final

ENOUGH: Final = 1 << 10
"""How many of a file's first bytes tell its kind."""
BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_BEGINNINGS: Final = (
    (b"version https://git-lfs.github.com/spec/", "a Git LFS pointer, not the file itself: run `git lfs pull`"),
    (b"\x1f\x8b", "a gzip file: unpack it first"),
    (b"PK\x03\x04", "a zip archive: unpack it first"),
    (b"\xfd7zXZ\0", "an xz file: unpack it first"),
    (b"\x28\xb5\x2f\xfd", "a zstd file: unpack it first"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive: unpack it first"),
    (b"\x04\x22\x4d\x18", "a lz4 file: unpack it first"),
    (b"\x7fELF", "an ELF file, native code"),
    (b"\xcf\xfa\xed\xfe", "a Mach-O file, native code"),
    (b"\xca\xfe\xba\xbe", "a Mach-O or Java class file"),
    (b"!<arch>\n", "a library archive (.a, .rlib, .lib)"),
    (b"BC\xc0\xde", "LLVM bitcode"),
    (b"SQLite format 3\0", "an SQLite database"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\0asm\x0d\0\x01\0", "a WebAssembly component"),
    (b"\0asm", "a WebAssembly module"),
)
_PATTERNS: Final = (
    (re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)"), "a bzip2 file: unpack it first"),
    # Two letters begin names too.
    (re.compile(rb"MZ.{0,62}\0", re.DOTALL), "a Windows executable or library"),
)
_MARKUP: Final = re.compile(rb"<(?:!doctype html|html|head|body)\b", re.IGNORECASE)
_BASE64: Final = b"AGFzbQ"
_TAR_MARK, _TAR_AT = b"ustar", 257


def file_kind(head: bytes) -> str:
    """What a file is that begins like this, in words behind `but`, and what to do about it; empty for any other."""
    marked = head.startswith(BYTE_ORDER_MARK)
    head = head.removeprefix(BYTE_ORDER_MARK)
    if marked and not head:
        return "nothing but a byte order mark"
    if marked and b"\0" in head:
        return "binary data behind a byte order mark, from a program for text: take the file itself once more"
    if marked and head.startswith(BYTE_ORDER_MARK):
        return "text with more than one byte order mark: leave one or none"
    for beginning, kind in _BEGINNINGS:
        if head.startswith(beginning):
            return kind
    for pattern, kind in _PATTERNS:
        if pattern.match(head):
            return kind
    if is_utf16(head):
        return "text in UTF-16 (or UTF-32): save it as UTF-8"
    if head[_TAR_AT : _TAR_AT + len(_TAR_MARK)] == _TAR_MARK:
        return "a tar archive: unpack it first"
    text = head.lstrip()
    if _MARKUP.match(text):
        return "an HTML page, as a failed download leaves one"
    if text.startswith(b"<?xml"):
        return "an XML document"
    if text.startswith(_BASE64):
        return "a module in base64: decode it first"
    if head and not head.strip(b"\0"):
        return "nothing but zeros: it was not written whole"
    return ""


def other_than_text(head: bytes) -> str:
    """What a file is that was given in the place of text and begins like this, as `file_kind`; empty for text.

    Some of what is no text can be read as if it were; a byte order mark alone is an empty text.
    """
    return "" if head == BYTE_ORDER_MARK else file_kind(head)


def is_utf16(head: bytes) -> bool:
    """Whether text begins like this in UTF-16 or UTF-32: with the mark of either, or as a letter beside a zero."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return True
    sample = head[:16]
    zeros = [at for at, byte in enumerate(sample) if not byte]
    printable = bytes(byte for byte in sample if byte and byte not in b"\t\r\n")
    return (
        len(sample) > 3
        and len(zeros) * 2 >= len(sample)
        and len({at % 2 for at in zeros}) == 1
        and (printable.isascii() and printable.decode("ascii").isprintable())
    )
