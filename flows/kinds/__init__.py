"""The kinds of question that can be asked.

`KINDS` is the table of them, by name.  A new kind is one module here that ends in a `Kind`, and one entry.
"""

from __future__ import annotations

from typing import Any

from wellposed.flows.kinds import audit, boundary, curve, study, sweep
from wellposed.flows.kinds.kind import Kind

KINDS: dict[str, Kind[Any, Any]] = {
    kind.name: kind for kind in (sweep.KIND, boundary.KIND, curve.KIND, study.KIND, audit.KIND)
}
"""Every kind of question, by name."""
