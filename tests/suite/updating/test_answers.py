"""What becomes of chains that differ."""

from __future__ import annotations

import errno
import json
import os
import shutil
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from chainview.chain.files.exporters import WRITERS, Losses, all_of
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.replay.explain.rules.store import read_rules
from chainview.suite.case import Case, Outcome, Result
from chainview.suite.judging import judge
from chainview.suite.updating.answers import AcceptAll, Answers, updated
from chainview.suite.updating.differing import differing
from chainview.system.errors import ChainviewError
from tests.actor.running import sample
from tests.suite.folders import PRICING, counted
from tests.suite.shrink.folders import edited_counter, two_guilty

pytestmark = pytest.mark.once

SHORT = PRICING / "workloads" / "short.chain"


@dataclass
class Played:
    """A person who gives these answers, and then none."""

    answers: list[str]
    told: list[str] = field(default_factory=list)

    def ask(self, question: str) -> str | None:
        """The next of the answers."""
        self.told.append(question)
        return self.answers.pop(0) if self.answers else None

    def tell(self, line: str) -> None:
        """Takes note of a line."""
        self.told.append(line)


def case(folder: Path, fault: str, name: str = "a.chain", chain: Path = SHORT) -> Case:
    """A chain that a faulty build makes differently."""
    folder.mkdir(exist_ok=True)
    shutil.copy(chain, folder / name)
    return Case(name, str(folder / name), str(PRICING / "faults" / f"{fault}.wasm"), modules=str(PRICING))


def answered(found: Case, *answers: str, modules: Path | None = None) -> tuple[Result, Played]:
    """What a chain comes to once a person gave these answers."""
    person = Played(list(answers))
    (result,) = updated([found], [judge(found)], Answers(person, modules), person.tell)
    return result, person


def test_a_difference_is_accepted_for_a_reason(tmp_path: Path) -> None:
    """After it was seen; the rule is the one that `chainview accept` writes, and is all that is written."""
    found = case(tmp_path, "changed-field")
    before = Path(found.path).read_bytes()
    result, person = answered(found, "what?", "a new tariff")
    assert result.outcome is Outcome.ACCEPTED
    told = "\n".join(person.told)
    assert "DIVERGES at event 17 of 55" in told
    assert "'what?' is none of these" in told
    assert 'accepting it lets through only "at" → "AT"' in told
    (rule,) = read_rules(tmp_path / "a.chain.accept.toml")
    assert (rule.code, rule.reason, len(rule.seen)) == ("C1", "new tariff", 2)
    assert Path(found.path).read_bytes() == before


@pytest.mark.parametrize("answers", [[], [""], ["q"]])
def test_what_is_left_stays_as_it_was(tmp_path: Path, answers: list[str]) -> None:
    """Nothing is written, and it still differs."""
    found = case(tmp_path, "changed-field")
    result, _ = answered(found, *answers)
    assert result.outcome is Outcome.DIFFERS
    assert [path.name for path in tmp_path.iterdir()] == ["a.chain"]


def test_the_chain_that_is_made_now_is_taken(tmp_path: Path) -> None:
    """Where all it asked was answered: it is sound, of the new module, and passes from now on."""
    found, modules = case(tmp_path / "chains", "changed-field"), tmp_path / "modules"
    modules.mkdir()
    result, _ = answered(found, "t", modules=modules)
    assert (result.outcome, result.says[0][:9]) == (Outcome.PASSED, "identical")
    with open_chain(found.path) as opened:
        assert verify(opened).sound
        assert opened.header is not None
        assert (modules / f"{opened.header.module_sha256}.wasm").read_bytes() == Path(found.actor).read_bytes()
        assert opened.header.initial_state
    assert [path.name for path in (tmp_path / "chains").iterdir()] == ["a.chain"]


def test_a_chain_that_asked_what_was_not_recorded_is_not_taken(tmp_path: Path) -> None:
    """It is not offered, and told why where it is wanted all the same."""
    found = case(tmp_path, "extra-end")
    before = Path(found.path).read_bytes()
    result, person = answered(found, "t", "")
    assert result.outcome is Outcome.DIFFERS
    assert any("it can't be taken: " in each and "had no answer in the recording" in each for each in person.told)
    assert not any("(t)" in each for each in person.told)
    assert Path(found.path).read_bytes() == before
    with differing(found) as differs, pytest.raises(ChainviewError, match="can't be taken"):
        differs.take(None)


def test_a_chain_is_taken_in_its_own_format(tmp_path: Path) -> None:
    """Theater's array stays one."""
    text = tmp_path / "s.json"
    with open_chain(SHORT) as opened:
        text.write_bytes(b"".join(WRITERS["json"](all_of(opened.load()), Losses())))
        assert opened.header is not None
    found = case(tmp_path / "chains", "changed-field", "a.json", text)
    found = replace(found, state=None)
    result = judge(found)
    if result.outcome is Outcome.DIFFERS:
        result, _ = answered(found, "t")
        assert result.outcome is Outcome.PASSED
    assert Path(found.path).read_bytes().startswith(b"[")


