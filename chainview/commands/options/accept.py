"""The option that names what was accepted."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_accept_option(parser: argparse.ArgumentParser, chain: str) -> None:
    """Adds the option that names a file of accepted differences; `chain` is what the usage calls the recorded one."""
    parser.add_argument(
        "--accept", type=Path, metavar="RULES", help=f"a file of accepted differences (default: {chain}.accept.toml)"
    )
