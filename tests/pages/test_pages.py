"""The pages of a chain and of a replay: what they hold, and that nothing from data can be more than text."""

from __future__ import annotations

import re
import shutil
import subprocess
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chainview.chain.files.opened import open_chain
from chainview.chain.state_chain import linked
from chainview.pack.values import String
from chainview.pages import chain_page as chain_module
from chainview.pages.chain_page import chain_page
from chainview.pages.page import block, escaped, page
from chainview.pages.replay_page import replay_page
from chainview.workbench.replay_request import ReplayRequest
from tests.chain.samples import native
from tests.commands.running import SAMPLES, run_here
from tests.ui import samples
from tests.waiting import LIMIT

HOSTILE = (
    "<script>document.title='pwned'</script>",
    "</pre></details><img src=x onerror=document.title='pwned'>",
    "\"><svg/onload=document.title='pwned'>",
    "<!--", "]]>", "&lt;script&gt;", "<style>*{display:none}</style>", "javascript:document.title='pwned'",
    "\u202eright to left", "\x1b]0;pwned\x07", "\x00",
    "<meta http-equiv=refresh content=0;url=//x>", "</main></body></html>", "</script>",
)  # fmt: skip
PRICING = SAMPLES / "pricing"


class Parts(HTMLParser):
    """The tags of a page with the names of their attributes, and the text between them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, tuple[str, ...]]] = []
        self.text = ""
        self.scripts: list[str] = []
        self._in = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Counts a tag."""
        self.tags.append((tag, tuple([name for name, _ in attrs])))
        self._in = tag

    def handle_data(self, data: str) -> None:
        """Takes text, and the script apart."""
        if self._in in ("script", "style"):
            self.scripts.append(data)
        else:
            self.text += data

    def handle_endtag(self, tag: str) -> None:
        """Goes back to text."""
        self._in = ""


def chain_of(folder: Path, texts: tuple[str, ...]) -> Path:
    """A chain whose actor logs and answers these texts, and fails with them."""
    parts = [samples.call("init"), samples.result("init", samples.counter(0))]
    for text in texts:
        parts += [samples.call("f", String(text)), samples.log(text), samples.error("f", text)]
        parts += [samples.host(text.replace("/", "") or "x", "g", String(text))]
    path = folder / "c.chain"
    path.write_bytes(native(list(linked(parts))))
    return path


def page_of(path: Path) -> str:
    """The page of a chain."""
    with open_chain(path) as opened:
        return b"".join(chain_page(opened.load())).decode()


def test_nothing_that_an_actor_says_is_more_than_text(tmp_path: Path) -> None:
    """The page of a hostile chain has the tags of a harmless one, and shows what the actor said."""
    harmless, hostile = Parts(page_of(chain_of(tmp_path, ("a",)))), Parts(page_of(chain_of(tmp_path, HOSTILE)))
    assert set(hostile.tags) <= set(harmless.tags) | {("span", ("class",))}
    assert hostile.scripts == harmless.scripts
    assert not [name for _, names in hostile.tags for name in names if name.startswith("on")]
    assert "<script>document.title='pwned'</script>" in hostile.text
    assert "\\u{202e}right to left" in hostile.text
    assert "\u202e" not in hostile.text
    assert "\x1b" not in hostile.text


@given(st.text())
def test_a_text_comes_back_as_it_was(text: str) -> None:
    """What is escaped holds no mark of markup, and reads as the text did, control characters told."""
    assert not re.search("[<>\"']", escaped(text))
    assert not re.search("[<>]", block([text]).removeprefix("<pre>").removesuffix("</pre>"))