def test_a_chain_whose_module_does_not_make_it_again_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is there stays."""
    found = case(tmp_path, "changed-field")
    before = Path(found.path).read_bytes()
    monkeypatch.setattr(
        "chainview.suite.updating.differing.judge", lambda case: Result(case.name, Outcome.DIFFERS, says=("other",))
    )
    with differing(found) as differs, pytest.raises(ChainviewError, match="is not made again"):
        differs.take(None)
    assert Path(found.path).read_bytes() == before


def test_all_is_accepted_where_nobody_is_asked(tmp_path: Path) -> None:
    """Also what shows only once something else is accepted; chains that do not differ are left alone."""
    faults = ("two-faults", "extra-middle", "replaced-call", "missing-call")
    found = [case(tmp_path, fault, f"{fault}.chain") for fault in faults]
    told = list[str]()
    broken = Result("broken", Outcome.DAMAGED)
    results = updated(
        [*found, Case("broken", "/nowhere", "/nowhere")], [*map(judge, found), broken], AcceptAll(told.append), print
    )
    assert [each.outcome for each in results] == [Outcome.ACCEPTED] * 4 + [Outcome.DAMAGED]
    assert all("accepted, in" in each for each in told)


def test_what_changes_too_much_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of it is accepted, whoever is asked."""

    def too_much(found: object, reason: str = "") -> None:
        raise ChainviewError("it changes too much")

    monkeypatch.setattr("chainview.suite.updating.differing.rule_for", too_much)
    monkeypatch.setattr("chainview.suite.updating.answers.rule_for", too_much)
    found, told = case(tmp_path, "changed-field"), list[str]()
    (result,) = updated([found], [judge(found)], AcceptAll(told.append), print)
    assert (result.outcome, "changes too much" in told[0]) == (Outcome.DIFFERS, True)
    result, person = answered(found, "a")
    assert result.outcome is Outcome.DIFFERS
    assert "  it is not accepted: it changes too much" in person.told
    assert not (tmp_path / "a.chain.accept.toml").exists()


def test_two_verdicts_for_one_chain_are_told(tmp_path: Path) -> None:
    """What differed and does not differ any more is not reproducible: nothing of it is accepted."""
    chain, told = tmp_path / "c.chain", list[str]()
    chain.write_bytes(counted())
    found = Case("c.chain", str(chain), str(sample("counter")))
    (result,) = updated([found], [Result("c.chain", Outcome.DIFFERS)], AcceptAll(print), told.append)
    assert result.outcome is Outcome.DIFFERS
    assert "two different results (B1c)" in told[0]
    again = replace(found, sha256="0" * 64)
    updated([again], [Result("c.chain", Outcome.DIFFERS)], AcceptAll(print), told.append)
    assert "was built anew" in told[1]


@pytest.fixture
def family(tmp_path: Path) -> Case:
    """A family of three counters of which an edited build makes two differently, and the chain of a fourth is gone."""
    folder = tmp_path / "f"
    folder.mkdir()
    for name in ("0-counter", "2-counter"):
        shutil.move(two_guilty(tmp_path, 5), folder / f"{name}.chain")
    (folder / "1-counter.chain").write_bytes(counted())
    rows = [{"file": f"{number}-counter.chain", "id": f"a{number}", "name": "counter"} for number in range(4)]
    (folder / "family.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return Case("f", str(folder), str(edited_counter(tmp_path)))


def test_each_difference_of_a_family_is_shown_and_accepted(family: Case) -> None:
    """Member by member, by the rules of each; the chain made now is not to be had of one of them alone."""
    folder = Path(family.path)
    result, person = answered(family, "t", "a other words", "q")
    assert result.outcome is Outcome.DIFFERS
    assert [name for name in person.told if name.startswith("f: ")] == ["f: 0-counter.chain", "f: 2-counter.chain"]
    assert any("can't be taken: chains of a family tell of each other" in each for each in person.told)
    (rule,) = read_rules(folder / "0-counter.chain.accept.toml")
    assert (rule.code, rule.reason) == ("C8", "other words")
    assert not (folder / "2-counter.chain.accept.toml").exists()
    result, person = answered(family, "a")
    assert [name for name in person.told if name.startswith("f: ")] == ["f: 2-counter.chain"]
    assert result.outcome is not Outcome.DIFFERS


def test_all_that_differs_of_a_family_is_accepted(family: Case) -> None:
    """What is wrong with it else stays as it is."""
    told = list[str]()
    (result,) = updated([family], [judge(family)], AcceptAll(told.append), told.append)
    assert [line.partition(":")[0] for line in told] == ["f", "f"]
    assert all("1 difference accepted, in" in line for line in told)
    assert result.outcome is Outcome.ERROR
    (Path(family.path) / "family.jsonl").write_text('{"file": "1-counter.chain", "id": "a1", "name": "counter"}\n')
    updated([family], [Result("f", Outcome.DIFFERS)], AcceptAll(print), told.append)
    assert "two different results (B1c)" in told[-1]


def test_rules_that_may_not_outlive_a_power_cut_are_told_as_accepted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are there, and the chain is judged by them: nobody is told that it is not accepted."""

    def fail(folder: Path) -> None:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr("chainview.system.files.whole_file.sync_folder", fail)
    found, told = case(tmp_path / "all", "changed-field"), list[str]()
    (result,) = updated([found], [judge(found)], AcceptAll(told.append), print)
    rules = f"{found.path}.accept.toml is written, but may not outlive a power cut: input/output error"
    assert (result.outcome, told) == (Outcome.ACCEPTED, [f"a.chain: {rules}"])
    found = case(tmp_path / "asked", "changed-field")
    result, person = answered(found, "a")
    assert result.outcome is Outcome.ACCEPTED
    assert person.told[-1].startswith("  accepted: ")
