"""Letters that some terminals give more cells than others: what stands behind them is put where it is counted to be."""

from __future__ import annotations

import re

from rich.cells import cell_len
from textual.driver import Driver

from chainview.ui.lines.line import loose_cells

_MAY_BE_LOOSE = re.compile("[\u0903-\u1cff\u302e\u302f\ua823-\uabec\U00011000-\U0001d172]")
_TOKENS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b\].*?(?:\x07|\x1b\\)|\x1b.|[\r\n]|[^\x1b\r\n]+", re.DOTALL)
_TO_COLUMN = re.compile(r"\x1b\[(?:\d+;(\d+)H|(\d+)G)")
_NO_MOVE = "mhl"
_UNKNOWN = -1
_UNWRAPPED = "\x1b[?7l{}\x1b[?7h"
"""No terminal goes on in the next line with what it finds too long."""


class AnchoredDriver(Driver):
    """A driver, before another one, that writes only what no terminal shifts."""

    def write(self, data: str) -> None:
        """Writes it with what stands behind letters of unsure width anchored."""
        super().write(anchored(data))  # type: ignore[safe-super]


def anchored(data: str) -> str:
    """What paints a screen, with the cursor put behind each text that may be wider than it is counted to be.

    Blanks that follow such a text are painted first, so that it may go on in them.
    """
    if _MAY_BE_LOOSE.search(data) is None:
        return data
    tokens = _TOKENS.findall(data)
    out: list[str] = []
    column, at = _UNKNOWN, 0
    while at < len(tokens):
        token = tokens[at]
        move = _TO_COLUMN.fullmatch(token)
        if move is not None:
            column = int(move[1] or move[2])
        elif token in "\r\n":
            column = 1
        elif token[0] == "\x1b":
            column = column if token[-1] in _NO_MOVE else _UNKNOWN
        elif column != _UNKNOWN:
            if loose_cells([(token, "")]):
                stop, blanks = _run(tokens, at)
                run = "".join(tokens[at:stop])
                cells = sum([cell_len(each) for each in tokens[at:stop] if each[0] != "\x1b"]) + blanks
                if blanks:
                    tokens[stop] = tokens[stop][blanks:]
                column += cells
                out += [" " * cells, f"\x1b[{column - cells}G", _UNWRAPPED.format(run), f"\x1b[{column}G"]
                at = stop
                continue
            column += cell_len(token)
        out.append(token)
        at += 1
    return "".join(out)


def _run(tokens: list[str], at: int) -> tuple[int, int]:
    """Where the texts end that may all be moved by a loose one, before blanks for them, and how many blanks it takes.

    Where no blanks follow in the row, that is the loose text alone.
    """
    loose, later = 0, at
    while later < len(tokens) and _stays_in_row(tokens[later]):
        token = tokens[later]
        if token[0] != "\x1b":
            # One blank is left, which keeps apart what stands beside it.
            if loose and len(token) - len(token.lstrip(" ")) > loose:
                return later, loose
            loose += loose_cells([(token, "")])
        later += 1
    return at + 1, 0


def _stays_in_row(token: str) -> bool:
    """Whether it is text, or the style of what follows it."""
    return token not in "\r\n" and (token[0] != "\x1b" or token[-1] == "m")
