"""A family replayed member by member: which module each is replayed with, and from which state."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from chainview.actor.manifest import find_target
from chainview.actor.session.options import Options
from chainview.actor.session.session import Session
from chainview.chain.families.folder import find_family
from chainview.chain.families.index import INDEX, Entry
from chainview.chain.files.exporters import Losses, all_of, write_json
from chainview.chain.files.opened import open_chain
from chainview.replay.families.findings import FamilyFindings
from chainview.system.errors import ChainviewError
from chainview.workbench.chain_diff import diff_families
from chainview.workbench.family_replay import replay_family
from chainview.workbench.programs import record_actor
from chainview.workbench.replay_request import ReplayRequest
from tests.actor.running import sample
from tests.chain.files.theater.writings import as_cli_line


@pytest.fixture
def family(tmp_path: Path) -> Path:
    """A counter, and an actor that fails, as the members of one family."""
    folder = tmp_path / "family"
    folder.mkdir()
    record_actor(sample("counter"), folder / "0-counter.chain", ["increment(5s32)"])
    record_actor(sample("faulty"), folder / "1-faulty.chain", ["trap()"])
    lines = [Entry("0-counter.chain", "a", "counter").line, Entry("1-faulty.chain", "b", "faulty", "a").line]
    (folder / INDEX).write_text("".join(lines))
    return folder


def as_theater_has_it(family: Path, folder: Path) -> Path:
    """The same chains without what chainview adds to them, and without an index."""
    folder.mkdir()
    for number, file in enumerate(sorted(family.glob("*.chain"))):
        with open_chain(file) as opened:
            (folder / f"{number}.json").write_bytes(b"".join(write_json(all_of(opened.load()), Losses())))
    return folder


def replayed(actor: Path, folder: Path, **options: str) -> FamilyFindings:
    """What a replay of the family in a folder finds."""
    found = find_family(folder)
    assert found is not None
    return replay_family(ReplayRequest(str(actor), str(folder), **options), found)  # type: ignore[arg-type]


def by(found: FamilyFindings) -> Sequence[str]:
    """What each member was replayed with, or why it was not."""
    return [each.problem if each.by is None else each.by.name for each in found.members]


def test_members_that_are_not_meant_are_replayed_with_their_own_modules(family: Path, tmp_path: Path) -> None:
    """A build is known by its file's name; the other member's module is a kept one."""
    build = tmp_path / "new" / "faulty.wasm"
    build.parent.mkdir()
    shutil.copy(sample("faulty"), build)
    found = replayed(build, family)
    assert by(found) == ["counter.wasm, as recorded", "faulty.wasm"]
    assert (found.exit_code, found.live_host_calls) == (0, 0)
    assert found.sentence.startswith("identical: 2 actors, ")


def test_a_single_module_of_another_name_fits_who_calls_what_it_exports(family: Path, tmp_path: Path) -> None:
    """The other member, which calls what it does not export, keeps its own."""
    shutil.copy(sample("counter"), tmp_path / "edited.wasm")
    assert by(replayed(tmp_path / "edited.wasm", family)) == ["edited.wasm", "faulty.wasm, as recorded"]


def test_a_build_of_one_member_is_not_another_one_s_who_calls_the_same(tmp_path: Path) -> None:
    """A single module that has the file name of one member's is that member's, however much it can do."""
    module, folder = Path(sample("counter")).read_bytes(), tmp_path / "family"
    folder.mkdir()
    for number, name in enumerate(("root", "child")):
        (tmp_path / f"{name}.wasm").write_bytes(module + bytes((0, 2, 1, 65 + number)))
        record_actor(str(tmp_path / f"{name}.wasm"), folder / f"{number}-{name}.chain", ["increment(5s32)"])
    (folder / INDEX).write_text(
        Entry("0-root.chain", "a", "root").line + Entry("1-child.chain", "b", "child", "a").line
    )
    (tmp_path / "root.wasm").write_bytes(module)
    assert by(replayed(tmp_path / "root.wasm", folder)) == ["root.wasm", "child.wasm, as recorded"]


@pytest.mark.once
def test_chains_that_name_no_module_are_matched_by_what_they_call(family: Path, tmp_path: Path) -> None:
    """Out of a folder of modules, each in a folder of its own; one for which there is none is told."""
    bare = as_theater_has_it(family, tmp_path / "bare")
    modules = tmp_path / "modules"
    for name in ("counter", "faulty", "pulse"):
        (modules / name).mkdir(parents=True)
        shutil.copy(sample(name), modules / name)
    found = replayed(modules, bare)
    assert (by(found), found.exit_code) == (["counter.wasm", "faulty.wasm"], 0)
    shutil.rmtree(modules / "faulty")
    found = replayed(modules, bare)
    assert (found.left_out, found.exit_code) == (1, 2)
    assert "is not at hand" in found.members[1].problem
    # What lies beside the chains is what made them.
    shutil.copy(sample("faulty"), bare)
    assert by(replayed(modules, bare)) == ["counter.wasm", "faulty.wasm, as recorded"]


@pytest.mark.once
def test_a_module_that_nobody_was_recorded_of_is_refused(family: Path, tmp_path: Path) -> None:
    """Else a report about other modules would stand for it; so would a state that no chain asks for."""
    with pytest.raises(ChainviewError, match=r"no actor in .* was recorded of .*larder"):
        replayed(Path(sample("larder")), family)
    with pytest.raises(ChainviewError, match="leave out --state"):
        replayed(Path(sample("counter")), family, state="5s32")
    with pytest.raises(ChainviewError, match="is a folder without a module"):
        replayed(family, family)


def test_chains_that_hold_no_payloads_are_refused_for_that(tmp_path: Path) -> None:
    """As a single one is, in the same words: it is not for the module."""
    record_actor(sample("counter"), tmp_path / "c.chain", ["increment(5s32)"])
    folder = tmp_path / "printed"
    folder.mkdir()
    with open_chain(tmp_path / "c.chain") as opened:
        table = opened.load().table
        lines = [as_cli_line(table.event(number)) for number in range(len(table))]
    for number in range(2):
        (folder / f"{number}.jsonl").write_text("".join(lines))
    with pytest.raises(ChainviewError, match=r"0\.jsonl holds the types and hashes .*, and no payloads"):
        replayed(Path(sample("counter")), folder)


def test_a_member_that_can_not_be_read_is_told(family: Path) -> None:
    """The others are replayed all the same."""
    (family / "0-counter.chain").write_bytes(b"junk")
    found = replayed(Path(sample("faulty")), family)
    assert "is no chain" in found.members[0].problem
    assert (found.members[1].explanation is not None, found.exit_code) == (True, 2)


@pytest.mark.once
def test_a_member_that_was_never_called_is_no_failure(family: Path) -> None:
    """One that was resumed and not asked for anything has nothing to replay."""
    options = Options(find_target(str(sample("counter"))), output=family / "2-idle.chain", with_init=False)
    session = Session(options)
    session.start()
    assert session.wait_started() is None
    session.close()
    with (family / INDEX).open("a") as index:
        index.write(Entry("2-idle.chain", "c", "idle", "a").line)
    found = replayed(Path(sample("counter")), family)
    assert "holds no call" in found.members[2].problem
    assert (found.left_out, found.exit_code) == (1, 0)


def test_two_families_are_compared_by_number_and_name(family: Path, tmp_path: Path) -> None:
    """Who has another number, because one more actor began before, is still found by its name."""
    other = tmp_path / "other"
    shutil.copytree(family, other)
    record_actor(sample("pulse"), other / "0-pulse.chain")
    lines = [Entry(f"{name}.chain", name=name[2:]).line for name in ("0-pulse", "0-counter", "1-faulty")]
    (other / INDEX).write_text("".join(lines))
    recorded, now = find_family(family), find_family(other)
    assert recorded is not None
    assert now is not None
    found = diff_families(recorded, now)
    assert [each.member.name for each in found.members] == ["counter", "faulty", "pulse"]
    assert [each.differs for each in found.members] == [False, False, True]
    assert found.exit_code == 1
    assert [each.only_in for each in found.members] == ["", "", str(other)]


def test_nobody_takes_the_counterpart_of_another_one(family: Path, tmp_path: Path) -> None:
    """Who is missing is missing, also where another one has that number now."""
    other = tmp_path / "other"
    shutil.copytree(family, other)
    (other / INDEX).write_text(Entry("1-faulty.chain", "b", "faulty").line)
    (other / "0-counter.chain").unlink()
    recorded, now = find_family(family), find_family(other)
    assert recorded is not None
    assert now is not None
    found = diff_families(recorded, now)
    assert [each.only_in for each in found.members] == [str(family), ""]
    assert found.sentence.endswith(f"of 1 in both none differs; 1 only in {family}")
