"""`chainview accept`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chainview.pack.values import S32
from chainview.replay.explain.diff import diff_recordings
from chainview.replay.explain.json_report import report_object
from chainview.replay.explain.rules.store import read_rules, rules_file
from tests.commands.running import run_here
from tests.replay.chains import Made, log, recording
from tests.ui.recorded_family import index, steps, write_chain


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """Where a chain lies, whatever it holds, with a report of two causes beside it."""
    then = recording(Made(steps=[log("quote tea")]), Made(function="g", response=S32(1)))
    now = recording(Made(steps=[log("offer tea")]), Made(function="g", response=S32(2)))
    report = report_object(diff_recordings(then, now))
    (tmp_path / "r.json").write_text(json.dumps(report), encoding="utf-8")
    (tmp_path / "c.chain").touch()
    return tmp_path / "c.chain"


def test_a_chain_that_is_not_there_has_no_rules_to_tell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of a name that leads to no chain it is said that there is none, not that nothing is accepted."""
    assert accept(tmp_path / "nosuch.chain") == 2
    assert "there is no chain" in capsys.readouterr().err


def ids(chain: Path) -> list[str]:
    """The ids of the causes in the report."""
    return [each["id"] for each in json.loads((chain.parent / "r.json").read_text(encoding="utf-8"))["causes"]]


def accept(chain: Path, *words: str) -> int:
    """The exit code of the command for that chain."""
    return run_here("accept", str(chain), *words)


