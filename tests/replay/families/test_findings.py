"""What is said of several members together."""

from __future__ import annotations

from pathlib import Path

import pytest

from chainview.chain.families.index import Entry
from chainview.chain.families.link import LinkKind
from chainview.chain.families.member import Member
from chainview.pack.values import String
from chainview.replay.changes.leaves import Leaf
from chainview.replay.differences.codes import Code
from chainview.replay.explain.explanation import Explanation, Finding, Verdict
from chainview.replay.families.counterpart import Counterpart
from chainview.replay.families.findings import Compared, FamilyFindings, Reach
from chainview.replay.families.json_report import family_object
from chainview.replay.families.text_report import family_text


def explanation(verdict: Verdict, event: int = 3) -> Explanation:
    """Of a replay of ten events."""
    finding = Finding(Code.OTHER_ARGUMENT, event, 1, "i.f", "input", "1", "2", "i.f is asked for something else")
    causes = (finding,) if verdict is Verdict.DIVERGED else ()
    return Explanation("replay", "probe", verdict, verdict.value, 10, 10, causes=causes, first_mismatch=finding)


def compared(number: int, verdict: Verdict | None = Verdict.IDENTICAL, *, time_ns: int = 0, event: int = 3) -> Compared:
    """A member; without a verdict it was not replayed."""
    member = Member(number, Path(f"{number}-x.chain"), Entry(f"{number}-x.chain"), name="x")
    if verdict is None:
        return Compared(member, problem="no module is at hand")
    return Compared(member, Counterpart(Path("x.wasm")), explanation(verdict, event), time_ns=time_ns)


def together(*members: Compared, following: dict[int, Reach] | None = None) -> FamilyFindings:
    """What is found of a family of these."""
    return FamilyFindings("replay", "probe", "folder", members, following=following)


@pytest.mark.parametrize(
    ("verdicts", "verdict", "code"),
    [
        ((Verdict.IDENTICAL, Verdict.IDENTICAL), "identical", 0),
        ((Verdict.IDENTICAL, Verdict.ACCEPTED), "accepted", 0),
        ((Verdict.IDENTICAL, Verdict.UNUSABLE), "unusable", 1),
        ((Verdict.UNUSABLE, Verdict.DIVERGED, None), "diverged", 1),
        ((Verdict.IDENTICAL, None), "identical", 2),
        ((None,), "unusable", 2),
    ],
)
def test_a_family_is_as_good_as_its_worst_member(verdicts: tuple[Verdict | None, ...], verdict: str, code: int) -> None:
    """One that was not replayed is told, and is no success."""
    found = together(*[compared(number, each) for number, each in enumerate(verdicts)])
    assert (found.verdict.value, found.exit_code) == (verdict, code)
    assert ("1 not replayed" in family_text(found)) == (None in verdicts and len(verdicts) > 1)
    assert len(family_object(found)["members"]) == len(verdicts)  # type: ignore[arg-type]


def test_the_first_is_first_by_time_where_all_have_one() -> None:
    """Else by the order of the index; one that only follows is not the first."""
    late, early = compared(0, Verdict.DIVERGED, time_ns=9), compared(1, Verdict.DIVERGED, time_ns=5)
    assert together(late, early).first is early
    untimed = compared(1, Verdict.DIVERGED)
    assert together(late, untimed).first is late
    assert together(late, early, following={1: Reach(LinkKind.SEND, 0, 3, 1, 3)}).first is late
    assert together(compared(0)).first is None


def test_of_very_many_in_which_nothing_differs_the_first_are_told() -> None:
    """Those that differ are told whatever their number."""
    members = [compared(number) for number in range(200)]
    lines = family_text(together(*members, compared(200, Verdict.DIVERGED))).splitlines()
    assert lines[-1] == "and 180 more actors in which nothing differs: --json lists them"
    assert lines[1] == "200-x.chain ↔ x.wasm"


