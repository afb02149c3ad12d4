"""From the role of a piece of text to the style that the stylesheet gives it."""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from chainview.system.wording import visible
from chainview.ui.lines.line import Line
from chainview.ui.lines.styles_on_demand import StylesOnDemand

ROLES = (
    "text",
    "dim",
    "quiet",
    "name",
    "string",
    "number",
    "word",
    "type",
    "good",
    "warn",
    "bad",
    "accent",
    "changed",
    "title",
    "key",
    "tab",
    "here",
    "cursor",
    "hit",
)


class RoleStyles(StylesOnDemand):
    """A widget that paints lines of spans; the styles are looked up once a theme."""

    LOOKS: ClassVar[frozenset[str]] = frozenset(f"role--{role}" for role in ROLES)

    _looked_up: dict[str, Style] | None = None

    def role_style(self, role: str) -> Style:
        """The style of a role on this widget's background."""
        if self._looked_up is None:
            self._looked_up = {}
        style = self._looked_up.get(role)
        if style is None:
            style = self._looked_up[role] = self.get_component_rich_style(f"role--{role}")
        return style

    def notify_style_update(self) -> None:
        """Lets go of the styles of the theme before."""
        super().notify_style_update()
        self._looked_up = None

    def painted(self, line: Line, width: int) -> Strip:
        """A line as a strip of exactly that width."""
        # What a line is made of is made visible where it is told; nothing that was forgotten there drives the terminal.
        segments = [Segment(visible(text), self.role_style(role)) for text, role in line]
        return Strip(segments).adjust_cell_length(width, self.role_style("text"))

    def blank(self, width: int) -> Strip:
        """A strip of the widget's background."""
        return Strip.blank(width, self.role_style("text"))
