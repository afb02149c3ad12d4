"""What `chainview.toml` says."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest

from chainview.suite.settings import FILE, KEYS, LIMITS, OF_CHAIN, OfChain, find_settings, read_settings
from chainview.system.errors import ChainviewError

PAGE = Path(__file__).resolve().parents[2] / "docs" / "topics" / "suite.md"


def told(folder: Path, text: str) -> str:
    """What a person is told of a file that says this."""
    (folder / FILE).write_text(text)
    with pytest.raises(ChainviewError) as refused:
        read_settings(folder / FILE)
    assert refused.value.exit_code == 2
    return refused.value.sentence.replace(str(folder / FILE), FILE)


def test_the_example_of_the_page_is_read(tmp_path: Path) -> None:
    """All that it says, with paths of the file's own folder."""
    indented = re.findall(r"(?:(?:    .*)?\n)+", PAGE.read_text())
    example = next(each for each in indented if "[[chain]]" in each)
    (tmp_path / FILE).write_text(textwrap.dedent(example))
    found = read_settings(tmp_path / FILE)
    assert (found.module, found.modules) == (tmp_path / "manifest.toml", tmp_path / "modules")
    assert found.build.startswith("cargo build")
    assert found.chains == ("chains/", "more/**/*.json")
    assert (found.timeout, found.memory, found.chain_timeout, found.jobs) == (30.0, 512 << 20, 600.0, 4)
    accept = tmp_path / "old.accept.toml"
    assert found.of_chains == {
        tmp_path / "chains" / "old.json": OfChain('"tea 2"', "what the shop sold in March", accept)
    }


def test_every_key_stands_on_the_page() -> None:
    """In its table, by its full name."""
    page = PAGE.read_text()
    simple = [each for each in KEYS if each not in ("limits", "chain")]
    for key in (*simple, *[f"limits.{each}" for each in LIMITS], *[f"chain.{each}" for each in OF_CHAIN]):
        assert f"\n| `{key}` |" in page


def test_what_is_not_said_is_as_usual(tmp_path: Path) -> None:
    """Chains in `chains/`, mode probe, no more than a module needed."""
    (tmp_path / FILE).write_text('module = "a.wasm"\nchains = "one.chain"')
    found = read_settings(tmp_path / FILE)
    assert (found.chains, found.mode, found.memory, found.jobs, found.of_chains) == (
        ("one.chain",),
        "probe",
        None,
        None,
        {},
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", f"{FILE} names no module: write module = "),
        ("module = 1", f'{FILE} line 1, column 1: module is a text: write module = "…"'),
        ('module = ""', f"{FILE} line 1, column 1: module is no path"),
        ('module = "a\\u0000"', f"{FILE} line 1, column 1: module is no path"),
        ('module = "a"\nmodul = 1', f"{FILE} line 2, column 1: there is no key 'modul': there are module, build"),
        ('module = "a"\nmode = "fast"', f"{FILE} line 2, column 1: there is no mode 'fast': choose probe"),
        ('module = "a"\nchains = []', f"{FILE} line 2, column 1: chains is a list of patterns"),
        ('module = "a"\nchains = [1]', f"{FILE} line 2, column 1: chains is a list of patterns"),
        ('module = "a"\nlimits = 3', f"{FILE} line 2, column 1: limits is a table: write [limits]"),
        ('module = "a"\n[limits]\n\ntimeout = "soon"', f"{FILE} line 4, column 1: soon is no time: such as 10s"),
        ('module = "a"\n[limits]\ntimeout = true', f'{FILE} line 3, column 1: timeout is written as "30s"'),
        ('module = "a"\n[limits]\nmemory = -1', f"{FILE} line 3, column 1: -1 is no size: such as 512M"),
        ('module = "a"\n[limits]\nchain = []', f'{FILE} line 3, column 1: chain is written as "30s"'),
        ('module = "a"\nlimits = { jobs = 0 }', f"{FILE} line 2, column 12: jobs is a number of processes from 1"),
        ('module = "a"\nlimits = { job = 1 }', f"{FILE} line 2, column 12: there is no key 'job': there are timeout"),
        ('module = "a"\nchain = 1', f"{FILE} line 2, column 1: what is said of single chains stands in tables"),
        ('module = "a"\n[[chain]]\nstate = "x"', f'{FILE} line 2, column 3: a [[chain]] needs path = "…"'),
        ('module = "a"\n[[chain]]\npath = 3', f"{FILE} line 3, column 1: path is a text"),
        (
            'module = "a"\n[[chain]]\npath = "x"\n[[chain]]\npath = "./x"',
            f"{FILE} line 5, column 1: there are two [[chain]] of ",
        ),
        ('module = "a"\n[[chain]]\npath = "x"\nstat = 1', f"{FILE} line 4, column 1: there is no key 'stat'"),
        ("module = ", f"can't read {FILE}: it is no valid TOML: Invalid value (at end of document)"),
        ("a b", f"can't read {FILE}: it is no valid TOML: Expected '=' after a key in a key/value pair (at line 1"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, sentence: str) -> None:
    """In a sentence that says what to write."""
    assert told(tmp_path, text).startswith(sentence)


def test_the_nearest_file_above_is_meant(tmp_path: Path) -> None:
    """Its own folder's first; without one it is told how to have one."""
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    with pytest.raises(ChainviewError, match="--init"):
        find_settings(below)
    (tmp_path / FILE).touch()
    assert find_settings(below) == tmp_path / FILE
    (below / FILE).touch()
    assert find_settings(below) == below / FILE
