"""`python -m chainview`: the command."""

from __future__ import annotations

import sys

from chainview.cli import main

sys.exit(main())
