"""The frame of a page: nothing that stands in it can become markup or a script, and it asks for nothing else."""

from __future__ import annotations

import html
from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import sha256
from importlib.resources import files
from itertools import islice
from pathlib import Path
from urllib.parse import quote

from chainview.chain.table import EventTable
from chainview.chain.words.report import event_text
from chainview.chain.words.spans import Span
from chainview.system.wording import visible

MOST_EVENTS = 5_000
"""The events, or pairs of them, that a page holds; how many there are beside them it says."""
MOST_BYTES = 32 << 20
"""The bytes of a page's rows; where they reach it no more of them begin."""
_MOST_LINES, _MOST_LETTERS = 200, 40_000
"""What is told of one event."""
_MORE = "\n… and more"


def escaped(text: str) -> str:
    """Text from data as a page holds it: neither markup, nor what turns a line round or shows as nothing."""
    return html.escape(visible(text))


def block(lines: Iterable[str]) -> str:
    """Lines of text, bounded, as they are."""
    taken = list(islice(lines, _MOST_LINES + 1))
    text = "\n".join(taken[:_MOST_LINES])
    more = len(taken) > _MOST_LINES or len(text) > _MOST_LETTERS
    shown = "\n".join([escaped(line) for line in text[:_MOST_LETTERS].split("\n")])
    return f"<pre>{shown}{_MORE if more else ''}</pre>"


def line(number: str, spans: Iterable[Span], hash_: str, mark: str = "") -> str:
    """What is seen of a row that is folded."""
    return (
        f'<span class="line"><span class="number">{escaped(number)}</span>'
        f'<span class="mark">{escaped(mark)}</span><span class="text">'
        f'{coloured(spans)}</span><span class="hash">{escaped(hash_)}</span></span>'
    )


def coloured(spans: Iterable[Span]) -> str:
    """Pieces of a line, each in the colour of what it is."""
    return "".join([f'<span class="r-{role}">{escaped(text)}</span>' for text, role in spans])


def hash_shown(table: EventTable, index: int) -> str:
    """The beginning of an event's hash."""
    hash_ = table.hash(index)
    return hash_.hex()[:7] if hash_ else ""


def event_block(table: EventTable, index: int) -> str:
    """All of an event, bounded."""
    return block(event_text(table, index))


def page(title: str, head: Iterable[str], rows: Iterable[str], word: str) -> Iterator[bytes]:
    """A whole page: what is said first, and the rows, whose number is told by a word such as `events`.

    The policy names its style and its script by their hashes: the browser takes no others, and fetches nothing.
    """
    style, script = _resource("page.css"), _resource("page.js")
    policy = f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; base-uri 'none'"
    begin = (
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}; form-action \'none\'">',
        '<meta name="viewport" content="width=device-width"><meta name="referrer" content="no-referrer">',
        f"<title>{escaped(title)}</title><style>{style}</style></head><body>",
        *head,
        f'<div class="tools" hidden><input id="find" type="search" placeholder="find in {escaped(word)} (/)" '
        'aria-label="find"> <span id="told" class="dim" role="status"></span> '
        '<button id="unfold" type="button">unfold all</button> <button id="fold" type="button">fold all</button></div>',
        f'<main class="{escaped(word)}">',
    )
    yield from (f"{each}\n".encode() for each in begin)
    yield from (f"{each}\n".encode() for each in rows)
    yield f"</main><script>{script}</script></body></html>\n".encode()


def list_page(title: str, pages: Iterable[Path]) -> Iterator[bytes]:
    """A page that leads to others beside it."""
    links = [f'<p data-row><a href="./{quote(each.name)}">{escaped(each.stem)}</a></p>' for each in pages]
    yield from page(f"{title} – chainview", [f"<h1>{escaped(title)}</h1>"], links, "actors")


def _resource(name: str) -> str:
    return files("chainview.pages").joinpath(name).read_text("utf-8")


def _source(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"
