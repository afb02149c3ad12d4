"""Whose a line is, of formats in which the events of several actors stand one after the other."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

_CLI_ACTOR: Final = re.compile(rb'"actor_id"\s*+:\s*+"([^"\\]++)"')
_HANDLE: Final = re.compile(rb'"handle"\s*+:\s*+"([^"\\]*+)"')
_CHILD: Final = re.compile(rb'"child"\s*+:\s*+"([^"\\]*+)"')
_EVENT_TYPE: Final = re.compile(rb'"(?:event_type|type)"\s*+:\s*+"([^"\\]*+)"')
_SEQ: Final = re.compile(rb'"seq"\s*+:\s*+(\d{1,18})\s*+[,}]')
_LOG_LINE: Final = re.compile(rb"\[([0-9a-f]{8})\] ")
_HUMAN_HEAD: Final = re.compile(rb"(?:\xef\xbb\xbf)?EVENT \[([^\]\n]{0,200})\] [0-9a-fA-F]{40}\r?\n?$")
_HUMAN_TYPE: Final = re.compile(rb"[ \t]*+type:[ \t]*+([^\r\n]*+)")
_SPAWN_CALLS: Final = ("/spawn", "/spawn-and-wait")


@dataclass(frozen=True, slots=True)
class Whose:
    """An actor as its lines name it; `id` and `name` are empty where they don't tell."""

    key: str
    """What no other one has."""
    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class LoggedBy:
    """A line that an actor logged of whose id only the beginning is told."""

    beginning: str


SAME: Final = None
"""Of a line that does not say whose it is: it goes on with the one before."""
ReadLine = Callable[[bytes], Whose | LoggedBy | None]


TELLING: Final[dict[str, re.Pattern[bytes]]] = {
    "cli-json": re.compile(rb"actor_id|\\"),
    "capture": re.compile(rb"handle|child|\\"),
    "human": re.compile(rb"EVENT \["),
}
"""What stands in each line of a format that tells whose it is: a key of it, which may be escaped."""


def _of_printed(line: bytes) -> Whose | LoggedBy | None:
    """Of a line that Theater's command line prints with `--events-format json`."""
    log = _LOG_LINE.match(line)
    if log is not None:
        return LoggedBy(log.group(1).decode("ascii"))
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return SAME
    if TELLING["cli-json"].search(line) is None:
        return SAME
    found = _CLI_ACTOR.search(line)
    id = found.group(1).decode("utf-8", "replace") if found is not None else _text(_object(line).get("actor_id"))
    return Whose(id, id) if id else SAME


def _of_capture(line: bytes) -> Whose | None:
    """Of a line of a supervisor's capture, where a child that was begun anew is another actor."""
    if not line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{"):
        return SAME
    if TELLING["capture"].search(line) is None:
        return SAME
    handle, child = _HANDLE.search(line), _CHILD.search(line)
    if handle is not None and child is not None:
        named, id = (found.group(1).decode("utf-8", "replace") for found in (handle, child))
    else:
        stored = _object(line)
        named, id = _text(stored.get("handle")), _text(stored.get("child"))
    return Whose(f"{named}\0{id}", id, named) if named or id else SAME


def _of_dump(line: bytes) -> Whose | None:
    """Of a line that Theater's command line prints with `--events-format full`: a head begins what is of an actor."""
    found = _HUMAN_HEAD.match(line)
    if found is None:
        return SAME
    id = found.group(1).decode("utf-8", "replace")
    return Whose(id, id)


DIVISIBLE: Final[dict[str, ReadLine]] = {"cli-json": _of_printed, "capture": _of_capture, "human": _of_dump}
"""The formats that may hold the chains of several actors, and what tells whose a line of each is."""


def is_spawn(line: bytes, format: str) -> bool:
    """Whether a line tells that an actor spawned another one, and that this is done."""
    if b"/spawn" not in line:
        return False
    found = _HUMAN_TYPE.match(line) if format == "human" else _EVENT_TYPE.search(line)
    return found is not None and found.group(1).decode("utf-8", "replace").endswith(_SPAWN_CALLS)


def sequence_number(line: bytes) -> int | None:
    """The number of a line of a capture."""
    found = _SEQ.search(line)
    return None if found is None else int(found.group(1))


def _object(line: bytes) -> dict[str, object]:
    try:
        stored = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return stored if isinstance(stored, dict) else {}


def _text(stored: object) -> str:
    return stored if isinstance(stored, str) else ""
