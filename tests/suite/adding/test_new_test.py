"""From a recording to a test of a suite."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.families.index import INDEX, Entry
from chainview.chain.files.entries.entry import End
from chainview.chain.files.exporters import Losses, all_of, write_native
from chainview.chain.files.native.layout import MAGIC, pack_end
from chainview.chain.files.opened import open_chain
from chainview.suite.adding.new_test import TakenName, new_test
from chainview.suite.adding.recorded import ToAdd, checked, taken
from chainview.suite.case import Outcome
from chainview.suite.judging import judge
from chainview.suite.settings import FILE, read_settings
from chainview.suite.suite import find_suite
from chainview.system.errors import ChainviewError
from chainview.workbench.programs import record_actor
from tests.actor.running import sample
from tests.suite.folders import CALLS, counted, damaged, ending_in_a_call, suite_of


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A recording of the counter, outside the suite."""
    path = tmp_path / "kept" / "c.chain"
    path.parent.mkdir()
    record_actor(sample("counter"), path, CALLS)
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An empty folder."""
    path = tmp_path / "crate"
    path.mkdir()
    return path


def outcomes(folder: Path) -> list[tuple[str, Outcome, str]]:
    """What comes of a suite: names, outcomes, descriptions."""
    return [
        (each.name, each.outcome, each.description)
        for each in map(judge, find_suite(read_settings(folder / FILE)).cases)
    ]


def test_a_recording_begins_a_suite_and_passes_in_it(
    folder: Path, chain: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Chain, description and module lie there; a machine that never saw the recording has all of it."""
    added = new_test(folder, "shop/first").add(ToAdd(chain, str(sample("counter"))))
    assert (added.name, added.remarks) == (
        "chains/shop/first.chain",
        (f"a suite begins with it: {folder / FILE} is new",),
    )
    assert "`chainview test -k first.chain`" in added.sentence
    assert (folder / added.name).read_bytes() == chain.read_bytes()
    (module,) = (folder / "modules").iterdir()
    assert module.read_bytes() == sample("counter").read_bytes()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    assert outcomes(folder) == [("chains/shop/first.chain", Outcome.PASSED, "counter: increment × 2")]
    assert {path.stat().st_mode & 0o777 for path in folder.rglob("*") if path.is_file()} == {0o644}


def test_the_chain_that_was_read_becomes_the_test(folder: Path, chain: Path) -> None:
    """Whatever has its name by then; one that changes while it is taken is told, and no test."""
    data = chain.read_bytes()
    with open_chain(chain) as opened:
        for _ in checked(opened):
            pass
        found = taken(opened, running=False)
        chain.rename(chain.with_name("before.chain"))
        chain.write_bytes(b"another")
        assert b"".join(found.pieces) == data
        with chain.with_name("before.chain").open("r+b") as file:
            file.truncate(len(data) - 1)
        with pytest.raises(ChainviewError, match="became shorter"):
            list(taken(opened, running=False).pieces)


def test_a_suite_that_is_there_gets_one_more(tmp_path: Path, chain: Path) -> None:
    """From any folder below it, into the folders that it names; all else that it says stays, to the letter."""
    file = suite_of(tmp_path, 'modules = "kept-modules"  # here', 'chains = ["*.json", "recorded/"]', a=counted())
    before = file.read_text()
    (tmp_path / "below").mkdir()
    added = new_test(tmp_path / "below", "b", 'with "quotes" and \x7f').add(ToAdd(chain, str(sample("counter"))))
    assert added.name == "recorded/b.chain"
    assert len(list((tmp_path / "kept-modules").iterdir())) == 1
    assert file.read_text().startswith(before.rstrip())
    (entry,) = tomllib.loads(file.read_text())["chain"]
    assert entry == {"path": "recorded/b.chain", "description": 'with "quotes" and \x7f'}


def test_nothing_is_lost_that_has_the_name(folder: Path, chain: Path) -> None:
    """Only with `force` it is replaced; then what a person wrote about it stays, unless something else is given."""
    new_test(folder, "one", "the first").add(ToAdd(chain, str(sample("counter"))))
    with pytest.raises(TakenName, match=r"one\.chain exists already"):
        new_test(folder, "one")
    other = chain.with_name("other.chain")
    record_actor(sample("counter"), other, CALLS[:1])
    new_test(folder, "one", force=True).add(ToAdd(other))
    assert outcomes(folder) == [("chains/one.chain", Outcome.PASSED, "the first")]
    assert (folder / "chains" / "one.chain").read_bytes() == other.read_bytes()
    text = (folder / FILE).read_text()
    new_test(folder, "one", "the second", force=True).add(ToAdd(other))
    assert (folder / FILE).read_text() == text.replace("the first", "the second")


