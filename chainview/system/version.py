"""The version as a constant: reading it from package metadata would cost more than starting Python."""

from __future__ import annotations

VERSION = "0.1.0"
