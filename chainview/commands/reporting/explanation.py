"""The report of a replay or of a comparison."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from chainview.system.streams import emit

if TYPE_CHECKING:
    from chainview.replay.explain.explanation import Explanation


def print_explanation(explanation: Explanation, *, as_json: bool) -> int:
    """Prints an explanation; returns the exit code."""
    from chainview.replay.explain.json_report import report_object
    from chainview.replay.explain.text_report import report_text

    emit([json.dumps(report_object(explanation), ensure_ascii=False) if as_json else report_text(explanation)])
    return 0 if explanation.passes else 1
