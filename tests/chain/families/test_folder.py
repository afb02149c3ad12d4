"""A folder as a family: who is in it, in which order, and what is said of what does not belong there."""

from __future__ import annotations

import json
import os
import zipfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from chainview.chain.families.folder import RecordedFamily, find_family
from chainview.chain.families.index import INDEX, OTHER_INDEX, Entry
from chainview.chain.families.link import Basis
from chainview.chain.families.linked import linked as read_links
from chainview.chain.files.entries.header import Header
from chainview.chain.files.native.layout import pack_header
from chainview.chain.files.theater.json_array import event_json_pieces
from chainview.chain.payload import encode_call, encode_host_call, encode_result
from chainview.chain.schema import Schema
from chainview.chain.state_chain import linked
from chainview.pack.values import UNIT, Option, String, Tuple, none, types
from chainview.system.errors import ChainviewError
from tests.chain import samples
from tests.chain.families.worlds import World
from tests.recordings import FOLDER
from tests.reference import reference_file

INIT = "theater:simple/actor.init"


def chain(path: Path, name: str = "") -> Path:
    """A small chain of chainview's own, in whose header the actor has that name."""
    data = samples.native(samples.events(5))
    path.write_bytes(pack_header(Header(actor_name=name)) + data[len(pack_header(samples.header())) :])
    return path


def spawning(path: Path, manifest: str, children: Sequence[str], *, resumed: bool = False) -> Path:
    """A chain of Theater's in which an init spawns children from a manifest, or resumes them."""
    parts = [("wasm", encode_call(Schema.VALUES, INIT, UNIT))]
    for child in children:
        module = none(types.list_of(types.U8))
        input = Tuple((String(manifest), *([] if resumed else [Option(types.STRING, String("a"))]), module))
        function, output = "resume" if resumed else "spawn", samples.ok(String(child))
        event_type = f"theater:simple/supervisor/{function}"
        parts.append((event_type, encode_host_call("theater:simple/supervisor", function, input, output)))
    parts.append(("wasm", encode_result(Schema.VALUES, INIT, UNIT, UNIT)))
    events = [b"".join(event_json_pieces(event, number)) for number, event in enumerate(linked(parts), 1)]
    path.write_bytes(b"[" + b",".join(events) + b"]")
    return path


def opened(folder: Path) -> RecordedFamily:
    """The family in a folder."""
    family = find_family(folder)
    assert family is not None
    return family


def test_the_index_tells_order_names_and_parents(tmp_path: Path) -> None:
    """Members come in its order, whatever their files are called."""
    entries = [Entry("b.chain", "1", "root", "", "a" * 64), Entry("a.chain", "2", "child", "1", "b" * 64)]
    for entry in entries:
        chain(tmp_path / entry.file)
    (tmp_path / INDEX).write_text("".join([entry.line for entry in entries]))
    family = opened(tmp_path)
    assert [(each.number, each.file.name, each.name, each.parent) for each in family.members] == [
        (0, "b.chain", "root", ""),
        (1, "a.chain", "child", "1"),
    ]
    assert [each.entry for each in family.members] == entries
    assert family.remarks == ()


def test_a_bare_folder_is_sorted_as_people_count(tmp_path: Path) -> None:
    """2 comes before 10; what is no chain is no member, and names come from the headers."""
    for number in (10, 2, 1):
        chain(tmp_path / f"{number}-x.chain", f"actor {number}")
    (tmp_path / "notes.md").write_text("---\ntype: a\n---\n")
    (tmp_path / "other.json").write_text('[{"a": 1}]')
    (tmp_path / "empty").touch()
    (tmp_path / ".hidden.chain").write_bytes((tmp_path / "1-x.chain").read_bytes())
    assert [each.name for each in opened(tmp_path).members] == ["actor 1", "actor 2", "actor 10"]


def test_children_of_theaters_chains_are_known_by_who_spawned_them(tmp_path: Path) -> None:
    """The harness' index tells ids; the names are those of the manifests."""
    spawning(tmp_path / "0.json", "sub/child.toml", ["id-1"])
    spawning(tmp_path / "1.json", "", [])
    (tmp_path / "child.toml").write_text('name = "child"\npackage = "c.wasm"\n')
    (tmp_path / "root.toml").write_text('name = "root"\npackage = "r.wasm"\n')
    index = [{"file": f"{number}.json", "id": f"id-{number}", "events": 3, "head": "00"} for number in range(2)]
    (tmp_path / OTHER_INDEX).write_text(json.dumps(index))
    root, child = opened(tmp_path).members
    assert (root.name, root.parent, root.title) == ("root", "", "0.json (root)")
    assert (child.name, child.parent, child.entry.events) == ("child", "id-0", 3)


