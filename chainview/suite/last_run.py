"""Which tests of a suite failed when it ran last, kept in the user's cache."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from chainview.suite.case import Result
from chainview.system.errors import ChainviewError
from chainview.system.files.locations import made, suites_folder
from chainview.system.files.text_file import UnreadableText, read_text
from chainview.system.files.whole_file import write_whole

_MOST_KEPT = 256


def failed_last(settings: Path) -> frozenset[str]:
    """The names of the tests that failed last; none where nothing is known, or what is kept is damaged."""
    try:
        names = json.loads(read_text(_file(settings)))
    except (UnreadableText, ValueError, RecursionError):
        return frozenset()
    return frozenset(each for each in names if isinstance(each, str)) if isinstance(names, list) else frozenset()


def keep_failed(settings: Path, results: Sequence[Result]) -> None:
    """Keeps which of the tests that ran failed; of the others what was known stays.

    A cache that can't be written is no reason to fail.
    """
    ran = {each.name for each in results}
    failing = [each.name for each in results if not each.outcome.passes]
    names = sorted((failed_last(settings) - ran) | set(failing))
    with suppress(OSError, ChainviewError):
        made(suites_folder())
        write_whole(_file(settings), (json.dumps(names).encode(),), force=True)
        _let_oldest_go(suites_folder())


def _file(settings: Path) -> Path:
    return suites_folder() / f"{sha256(os.fsencode(settings.absolute())).hexdigest()[:32]}.json"


def _let_oldest_go(folder: Path) -> None:
    kept = sorted(folder.glob("*.json"), key=lambda path: path.stat().st_mtime)
    for path in kept[:-_MOST_KEPT]:
        path.unlink(missing_ok=True)
