"""Writes the manual page that a wheel brings along."""

from __future__ import annotations

from pathlib import Path

from chainview.commands.usage.manual import manual

PAGE = Path(__file__).resolve().parents[2] / "docs" / "chainview.1"

if __name__ == "__main__":
    PAGE.write_text(f"{manual()}\n", encoding="utf-8")