@pytest.mark.parametrize("manifest", ["child.toml", 'name = "child"\npackage = "c.wasm"\n', 'name = "child"'])
@pytest.mark.parametrize("resumed", [False, True])
def test_a_child_is_known_by_who_began_it(tmp_path: Path, manifest: str, resumed: bool) -> None:
    """Without an index too: by the name in its manifest, a file's or one handed over as text, and under whose chain
    tells of it."""
    spawning(tmp_path / "0.json", manifest, ["0c94fa74-ff81-41b8-b1f0-474814be43fc"], resumed=resumed)
    spawning(tmp_path / "1.json", "", [])
    (tmp_path / "child.toml").write_text('name = "child"\npackage = "c.wasm"\n')
    root, child = opened(tmp_path).members
    assert (child.name, child.spawned_by) == ("child", root.number)
    assert child.entry.id == "0c94fa74-ff81-41b8-b1f0-474814be43fc"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"file": "../out.chain"}', "does not lie in the folder"),
        ('{"file": "/etc/passwd"}', "does not lie in the folder"),
        ('{"file": ".."}', "does not lie in the folder"),
        ('{"file": "a\\u0000b"}', "does not lie in the folder"),
        ('{"file": "\\ud800.chain"}', "names no file"),
        ('{"file": 7}', "names no file"),
        ("[1]", "no JSON object"),
        ('"text"', "no JSON object"),
        ("{", "no JSON object"),
        ("[" * 5000, "no JSON object"),
        ('{"file": "' + "x" * (1 << 17) + '"}', "longer than 64 KiB"),
        ('{"file": "a.chain"}', "more than once"),
        ('{"file": "link.chain"}', "leads out of the folder"),
    ],
)
def test_hostile_entries_are_left_out_and_told(tmp_path: Path, line: str, says: str) -> None:
    """The others still are members."""
    folder = tmp_path / "family"
    folder.mkdir()
    chain(tmp_path / "out.chain")
    chain(folder / "a.chain", "a")
    (folder / "link.chain").symlink_to(tmp_path / "out.chain")
    (folder / INDEX).write_text(f'{{"file": "a.chain", "name": 5, "parent": [], "module_sha256": {{}}}}\n{line}\n')
    family = opened(folder)
    assert [(each.file.name, each.name) for each in family.members] == [("a.chain", "a")]
    (remark,) = family.remarks
    assert says in remark


def test_a_member_whose_file_is_gone_is_still_one(tmp_path: Path) -> None:
    """What can't be opened is told with its name; a pipe is not waited for."""
    chain(tmp_path / "0-a.chain")
    os.mkfifo(tmp_path / "2-c.chain")
    entries = [Entry("0-a.chain", name="a"), Entry("1-b.chain", name="b"), Entry("2-c.chain", name="c")]
    (tmp_path / INDEX).write_text("".join([entry.line for entry in entries]))
    assert [each.problem for each in opened(tmp_path).members] == ["", "the file is missing", "it is no regular file"]


def test_a_chain_that_the_index_does_not_name_is_a_member_too(tmp_path: Path) -> None:
    """A program that is killed between two writes, and a chain that had to be written again, lose nothing."""
    for name in ("0-a.chain", "1-b.chain", "0-a.chain.rescued", "copy.chain"):
        chain(tmp_path / name)
    (tmp_path / INDEX).write_text(Entry("0-a.chain", name="a").line)
    family = opened(tmp_path)
    assert [each.file.name for each in family.members] == ["0-a.chain", "0-a.chain.rescued", "1-b.chain"]
    assert [each.name for each in family.members] == ["a", "a", "b"]
    assert len(family.remarks) == 2


def test_folders_that_are_no_family(tmp_path: Path) -> None:
    """A folder without a chain is told in a sentence, also one with an index alone; a store of Theater is no family."""
    with pytest.raises(ChainviewError, match="is a folder without a chain"):
        find_family(tmp_path)
    (tmp_path / INDEX).write_text('{"file": "../a"}\n')
    with pytest.raises(ChainviewError, match=r"the index of a family.* and no chain; entry 1 "):
        find_family(tmp_path)
    store = tmp_path / "store"
    for name in ("events", "chains"):
        (store / name).mkdir(parents=True)
    assert find_family(store) is find_family(store / "chains") is find_family("nothing") is None