def test_the_same_cause_is_told_once() -> None:
    """Several actors of one module differ alike: the first in full, the others in a line."""
    text = family_text(together(compared(0), compared(1, Verdict.DIVERGED), compared(2, Verdict.DIVERGED, event=7)))
    lines = text.splitlines()
    assert lines[0] == "DIVERGES  2 of 3 actors diverge, first 1-x.chain · no real host calls"
    assert lines[1] == "1-x.chain ↔ x.wasm"
    assert lines[-2:] == ["0-x.chain ↔ x.wasm: identical", "2-x.chain ↔ x.wasm: the same cause, C1 at event 7"]


def test_one_edit_is_one_cause_whatever_data_it_shows_with() -> None:
    """Where the same words changed in the same place; other numbers alone may have any cause."""

    def diverged(number: int, recorded: str, now: str) -> Compared:
        leaf = Leaf("input", String(recorded), String(now))
        finding = Finding(Code.OTHER_ARGUMENT, 3, 1, "i.f", "input", recorded, now, f"{recorded} {now}", (leaf,))
        member = compared(number).member
        return Compared(
            member, Counterpart(Path("x")), Explanation("replay", "probe", Verdict.DIVERGED, "", causes=(finding,))
        )

    words = together(diverged(0, "Ada hears 1", "Ada notes 1"), diverged(1, "Bo hears 22", "Bo notes 22"))
    assert words.same_causes() == {1: 0}
    numbers = together(diverged(0, "round 1", "round 2"), diverged(1, "room 5", "room 7"))
    assert numbers.same_causes() == {}


def test_modules_are_named_by_their_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a line as far as there is room, in full for programs."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "a-folder-of-builds" / "of-today" / "worker.wasm"
    member = Member(1, Path("1-worker.chain"), Entry("1-worker.chain"), name="worker")
    found = together(Compared(member, Counterpart(path), explanation(Verdict.IDENTICAL)))
    assert "1-worker.chain ↔ a-folder-of-builds/of-today/worker.wasm: identical" in family_text(found)
    assert "1-worker.chain ↔ …/of-today/worker.wasm: identical" in family_text(found, 60)
    told = family_object(found)["members"][0]  # type: ignore[index]
    assert (told["by"], told["by_path"]) == ("worker.wasm", str(path))


def test_families_of_another_size_are_told_by_what_each_has() -> None:
    """How many actors are in both and what differs of them; who is in one alone differs from nobody."""

    def compared_families(*members: Compared) -> FamilyFindings:
        return FamilyFindings("diff", "diff", "before", members, other="after")

    def alone(number: int, folder: str) -> Compared:
        return Compared(compared(number).member, problem="no such actor", only_in=folder)

    found = compared_families(compared(0), compared(1), alone(2, "after"), alone(3, "after"), alone(4, "before"))
    assert (
        found.sentence == "3 actors in before, 4 in after: of 2 in both none differs; 1 only in before; 2 only in after"
    )
    assert (found.exit_code, found.left_out) == (1, 0)
    lines = family_text(found).splitlines()
    assert lines[0].startswith("DIFFERS  3 actors in before, 4 in after")
    assert lines[3:] == ["only in before: 4-x.chain", "only in after: 2-x.chain, 3-x.chain"]
    assert family_object(found)["families"] == {
        "recorded": {"folder": "before", "actors": 3, "only_here": ["4-x.chain"]},
        "now": {"folder": "after", "actors": 4, "only_here": ["2-x.chain", "3-x.chain"]},
    }
    found = compared_families(alone(0, "before"), compared(1), compared(2, Verdict.DIVERGED))
    assert found.sentence == "3 actors in before, 2 in after: of 2 in both 1 differs, first 2-x.chain; 1 only in before"
    found = compared_families(alone(0, "before"), alone(1, "after"))
    assert found.sentence == "1 actor in before, 1 in after: none is in both; 1 only in before; 1 only in after"
    assert "only in" not in family_text(together(compared(0)))
