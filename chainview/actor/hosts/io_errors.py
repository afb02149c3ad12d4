"""What a guest is told of an error of the system: in the words of Rust's standard library."""

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