def test_a_cause_is_accepted_by_its_id_listed_and_taken_out(chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """As it was seen, for a reason and up to a day; the letters that it alone begins with are enough."""
    first = ids(chain)[0]
    report = str(chain.parent / "r.json")
    assert accept(chain, "--add", first[:6], "--from", report, "--reason", "new words", "--until", "2099-01-31") == 0
    told = capsys.readouterr().out
    assert 'only "quote tea" → "offer tea" in the input, at any event, until 2099-01-31' in told
    assert "because new words" in told
    assert accept(chain, "--json") == 0
    [rule] = json.loads(capsys.readouterr().out)["rules"]
    assert (rule["number"], rule["code"], rule["expires"]) == (1, "C1", "2099-01-31")
    assert rule["seen"] == [{"path": "input", "recorded": '"quote tea"', "now": '"offer tea"'}]
    assert accept(chain, "--remove", "1") == 0
    assert "holds no rule" in capsys.readouterr().out


def test_a_cause_is_accepted_as_widely_as_is_said(chain: Path) -> None:
    """By the one relation that holds, by a named one, any value, what was seen in any field, or anything at all."""
    first, report = ids(chain)[0], str(chain.parent / "r.json")
    for words in (
        ["--breadth", "relation"],
        ["--relation", "quote→offer"],
        ["--breadth", "value"],
        ["--breadth", "call"],
        ["--breadth", "any"],
    ):
        assert accept(chain, "--add", first, "--from", report, *words) == 0
    assert [(rule.relation, rule.path, len(rule.seen)) for rule in read_rules(rules_file(chain))] == [
        ("quote→offer", "input", 0),
        ("quote→offer", "input", 0),
        ("", "input", 0),
        ("", "*", 1),
        ("", "", 0),
    ]


def test_the_rules_of_a_kept_chain_lie_beside_it(chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where it goes by its bare name, in whatever folder."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    kept = tmp_path / "state" / "chainview" / "chains" / "kept.chain"
    kept.parent.mkdir(parents=True)
    kept.touch()
    monkeypatch.chdir(tmp_path)
    assert run_here("accept", "kept.chain", "--add", ids(chain)[0], "--from", str(chain.parent / "r.json")) == 0
    assert len(read_rules(kept.with_name("kept.chain.accept.toml"))) == 1


def test_a_rule_is_changed_where_it_stands(chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is widened, ends on a day or on none, for another reason; what is not said stays, and narrower it can't be."""
    assert accept(chain, "--add", ids(chain)[0], "--from", str(chain.parent / "r.json"), "--reason", "new") == 0
    assert accept(chain, "--change", "1", "--until", "2099-01-31") == 0
    assert accept(chain, "--change", "1", "--breadth", "value") == 0
    [rule] = read_rules(rules_file(chain))
    assert (rule.path, rule.seen, rule.reason, str(rule.expires)) == ("input", (), "new", "2099-01-31")
    assert accept(chain, "--change", "1", "--breadth", "any", "--until", "never", "--reason", "any") == 0
    [rule] = read_rules(rules_file(chain))
    assert (rule.path, rule.reason, rule.expires) == ("", "any", None)
    capsys.readouterr()
    for words in (["--breadth", "seen"], ["--breadth", "value"], []):
        assert accept(chain, "--change", "1", *words) == 2
    assert accept(chain, "--change", "2", "--reason", "x") == 2
    told = capsys.readouterr().err
    assert told.count("--change makes this rule wider") == 2
    assert "--change needs what is to be another one" in told
    assert "1 to 1 are there" in told


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--add", "zz", "--from", "r.json"], "has no cause zz"),
        (["--add", "", "--from", "r.json"], "--add needs the id"),
        (["--add", "a"], "--from REPORT"),
        (["--add", "a", "--from", "nothing.json"], "can't read the report nothing.json"),
        (["--add", "a", "--from", "."], "can't read the report"),
        (["--add", "a", "--from", "list.json"], "no report with causes"),
        (["--add", "a", "--from", "bad.json"], "is no report"),
        (["--add", "ab", "--from", "strange.json"], "not as chainview replay --json prints it"),
        (["--add", "FIRST", "--from", "r.json", "--until", "soon"], "soon is none"),
        (["--add", "FIRST", "--from", "r.json", "--relation", "+1"], "is not true of every place"),
        (["--remove", "1"], "there are no rules"),
        (["--change", "1", "--until", "never"], "there are no rules"),
    ],
)
def test_what_can_not_be_accepted_is_said(
    chain: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One sentence, exit code 2, and no rule is written."""
    monkeypatch.chdir(chain.parent)
    Path("list.json").write_text("[]", encoding="utf-8")
    Path("bad.json").write_text("{", encoding="utf-8")
    Path("strange.json").write_text('{"causes": [{"id": "ab", "code": "C99"}]}', encoding="utf-8")
    assert accept(chain, *[ids(chain)[0] if word == "FIRST" else word for word in words]) == 2
    assert says in capsys.readouterr().err
    assert not rules_file(chain).exists()


def test_without_rules_that_is_said(chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Listing nothing is no error."""
    assert accept(chain) == 0
    assert capsys.readouterr().out == f"nothing is accepted: {rules_file(chain)} is not there\n"


def test_the_name_of_a_chain_without_rules_drives_no_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is told with its control characters spelt out."""
    chain = tmp_path / "c\x1b[31m\u202e.chain"
    chain.touch()
    assert accept(chain) == 0
    assert "c\\u{1b}[31m\\u{202e}.chain" in capsys.readouterr().out


def test_the_rules_of_a_familys_chains_are_listed(chain: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Of each that has any, with its actor; they are changed by naming its chain."""
    folder = chain.parent / "family"
    folder.mkdir()
    index(folder, "a", "b")
    for name in ("0-a.chain", "1-b.chain"):
        write_chain(folder / name, steps(1))
    assert accept(folder) == 0
    assert "nothing is accepted of any of 2 actors" in capsys.readouterr().out
    assert accept(folder / "1-b.chain", "--add", ids(chain)[0], "--from", str(chain.parent / "r.json")) == 0
    capsys.readouterr()
    assert accept(folder) == 0
    told = capsys.readouterr().out
    assert told.startswith("1 b  ")
    assert 'only "quote tea" → "offer tea"' in told
    assert accept(folder, "--json") == 0
    assert [len(each["rules"]) for each in json.loads(capsys.readouterr().out)["chains"]] == [0, 1]
    assert accept(folder, "--remove", "1") == 2
    assert "name it, such as" in capsys.readouterr().err
