"""What the screen of a family's replay says of its members."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from chainview.chain.families.index import Entry
from chainview.chain.families.link import LinkKind
from chainview.chain.families.member import Member
from chainview.replay.explain.explanation import Verdict
from chainview.replay.families.counterpart import Counterpart
from chainview.replay.families.findings import Reach
from chainview.ui.family_replay.family_lines import Standing, longest_module, member_row, module_cells, reason_lines
from chainview.ui.lines.line import plain
from chainview.workbench.family_thread import FamilyProgress
from tests.replay.families.test_findings import compared


def member(number: int, id: str = "", parent: str = "") -> Member:
    """A member of a name of one letter."""
    return Member(number, Path(f"{number}-x.chain"), Entry(f"{number}-x.chain", id=id), name="x", parent=parent)


def test_a_consequence_is_dim_and_names_whose_it_is() -> None:
    """Its own replay was given what is recorded, and came out the same."""
    members = {number: member(number) for number in (0, 1)}
    reach = Reach(LinkKind.SEND, 0, 14, 1, 5)
    standing = Standing(members[1], 1, compared(1), coming=(reach,))
    line = member_row(standing, members, 120, marks_first=False)
    assert "identical  because of 0 x, event 14: is sent something else  " in plain(line)
    assert {role for text, role in line if text.strip()} == {"dim"}
    (block,) = reason_lines(standing, FamilyProgress(), (), members, 200)
    text = "\n".join(plain(block.line(row)) for row in range(block.height))
    assert "event 5: is sent something else because of 0 x, event 14" in text
    assert "it was replayed with what was recorded" in text
    (block,) = reason_lines(
        Standing(members[0], 0, compared(0, Verdict.DIVERGED)), FamilyProgress(), (reach,), members, 200
    )
    assert "event 14 differs, so that 1 x is sent something else at its event 5" in plain(block.line(block.height - 1))


def test_a_member_that_was_not_replayed_says_why() -> None:
    """In its row and below."""
    members = {0: member(0)}
    standing = Standing(members[0], 0, compared(0, None))
    assert (
        plain(member_row(standing, members, 120, marks_first=False))
        .rstrip()
        .endswith("✖ 0 x                    not replayed: no module is at hand")
    )


def test_a_row_names_the_module_where_there_is_room() -> None:
    """In a column of wide lines, by its path from the right; in others where all of it fits, and else below them."""
    members = {0: member(0)}
    found = replace(compared(0), by=Counterpart(Path("/builds/of/today/worker.wasm")))

    def row(width: int, module: int | None = None) -> str:
        cells = module_cells(longest_module([found]), width) if module is None else module
        return plain(member_row(Standing(members[0], 0, found), members, width, marks_first=False, module=cells))

    assert row(120) == f" ✓ 0 x{' ' * 20}identical".ljust(88) + "  ↔ /builds/of/today/worker.wasm"
    assert row(104) == f" ✓ 0 x{' ' * 20}identical".ljust(74) + "  ↔ …/of/today/worker.wasm"
    assert row(80).endswith("identical  ↔ /builds/of/today/worker.wasm")
    assert "worker" not in row(36)
    (block,) = reason_lines(Standing(members[0], 0, found), FamilyProgress(), (), members, 50)
    assert plain(block.line(0)) == "0-x.chain ↔ /builds/of/today/worker.wasm"
