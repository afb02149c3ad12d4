"""The chains of several actors, one line after the other, and what each actor's own is then."""

from __future__ import annotations

import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.event import Event
from chainview.chain.families.division import division as division_module
from chainview.chain.families.division import whose as whose_module
from chainview.chain.families.division.division import Division
from chainview.chain.families.folder import RecordedFamily, family_of, find_family
from chainview.chain.families.merged import OrderBasis
from chainview.chain.files.opened import open_chain
from chainview.chain.files.verification import verify
from chainview.commands.reporting.merged_family import MergedFamily
from chainview.system.errors import ChainviewError
from tests.chain.families.division.printed import CHAINS, OTHER, ROOT, WORKER, capture, dump, in_order, lines
from tests.chain.files.theater.writings import as_cli_line

WRITTEN = {"cli-json": b"".join(lines()), "capture": b"".join(capture()), "human": dump()}


LATER = [number for number in range(15) if number not in (0, 4, 8)]
"""The places of lines that are no actor's first."""


def divided(data: bytes, format: str, cuts: list[int] | None = None) -> Division:
    """What is divided of data that comes in pieces."""
    division = Division("a pipe", format)
    edges = [0, *sorted(cuts or []), len(data)]
    for start, end in pairwise(edges):
        division.take(data[start:end])
    division.finish()
    return division


def files(division: Division) -> dict[str, bytes]:
    """What each file of it holds, its index included."""
    return {path.name: path.read_bytes() for path in sorted(division.folder.iterdir())}


def family(division: Division) -> RecordedFamily:
    """The family that it is."""
    found = family_of(division)
    assert found is not None
    return found


def events_in(path: Path) -> list[Event]:
    """The events of a chain."""
    with open_chain(path) as opened:
        return list(opened)


@pytest.mark.parametrize("format", WRITTEN)
def test_each_actor_has_a_chain_of_its_own(format: str) -> None:
    """With all of its events in order, and none of another's; a capture's hashes are computed for each."""
    division = divided(WRITTEN[format], format)
    members = family(division).members
    ids = [ROOT[:8], WORKER[:8], OTHER[:8]] if format == "human" else [ROOT, WORKER, OTHER]
    assert [each.entry.id for each in members] == ids
    for member, chain in zip(members, CHAINS.values(), strict=True):
        assert [event.hash for event in events_in(member.file)] == [event.hash for event in chain]
        with open_chain(member.file) as opened:
            assert not list(opened.load().damages)
            if format != "human":
                assert verify(opened).sound


@given(st.sampled_from(sorted(WRITTEN)), st.lists(st.integers(0, 4000)))
def test_the_pieces_in_which_it_comes_make_no_difference(format: str, cuts: list[int]) -> None:
    """However a pipe is cut, the files and their index are the same bytes."""
    data = WRITTEN[format]
    whole = divided(data, format)
    assert files(divided(data, format, [min(cut, len(data)) for cut in cuts])) == files(whole)


def test_what_an_actor_logs_stands_in_its_own_chain() -> None:
    """Also before its first event, and with the lines that go on with it."""
    data = b"".join([b"[01141801] early\nand later\n", *lines()])
    members = family(divided(data, "cli-json")).members
    for member, logged in zip(members, (["hello of 90"], ["hello of 0c"], ["early", "hello of 01"]), strict=True):
        with open_chain(member.file) as opened:
            notes = [note.data["text"].partition("] ")[2] for note in opened.load().notes]
        assert [text for text in notes if text] == logged
        assert len(notes) == 2 * len(logged)


def test_logs_of_an_actor_without_events_are_not_lost() -> None:
    """They stand in the first one's chain at the end."""
    division = divided(b"".join([*lines(logs=False)[:3], b"[ffffffff] who\n", *lines(logs=False)[3:]]), "cli-json")
    assert b"[ffffffff] who\n" in (division.folder / family(division).members[0].file.name).read_bytes()