def test_what_is_said_anew_of_a_chain_is_a_line_more(tmp_path: Path, chain: Path) -> None:
    """Where nothing was said of it; the other entries stay."""
    about = '[[chain]]\npath = "chains/a.chain"\naccept = "r.toml"\n[[chain]]\npath = "chains/z.chain"'
    file = suite_of(tmp_path, about, a=counted())
    new_test(tmp_path, "a", "now told", force=True).add(ToAdd(chain))
    assert tomllib.loads(file.read_text())["chain"] == [
        {"path": "chains/a.chain", "description": "now told", "accept": "r.toml"},
        {"path": "chains/z.chain"},
    ]


@pytest.mark.parametrize("name", ["", ".", "..", "../x", "/x", "a//b", "a/", ".hidden", "a\nb", "a\\b", "a/../b"])
def test_a_name_leads_nowhere_else(folder: Path, name: str) -> None:
    """It is refused before anything is done."""
    with pytest.raises(ChainviewError, match="can't be the name of a test"):
        new_test(folder, name)
    assert not list(folder.iterdir())


def test_a_description_is_one_line(folder: Path) -> None:
    """As the table has it."""
    with pytest.raises(ChainviewError, match="single line"):
        new_test(folder, "a", "one\ntwo")


def test_what_can_be_no_test_is_refused_and_leaves_nothing(folder: Path, tmp_path: Path) -> None:
    """A damaged chain, one without a call, one that is none, and a folder that is no family's."""
    (tmp_path / "none.chain").write_text("?")
    (tmp_path / "bare").mkdir()
    (tmp_path / "magic.chain").write_bytes(MAGIC)
    for path, sentence in (
        (damaged(tmp_path, "damaged.chain"), "is damaged"),
        (tmp_path / "none.chain", "is no chain"),
        (tmp_path / "bare", "no folder of a family"),
        (tmp_path / "gone.chain", "there is no file"),
    ):
        with pytest.raises(ChainviewError, match=sentence):
            new_test(folder, "a").add(ToAdd(path))
        assert not list(folder.iterdir())


def test_of_a_running_actor_the_calls_are_taken_that_have_ended(folder: Path, tmp_path: Path) -> None:
    """Of one that has not ended its first call there is nothing to test; a chain that is over goes as it is."""
    cut = ending_in_a_call(tmp_path, "open.chain")
    new_test(folder, "running").add(ToAdd(cut, str(sample("counter")), running=True))
    new_test(folder, "over").add(ToAdd(cut))
    with open_chain(folder / "chains" / "running.chain") as opened:
        assert (len(opened.load().table), opened.end is not None) == (3, True)
    assert (folder / "chains" / "over.chain").read_bytes() == cut.read_bytes()
    assert [outcome for _, outcome, _ in outcomes(folder)] == [Outcome.PASSED, Outcome.PASSED]


def test_what_was_accepted_of_it_goes_along(folder: Path, chain: Path) -> None:
    """The rules beside the chain lie beside the test."""
    rules = chain.with_name("c.chain.accept.toml")
    rules.write_text('[[accept]]\ncode = "C1"\n')
    added = new_test(folder, "a").add(ToAdd(chain, str(sample("counter"))))
    assert (folder / "chains" / "a.chain.accept.toml").read_text() == rules.read_text()
    assert "what was accepted of it goes along" in added.remarks