def test_the_policy_lets_the_page_s_own_style_and_script_in_alone(tmp_path: Path) -> None:
    """By their hashes; and nothing may be fetched, framed or sent."""
    text = page_of(chain_of(tmp_path, ("a",)))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy is not None
    for tag in ("style", "script"):
        inside = re.search(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert inside is not None
        assert f"{tag}-src 'sha256-{b64encode(sha256(inside[1].encode()).digest()).decode()}'" in policy[1]
    assert "default-src 'none'" in policy[1]
    assert "unsafe" not in policy[1]
    assert "http:" not in text.replace("http-equiv", "")
    assert "https:" not in text


def test_a_large_chain_is_bounded_and_says_what_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Up to its bound, also within a call, and behind it how many more, and how to see them."""
    monkeypatch.setattr(chain_module, "MOST_EVENTS", 4)
    text = page_of(chain_of(tmp_path, ("a", "b")))
    assert len(re.findall("<details data-row", text)) == 4
    assert "… and 1 more event of this call" in text
    assert f"… and 6 more events: chainview show {tmp_path / 'c.chain'} --from 5 prints them" in text
    assert block(["x"] * 1000).count("\n") == 200
    assert block(["x" * 100_000]).endswith("… and more</pre>")


def test_the_page_of_a_chain_that_is_not_sound_says_so_first(tmp_path: Path) -> None:
    """With what is wrong and where, before any event."""
    path = chain_of(tmp_path, ("aaaa",))
    path.write_bytes(path.read_bytes().replace(b"aaaa", b"bbbb", 1))
    text = page_of(path)
    assert text.index("not sound, ") < text.index('class="bad">event 3,') < text.index("<main")


def test_a_replay_s_page_begins_with_the_explanation(tmp_path: Path) -> None:
    """The report and the causes with their codes' pages, then the rows, those that differ unfolded."""
    request = ReplayRequest(
        str(PRICING / "faults" / "changed-argument.wasm"),
        str(PRICING / "workloads" / "short.chain"),
        recorded_module=PRICING / "pricing.wasm",
    )
    with open_chain(request.chain) as opened:
        explanation, now = request.explained(opened, [])
        text = b"".join(replay_page(request.name, explanation, opened.table, now)).decode()
    shown = Parts(text)
    assert text.index("DIVERGES at event 16 of 55") < text.index("C1 argument changed:") < text.index("<main")
    assert text.count('class="line cause"') == 2
    assert text.count("<details data-row") == 55
    assert "# C1: argument changed" in shown.text
    assert '<details class="call" open>' in text


def test_a_page_is_written_by_export_and_by_replay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Into a file that is not replaced unasked and is named; the report is printed beside it."""
    chain, output = str(PRICING / "workloads" / "short.chain"), tmp_path / "p.html"
    assert run_here("export", chain, "--to", "html", "-o", str(output)) == 0
    assert output.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert capsys.readouterr().err == f"the page is in {output}\n"
    module = str(PRICING / "pricing.wasm")
    assert run_here("replay", module, chain, "--html", str(output)) == 2
    assert "--force" in capsys.readouterr().err
    assert run_here("replay", module, chain, "--html", str(output), "--force") == 0
    told = capsys.readouterr()
    assert (told.out.startswith("identical"), told.err.splitlines()[-1]) == (True, f"the page is in {output}")
    assert "identical" in output.read_text(encoding="utf-8")


def test_a_page_is_written_by_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Both chains beside each other, the explanation first; what cannot be is refused before anything is compared."""
    chains = [str(PRICING / "workloads" / f"{name}.chain") for name in ("short", "errors")]
    output = tmp_path / "d.html"
    assert run_here("diff", *chains, "--html", str(output)) == 1
    text = output.read_text(encoding="utf-8")
    assert "<title>short.chain ↔ errors.chain – chainview</title>" in text
    assert text.index("DIFFERS at event ") < text.index("<main") < text.index('class="sides"')
    told = capsys.readouterr()
    assert told.out.startswith("DIFFERS at event ")
    assert told.err == f"the page is in {output}\n"
    assert run_here("diff", *chains, "--html", str(output)) == 2
    assert run_here("diff", *chains, "--html", "-") == 2
    assert capsys.readouterr().err.count("--html") == 1
    damaged = tmp_path / "damaged.chain"
    damaged.write_bytes(b"\n".join([Path(chains[0]).read_bytes()[:700]]))
    assert run_here("diff", str(damaged), chains[0], "--html", str(output), "--force") == 1
    assert "A1" in output.read_text(encoding="utf-8")


def test_a_page_that_can_not_be_written_takes_no_report_with_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was found is printed all the same, then why there is no page."""
    chains = [str(PRICING / "workloads" / f"{name}.chain") for name in ("short", "errors")]
    nowhere = str(tmp_path / "none" / "p.html")
    for words, report in (
        (("replay", str(PRICING / "pricing.wasm"), chains[0]), "identical"),
        (("diff", *chains), "DIFFERS at event "),
    ):
        assert run_here(*words, "--html", nowhere) == 2
        told = capsys.readouterr()
        assert told.out.startswith(report)
        assert f"can't write {nowhere}: no such file or directory" in told.err


@pytest.mark.once
def test_a_browser_shows_the_page_and_runs_nothing_of_the_actor_s(tmp_path: Path) -> None:
    """Its own script runs, which shows the field for finding; the title stays."""
    browser = shutil.which("chromium")
    if browser is None:
        pytest.skip("chromium is not installed")
    output = tmp_path / "p.html"
    output.write_text(page_of(chain_of(tmp_path, HOSTILE)), encoding="utf-8")
    options = ("--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}")
    done = subprocess.run(
        [browser, *options, "--dump-dom", output.as_uri()], capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert "<title>c.chain – chainview</title>" in done.stdout
    assert '<div class="tools">' in done.stdout


def test_a_page_needs_no_rows() -> None:
    """An empty chain has a page, too."""
    assert b"<main" in b"".join(page("empty", [], [], "events"))