@pytest.mark.parametrize("format", ["cli-json", "human"])
def test_who_spawned_whom_is_told_by_the_order_of_the_lines(format: str) -> None:
    """The only actor to come before one records that it spawned another is that one; how that is known is said."""
    found = family(divided(WRITTEN[format], format))
    root = found.members[0]
    assert [each.parent for each in found.members] == ["", root.entry.id, root.entry.id]
    assert found.remarks[1] == "who spawned whom is told by the order of the lines"


def test_of_two_that_came_at_once_nobody_is_said_to_be_the_child() -> None:
    """Where two actors came before one was recorded to be spawned it may be either of them."""
    root, worker, other = ([as_cli_line(event, actor).encode() for event in CHAINS[actor]] for actor in CHAINS)
    found = family(divided(b"".join([*root[:4], worker[0], other[0], *root[4:]]), "cli-json"))
    assert [each.parent for each in found.members] == ["", "", ""]
    assert found.remarks == ("the lines hold no payloads: what links the actors can't be told",)


def test_names_are_the_beginnings_of_ids_and_stay() -> None:
    """As Theater shortens them; one that begins as another does has a longer name, and a capture tells names itself."""
    ids = ["12345678-a", "12345678-b", "short", "../../etc/passwd", "12345678"]
    data = b"".join(as_cli_line(CHAINS[ROOT][0], id).encode() for id in ids)
    members = family(divided(data, "cli-json")).members
    assert [each.name for each in members] == ["12345678", "12345678-", "short", "../../et", "12345678"]
    assert [each.file.name for each in members][3:] == ["3-.._.._et.jsonl", "4-12345678.jsonl"]
    named = family(divided(WRITTEN["capture"], "capture")).members
    assert [each.name for each in named] == ["boss", "worker", "worker"]


def test_a_capture_that_lacks_a_line_has_a_gap_where_it_was() -> None:
    """The numbers run over all of its chains, and those of other ones in between are no gap."""
    told = capture()
    at = next(at for at, line in enumerate(told) if b'"seq": 8' in line)
    members = family(divided(b"".join([*told[:at], *told[at + 1 :]]), "capture")).members
    sound = []
    for member in members:
        with open_chain(member.file) as opened:
            sound.append(verify(opened.load()).sound)
    assert sound.count(False) == 1


def test_a_damaged_line_is_told_and_passed() -> None:
    """In the chain of the actor that it names, else of the one whose line was before."""
    told = lines(logs=False)
    told[5] = told[5][:60] + b"\n"
    told.insert(9, b"{no line at all\n")
    damages = {}
    for member in family(divided(b"".join(told), "cli-json")).members:
        with open_chain(member.file) as opened:
            damages[member.entry.id] = len(list(opened.load().damages))
    assert damages == {ROOT: 0, WORKER: 1, OTHER: 1}


def merged(data: bytes, format: str) -> tuple[MergedFamily, list[bytes]]:
    """All events of what is divided in one order, and the hashes that stand in it."""
    found = MergedFamily(family(divided(data, format)))
    hashes = []
    for place in found.order.places(0, len(found.order)):
        hash_ = found._opened[place.actor].table.hash(place.index)
        hashes += [hash_] if hash_ else []
    return found, hashes


@pytest.mark.parametrize("format", ["cli-json", "human"])
def test_without_payloads_all_events_stand_in_the_order_of_their_lines(format: str) -> None:
    """Which is said; the events of the dump, which links may be inferred of, do where no link contradicts that."""
    found, hashes = merged(WRITTEN[format], format)
    with found:
        assert found.order.basis is OrderBasis.LINES
        assert "without times: in the order of their lines; a host call stands where it was answered" in found.heading
    told = [event.hash for _, event in in_order()]
    assert sorted(hashes) == sorted(told)
    assert hashes == told or format == "human"


def test_of_a_capture_the_links_tell_more_than_the_lines() -> None:
    """Its payloads are there."""
    found, _ = merged(WRITTEN["capture"], "capture")
    with found:
        assert found.order.basis is OrderBasis.LINKS


