"""What was found of a family, for programs: one JSON object."""

from __future__ import annotations

from chainview.replay.explain.json_report import report_object
from chainview.replay.families.findings import Compared, FamilyFindings, Reach

MOST_REACHES = 1000
"""That are listed."""


def family_object(found: FamilyFindings) -> dict[str, object]:
    """The documented, versioned object: for each member what a single report has."""
    first = found.first
    return {
        "chainview": 1,
        "command": found.command,
        "mode": found.mode,
        "verdict": found.verdict.value,
        "sentence": found.sentence,
        "members": [_member(found, each) for each in found.members],
        "families": _families(found),
        "first": None if first is None else _first(first),
        "reaches": [_reach(each) for each in found.reaches[:MOST_REACHES]],
        "left_out": found.left_out,
        "remarks": list(found.remarks),
        "live_host_calls": found.live_host_calls,
    }


def _families(found: FamilyFindings) -> dict[str, object] | None:
    """The two that were compared, with how many actors each has, and those that only one has."""
    if not found.other:
        return None
    only = {
        folder: [each for each in found.members if each.only_in == folder] for folder in (found.folder, found.other)
    }
    both = sum(not each.alone for each in found.members)
    return {
        side: {
            "folder": folder,
            "actors": both + len(only[folder]),
            "only_here": [each.member.file.name for each in only[folder]],
        }
        for side, folder in (("recorded", found.folder), ("now", found.other))
    }


def _member(found: FamilyFindings, compared: Compared) -> dict[str, object]:
    report = {} if compared.explanation is None else report_object(compared.explanation)
    follows = (found.following or {}).get(compared.member.number)
    return {key: report[key] for key in report if key not in ("chainview", "command")} | {
        **compared.member.as_object(),
        "by": None if compared.by is None else compared.by.name,
        "by_path": None if compared.by is None else compared.by.whole,
        "problem": compared.problem or None,
        "only_in": compared.only_in or None,
        "follows": None if follows is None else _reach(follows),
    }


def _first(first: Compared) -> dict[str, object]:
    causes = () if first.explanation is None else first.explanation.causes
    return {
        "number": first.member.number,
        "file": first.member.file.name,
        "name": first.member.name,
        "event": causes[0].event if causes else None,
        "code": causes[0].code.value if causes else None,
    }


def _reach(reach: Reach) -> dict[str, object]:
    return {
        "kind": reach.kind.value,
        "from": {"member": reach.source, "event": reach.source_event},
        "to": {"member": reach.target, "event": reach.target_event},
        "alike": reach.alike,
    }