def test_a_module_that_is_gone_is_told(folder: Path, chain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test is there all the same."""
    monkeypatch.setattr("chainview.suite.adding.recorded.cached_module", lambda sha256: None)
    added = new_test(folder, "a").add(ToAdd(chain, "gone.wasm"))
    assert any("is not at hand" in each for each in added.remarks)
    assert (folder / added.name).exists()


def test_a_chain_of_another_format_keeps_it_and_its_state_is_said(folder: Path, chain: Path) -> None:
    """What its format can't hold stands in the settings."""
    text = chain.with_name("c.json")
    with open_chain(chain) as opened:
        from chainview.chain.files.exporters import WRITERS, Losses, all_of

        text.write_bytes(b"".join(WRITERS["json"](all_of(opened.load()), Losses())))
    added = new_test(folder, "a").add(ToAdd(text, str(sample("counter")), state="none<list<u8>>"))
    assert added.name == "chains/a.json"
    (entry,) = tomllib.loads((folder / FILE).read_text())["chain"]
    assert entry["state"] == "none<list<u8>>"
    assert "the chain does not say which module it was recorded with" in added.remarks
    with pytest.raises(ChainviewError, match="gives it another state"):
        new_test(folder, "a", force=True).add(ToAdd(text, state="1s32"))


def test_settings_of_another_form_are_not_broken(tmp_path: Path, chain: Path) -> None:
    """Where no table can be added it is told what to write, and neither chain nor settings change."""
    file = suite_of(tmp_path, 'chain = [{ path = "chains/z.chain" }]', z=counted())
    before = file.read_bytes()
    with pytest.raises(ChainviewError, match=r"write .* there yourself"):
        new_test(tmp_path, "a").add(ToAdd(chain))
    assert file.read_bytes() == before
    assert not (tmp_path / "chains" / "a.chain").exists()


def test_settings_that_cant_be_written_take_the_chain_back(
    tmp_path: Path, chain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no test of which only a half is there."""
    suite_of(tmp_path, z=counted())

    def full(file: Path, text: str) -> None:
        raise ChainviewError("no space left on device")

    monkeypatch.setattr("chainview.suite.adding.new_test._rewrite", full)
    with pytest.raises(ChainviewError, match="no space left"):
        new_test(tmp_path, "a").add(ToAdd(chain))
    assert not (tmp_path / "chains" / "a.chain").exists()


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A family of two counters."""
    folder = tmp_path / "family"
    folder.mkdir()
    for name in ("0-counter.chain", "1-counter.chain"):
        record_actor(sample("counter"), folder / name, CALLS)
    lines = [Entry("0-counter.chain", "a", "counter").line, Entry("1-counter.chain", "b", "counter", "a").line]
    (folder / INDEX).write_text("".join(lines))
    return folder


def test_a_family_is_one_test(folder: Path, family: Path) -> None:
    """With all its chains; one that is replaced is so as a whole."""
    added = new_test(folder, "f").add(ToAdd(family, str(sample("counter"))))
    assert sorted(path.name for path in (folder / "chains" / "f").iterdir()) == [
        "0-counter.chain",
        "1-counter.chain",
        INDEX,
    ]
    assert outcomes(folder) == [("chains/f", Outcome.PASSED, "counter and what it spawned: 2 actors")]
    assert added.name == "chains/f"
    with pytest.raises(TakenName):
        new_test(folder, "f")
    (folder / "chains" / "f" / "left.txt").touch()
    new_test(folder, "f", force=True).add(ToAdd(family))
    assert not (folder / "chains" / "f" / "left.txt").exists()


def test_a_family_that_runs_is_taken_as_far_as_its_calls_have_ended(folder: Path, family: Path) -> None:
    """Of each member; one that is still in its init is there without events, and rows to come are none of it."""
    with open_chain(family / "0-counter.chain") as opened:
        excerpt = all_of(opened.load())
        begun = [
            b"".join(write_native(replace(excerpt, numbers=range(1, count + 1)), Losses())).removesuffix(
                pack_end(End(count, excerpt.table.event(count - 1).hash))
            )
            for count in (8, 2)
        ]
    for number, data in enumerate(begun):
        (family / f"{number}-counter.chain").write_bytes(data)
    with (family / INDEX).open("a") as file:
        file.write(Entry("2-counter.chain", "c", "counter", "a").line[:10])
    new_test(folder, "f").add(ToAdd(family, str(sample("counter")), running=True))
    counts = []
    for number in range(2):
        with open_chain(folder / "chains" / "f" / f"{number}-counter.chain") as opened:
            counts.append((len(opened.load().table), opened.end is not None))
    assert counts == [(6, True), (0, True)]
    assert outcomes(folder) == [("chains/f", Outcome.PASSED, "counter and what it spawned: 2 actors")]
    for number in range(2):
        (family / f"{number}-counter.chain").write_bytes(begun[1])
    with pytest.raises(ChainviewError, match="no call has ended in"):
        new_test(folder, "g").add(ToAdd(family, running=True))
    assert not (folder / "chains" / "g").exists()


def test_a_family_whose_settings_cant_be_written_is_as_before(
    folder: Path, family: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where it was to replace another."""
    new_test(folder, "f").add(ToAdd(family, str(sample("counter"))))
    (folder / "chains" / "f" / "mark").touch()

    def full(file: Path, text: str) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("chainview.suite.adding.new_test._rewrite", full)
    with pytest.raises(ChainviewError, match="no space left"):
        new_test(folder, "f", "other", force=True).add(ToAdd(family))
    assert (folder / "chains" / "f" / "mark").exists()
    with pytest.raises(ChainviewError, match="no space left"):
        new_test(folder, "g").add(ToAdd(family))
    assert [path.name for path in (folder / "chains").iterdir()] == ["f"]


def test_a_family_passes_where_only_its_suite_has_its_modules(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Children are replayed with the modules that lie beside the suite, whatever these are called."""
    for name in ("foreman", "worker"):
        shutil.copytree(sample(name).parent, tmp_path / name)
    monkeypatch.chdir(tmp_path)
    record_actor("foreman/manifest.toml", tmp_path / "fam", seconds=0.2)
    new_test(folder, "fam").add(ToAdd(tmp_path / "fam", "foreman/manifest.toml"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "elsewhere"))
    shutil.rmtree(tmp_path / "worker")
    assert [outcome for _, outcome, _ in outcomes(folder)] == [Outcome.PASSED]
    for number, path in enumerate(sorted((folder / "modules").iterdir())):
        path.rename(path.with_name(f"{number}.wasm"))
    (folder / "modules" / "a.wasm").write_text("?")
    assert [outcome for _, outcome, _ in outcomes(folder)] == [Outcome.PASSED]
    assert json.loads((folder / "chains" / "fam" / INDEX).read_text().splitlines()[0])["name"] == "foreman"