@given(st.sets(st.sampled_from(LATER)), st.sampled_from([b"junk", b'{"actor_id":"' + ROOT.encode() + b'","hash":5}']))
def test_damaged_lines_leave_the_others_in_their_order(at: set[int], junk: bytes) -> None:
    """Whether they tell whose they are or not."""
    told, pieces = [event.hash for _, event in in_order()], lines(logs=False)
    damaged = [junk + b"\n" if number in at else line for number, line in enumerate(pieces)]
    found, hashes = merged(b"".join(damaged), "cli-json")
    with found:
        assert hashes == [hash_ for number, hash_ in enumerate(told) if number not in at]


def test_more_actors_than_a_family_may_have_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Their lines are left out, and it is said how many."""
    monkeypatch.setattr(division_module, "MOST_MEMBERS", 2)
    found = family(divided(WRITTEN["cli-json"], "cli-json"))
    assert [each.entry.id for each in found.members] == [ROOT, WORKER]
    assert found.remarks[0] == "a pipe holds events of more than 2 actors: 3 lines of others left out"


def test_the_folder_goes_with_who_holds_it(tmp_path: Path) -> None:
    """It is private, and is taken away when nobody holds the family any more."""
    path = tmp_path / "lines"
    path.write_bytes(WRITTEN["cli-json"])
    found = find_family(path)
    assert found is not None
    folder = found.folder
    assert folder.stat().st_mode & 0o777 == 0o700
    assert found.where == str(path)
    assert found.told(f"{folder}/0-a.jsonl is odd") == f"{path}: 0-a.jsonl is odd"
    del found
    assert not folder.exists()


def test_a_file_of_one_actor_is_no_family(tmp_path: Path) -> None:
    """It is the chain that it was."""
    path = tmp_path / "lines"
    path.write_bytes(b"".join(as_cli_line(event, ROOT).encode() for event in CHAINS[ROOT]))
    assert find_family(path) is None


@pytest.mark.parametrize("format", ["cli-json", "capture"])
def test_lines_that_name_no_actor_are_not_read_as_json(
    format: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Very many of them cost no more than their bytes, and another actor behind them is found."""
    read: list[bytes] = []

    def counted(line: bytes) -> dict[str, object]:
        read.append(line)
        return {}

    monkeypatch.setattr(whose_module, "_object", counted)
    first, *others = WRITTEN[format].splitlines(keepends=True)
    path = tmp_path / "lines"
    path.write_bytes(first + b"{\n" * 1000)
    assert find_family(path) is None
    path.write_bytes(first + b"{\n" * 1000 + b"".join(others))
    found = find_family(path)
    assert found is not None
    assert len(found.members) == len(CHAINS)
    assert not read


@pytest.mark.parametrize("key", ['"handle"', '"\\u0068andle"'])
def test_a_key_that_is_escaped_names_an_actor_too(key: str, tmp_path: Path) -> None:
    """As JSON has it."""
    path = tmp_path / "lines"
    line = '{%s:"%s","type":"x","data_hex":"00","seq":%d}\n'
    path.write_text(line % (key, "a", 1) + line % (key, "b", 2))
    assert find_family(path) is not None


def test_a_disk_without_room_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As of any pipe that can't be kept."""
    division = Division("a pipe", "cli-json")
    division.close()
    with pytest.raises(ChainviewError, match="can't keep what a pipe gives in a temporary file"):
        division.take(WRITTEN["cli-json"])
    monkeypatch.setenv("TMPDIR", str(tmp_path / "missing"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    with pytest.raises(ChainviewError, match="can't keep what a pipe gives"):
        Division("a pipe", "cli-json")


@given(st.integers(0, 1 << 32))
def test_no_line_is_lost_whatever_lines_there_are(seed: int) -> None:
    """All bytes of a pipe stand in some file, once, in their order, but for what a capture is told of its numbers."""
    chance = random.Random(seed)
    pool = [*lines(), b"{}\n", b"text\n", b"\n", b"[90035e44] x\n", b'{"actor_id":5}\n', b'{"actor_id":"\\u0041"}\n']
    told = chance.choices(pool, k=30)
    division = divided(b"".join(told), "cli-json")
    if len(division):
        held = [path.read_bytes() for path in division.folder.glob("*-*.jsonl")]
        assert sorted(b"".join(held).splitlines()) == sorted(b"".join(told).splitlines())
