"""The styles of a widget's component classes, each worked out when something is first painted in it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.css.styles import RenderStyles
from textual.dom import DOMNode
from textual.filter import ANSIToTruecolor, LineFilter
from textual.widget import Widget


class StylesOnDemand(Widget):
    """A widget whose component classes cost nothing until something is painted in them.

    Textual works out every class in COMPONENT_CLASSES each time a widget is styled, which for some tens of classes on
    each line of a screen is much of the time to its first frame.
    """

    LOOKS: ClassVar[frozenset[str]] = frozenset()
    """The component classes that there are, in place of COMPONENT_CLASSES."""

    _on_demand: dict[str, DOMNode] | None = None

    def get_component_styles(self, *names: str) -> RenderStyles:
        """The styles that the stylesheet gives one of LOOKS; Textual looks up what else is asked for."""
        if len(names) != 1 or names[0] not in self.LOOKS:
            return super().get_component_styles(*names)
        if self._on_demand is None:
            self._on_demand = {}
        (name,) = names
        node = self._on_demand.get(name)
        if node is None:
            node = DOMNode(classes=name)
            # As Textual does it for those that are declared: the stylesheet looks upwards from here.
            node._attach(self)
            self.app.stylesheet.apply(node)
            self._on_demand[name] = node
        return node.styles

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What is done to each line, but that no piece is looked through for the terminal's own colours.

        The stylesheet names those only where Textual leaves them as they are.
        """
        return [each for each in super().get_line_filters() if not isinstance(each, ANSIToTruecolor)]

    def notify_style_update(self) -> None:
        """Lets go of the styles of the theme before."""
        super().notify_style_update()
        self._on_demand = None
