"""Literals where a type is declared: what the type tells need not be typed."""

from __future__ import annotations

from chainview.pack.typed.completing import UNDECLARED, completed
from chainview.pack.typed.fitting import fitted

__all__ = ["UNDECLARED", "completed", "fitted"]
