"""Chains of a suite that are equal to the byte: they have one verdict, or the actor is not reproducible."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from chainview.replay.differences.codes import Code
from chainview.replay.explain.rules.store import rules_file
from chainview.suite.case import Case, Outcome, Result
from chainview.system.files.digest import sha256_of


def content_hash(path: Path) -> str:
    """The SHA-256 of a chain's bytes, of a family those of all its files; empty where they can't be read."""
    try:
        if not path.is_dir():
            return sha256_of(path)
        files = sorted(each for each in path.rglob("*") if each.is_file() and not each.name.startswith("."))
        told = [f"{each.relative_to(path).as_posix()}\0{sha256_of(each)}" for each in files]
    except OSError:
        return ""
    return sha256(os.fsencode("\n".join(told))).hexdigest()


def with_two_verdicts(cases: Sequence[Case], results: Sequence[Result]) -> list[Result]:
    """The results; tests that are equal and came to two verdicts differ, each for being not reproducible (B1c)."""
    named = {each.name: each for each in cases}
    if len({_verdict(each) for each in results if each.outcome.judges}) < 2:
        return list(results)
    groups = dict[object, list[Result]]()
    # Of chains with sizes of their own none is equal to another, and none is read again.
    for size in _of_equal_sizes(results, named):
        for result in size:
            groups.setdefault(_all_that_counts(named[result.name]), []).append(result)
    odd = {
        each.name: group for group in groups.values() if len({_verdict(other) for other in group}) > 1 for each in group
    }
    return [_twice(each, odd[each.name]) if each.name in odd else each for each in results]


def _of_equal_sizes(results: Sequence[Result], named: Mapping[str, Case]) -> list[list[Result]]:
    sizes = dict[int, list[Result]]()
    for result in results:
        path = Path(named[result.name].path)
        if result.outcome.judges and path.is_file():
            sizes.setdefault(path.stat().st_size, []).append(result)
    return [each for each in sizes.values() if len(each) > 1]


def _verdict(result: Result) -> object:
    return result.outcome, result.code, result.says[0]


def _all_that_counts(case: Case) -> object:
    """What two tests have in common that can have one verdict alone."""
    rules = Path(case.accept) if case.accept is not None else rules_file(case.path)
    chain = content_hash(Path(case.path)) or case.path
    return chain, content_hash(rules) if rules.exists() else "", case.state


def _twice(result: Result, group: Sequence[Result]) -> Result:
    code = Code.RANDOM
    told = "; ".join(f"{each.name} {each.outcome.value}: {each.says[0]}" for each in group)
    sentence = f"{code} {code.description.title}: equal chains came to two verdicts"
    text = f"{sentence}\n{told}\n\n{result.text}".rstrip()
    return replace(result, outcome=Outcome.DIFFERS, says=(sentence,), text=text, code=code.value, may_be_kept=False)
