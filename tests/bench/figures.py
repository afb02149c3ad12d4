"""How benchmarks print."""

from __future__ import annotations

import os
import platform


def print_machine() -> None:
    """Says what the figures were taken on."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    print(f"{platform.python_implementation()} {platform.python_version()}, {os.cpu_count()} cores{load}")


def print_figure(name: str, figure: str) -> None:
    """Prints one figure."""
    print(f"  {name:<48} {figure}")
