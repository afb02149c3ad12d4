"""Which actors of a family a command is about."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from chainview.commands.options.members import add_members_option, chosen_members
from chainview.system.errors import ChainviewError
from tests.suite.folders import counted


@pytest.fixture
def family(tmp_path: Path) -> str:
    """A folder with the chains of three actors, two of them of one name."""
    rows = [{"file": f"{number}.chain", "id": f"a{number}", "name": name} for number, name in enumerate("xyx")]
    for row in rows:
        (tmp_path / row["file"]).write_bytes(counted())
    (tmp_path / "family.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return str(tmp_path)


def chosen(chain: str, *words: str) -> list[str] | None:
    """The files of those that are chosen by the words of a command; None for a single chain."""
    parser = argparse.ArgumentParser()
    add_members_option(parser)
    _, found = chosen_members(chain, parser.parse_args(words).members)
    return None if found is None else [member.file.name for member in found.members]


def test_actors_are_chosen_by_name_number_and_file(family: str) -> None:
    """All of a name; several words choose together, and without any all are meant."""
    assert chosen(family) == ["0.chain", "1.chain", "2.chain"]
    assert chosen(family, "--actor", "x") == ["0.chain", "2.chain"]
    assert chosen(family, "--actor", "1") == ["1.chain"]
    assert chosen(family, "--actor", "2.chain", "--actor", "y") == ["1.chain", "2.chain"]
    whole, part = chosen_members(family, ["y"])
    assert whole is not None
    assert part is not None
    assert (len(whole.members), len(part.members)) == (3, 1)


def test_an_actor_that_is_not_there_is_told(family: str) -> None:
    """With those that are."""
    with pytest.raises(ChainviewError, match="z"):
        chosen(family, "--actor", "z")


def test_of_one_chain_nothing_is_chosen(family: str) -> None:
    """It is taken as it is, and a choice is refused with why."""
    chain = f"{family}/0.chain"
    assert chosen(chain) is None
    with pytest.raises(ChainviewError, match="is one chain: --actor chooses among those of several"):
        chosen(chain, "--actor", "x")
