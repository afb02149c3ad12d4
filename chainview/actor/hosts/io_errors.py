"""What a guest is told of an error of the system, or of a text: in the words of Rust's standard library."""

from __future__ import annotations

import os
import socket


def io_words(error: OSError) -> str:
    """What Rust displays for that error, such as `Connection refused (os error 111)`."""
    if isinstance(error, socket.gaierror):
        return f"failed to lookup address information: {error.strerror}"
    if error.errno is None:
        return str(error)
    return f"{os.strerror(error.errno)} (os error {error.errno})"


def utf8_words(error: UnicodeDecodeError) -> str:
    """What Rust displays for bytes that are no UTF-8."""
    if error.reason == "unexpected end of data":
        return f"incomplete utf-8 byte sequence from index {error.start}"
    return f"invalid utf-8 sequence of {error.end - error.start} bytes from index {error.start}"