def test_an_index_beyond_all_bounds_is_left_out(tmp_path: Path) -> None:
    """Megabytes of it are not read: the chains beside it are members all the same."""
    chain(tmp_path / "0-a.chain", "a")
    with (tmp_path / INDEX).open("wb") as index:
        index.truncate(17 << 20)
    family = opened(tmp_path)
    assert [each.name for each in family.members] == ["a"]
    assert "larger than 16 MiB" in family.remarks[0]
    (tmp_path / INDEX).write_text("no entry\n" * 12_000 + Entry("0-a.chain").line)
    family = opened(tmp_path)
    assert [each.name for each in family.members] == ["a"]
    assert (len(family.remarks), family.remarks[-1]) == (21, "and 9,982 more things of that kind")


def test_an_index_that_can_not_be_used_hides_no_chain(tmp_path: Path) -> None:
    """The chains in the folder are members as if there were none, and what is amiss is told."""
    spawning(tmp_path / "0.json", "m.toml", [])
    (tmp_path / OTHER_INDEX).write_text('{"no": "array"}')
    family = opened(tmp_path)
    assert [each.file.name for each in family.members] == ["0.json"]
    assert family.remarks == ("entry 1 of family.json is left out: it names no file",)
    (tmp_path / OTHER_INDEX).unlink()
    os.mkfifo(tmp_path / OTHER_INDEX)
    assert "it is no regular file" in opened(tmp_path).remarks[0]


def test_the_family_of_the_real_theater() -> None:
    """Its acceptor is the root, and each handler is a child of it, by its manifest's name."""
    family = opened(reference_file("lab/families/tickets/family.json").parent)
    assert [each.name for each in family.members] == ["tickets", *["tickets-handler"] * 5]
    assert {each.parent for each in family.members[1:]} == {family.members[0].entry.id}


def test_an_own_family_without_its_index_is_known_by_its_headers(tmp_path: Path) -> None:
    """Each tells the id of its actor; of two that tell the same neither is believed."""
    ids = ["a", "b", "same", "same"]
    for number, id in enumerate(ids):
        header = replace(samples.header(), actor_id=id, actor_name=f"n{number}")
        (tmp_path / f"{number}.chain").write_bytes(pack_header(header))
    family = find_family(tmp_path)
    assert family is not None
    assert [(member.entry.id, member.name) for member in family.members] == [
        ("a", "n0"),
        ("b", "n1"),
        ("", "n2"),
        ("", "n3"),
    ]


def test_a_bare_folder_is_linked_by_what_its_chains_say(tmp_path: Path) -> None:
    """As if an index told whose each is, and that it is inferred is said; where nothing tells it, that is."""
    world = World(3, noted=False)
    for other in (1, 2):
        world.request(0, other, b"for %d" % other)
        world.send(other, 0, b"from %d" % other)
        world.handle(0)
    for number, table in enumerate(world.tables):
        events = [table.event(index) for index in range(len(table))]
        (tmp_path / f"{'cab'[number]}.chain").write_bytes(samples.native(events))
    family = opened(tmp_path)
    assert [each.entry.id for each in family.members] == ["1", "2", "0"]
    assert [each.id_basis for each in family.members] == [Basis.INFERRED] * 3
    assert [each.spawned_by for each in family.members] == [2, 2, None]
    assert family.remarks == ("no index tells whose each chain is: it is inferred from what they say",)
    found, places = read_links(family).links, {0: 2, 1: 0, 2: 1}
    expected = {
        (each.kind, places[each.source.actor], each.source.index, places[each.target.actor], each.target.index)
        for each in world.links().every()
    }
    assert {
        (each.kind, each.source.actor, each.source.index, each.target.actor, each.target.index)
        for each in found.every()
    } == expected
    assert {each.basis for each in found.every()} == {each.basis for each in world.links().every()}
    for name in ("a", "b", "c"):
        chain(tmp_path / f"{name}.chain")
    assert opened(tmp_path).remarks == ("no index, and no chain says anything of another one: no links are known",)


@pytest.mark.once
def test_the_families_of_the_real_theater_without_their_index(tmp_path: Path) -> None:
    """Nothing that is inferred of them is wrong, and their links are those that the index allows, or fewer."""
    for archive in sorted((FOLDER / "families").glob("*.zip")):
        folder = tmp_path / archive.stem
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        told = {each.file.name: each.entry.id for each in opened(folder).members}
        links = {(each.kind, each.source, each.target) for each in read_links(opened(folder)).links.every()}
        (folder / OTHER_INDEX).unlink()
        bare = opened(folder)
        assert {each.file.name: each.entry.id for each in bare.members if each.entry.id}.items() <= told.items()
        assert {(each.kind, each.source, each.target) for each in read_links(bare).links.every()} <= links
        if archive.stem in ("calls", "connections", "messages", "workshop"):
            assert {(each.kind, each.source, each.target) for each in read_links(bare).links.every()} == links
