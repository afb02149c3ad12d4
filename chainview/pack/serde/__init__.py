"""The JSON form of values, which Theater's oldest chains and its exports use."""

from __future__ import annotations

from chainview.pack.serde.reader import SerdeError, from_serde
from chainview.pack.serde.writer import to_serde

__all__ = ["SerdeError", "from_serde", "to_serde"]
