"""Why a call failed, for comparing."""

from __future__ import annotations

from chainview.chain.reason import reason_of, same_reason

__all__ = ["reason_of", "same_reason"]
