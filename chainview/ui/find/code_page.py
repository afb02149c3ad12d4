"""The page of a code, as `chainview explain` prints it, over the screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from textual import events

from chainview.replay.differences.codes import Code
from chainview.ui.lines.line import Line
from chainview.ui.widgets.key_map import KeyMap
from chainview.ui.widgets.keys import ActionId
from chainview.ui.widgets.overlays import SCROLLING, Overlay

_FENCE = "```"
_MARKED = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*|\[([^\]]+)\]\([^)]*\)")


class CodePage(Overlay):
    """What a code means, with an example and what to do; the key that opened it closes it."""

    INDENT = 0
    KEYS = SCROLLING

    def __init__(self, code: Code, keymap: KeyMap) -> None:
        super().__init__(f"{code} {code.description.title}", [*page_lines(code.text)], keymap)

    def pressed(self, event: events.Key) -> None:
        """Closes or scrolls."""
        typed = event.character if event.is_printable and event.key != "space" else None
        action = self._keymap.action_for(typed, event.key)
        if action is not None and action.id is ActionId.EXPLAIN:
            self.dismiss(None)
        else:
            super().pressed(event)


def page_lines(text: str) -> Iterator[Line]:
    """A page in Markdown as lines: headings, paragraphs each in one line, examples as they stand there."""
    paragraph: list[str] = []
    in_example = False
    for line in [*text.partition("\n")[2].strip("\n").split("\n"), ""]:
        if line.startswith(_FENCE):
            in_example = not in_example
        elif in_example:
            yield [(line, "dim")]
        elif line.strip() and not line.startswith("#"):
            paragraph.append(line.strip())
            continue
        if paragraph:
            yield _spans(" ".join(paragraph))
            paragraph = []
        if line.startswith("#"):
            yield [(line.lstrip("# "), "title")]
        elif not line.strip() and not in_example:
            yield []


def _spans(text: str) -> Line:
    """A paragraph with what is marked in it in roles of its own."""
    line: Line = []
    at = 0
    for found in _MARKED.finditer(text):
        quoted, strong, linked = found.groups()
        line += [(text[at : found.start()], "text"), (quoted or strong or linked, "accent" if quoted else "name")]
        at = found.end()
    return [*line, (text[at:], "text")]
