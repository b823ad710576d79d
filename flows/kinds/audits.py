"""Audits: every printed claim of a family of equations, judged by measurement."""

from __future__ import annotations

from wellposed.errors import RequestError
from wellposed.flows.kinds import audit_boltzmann, audit_lenard_balescu, audit_wave
from wellposed.flows.kinds.audit import Audit

AUDITS: dict[str, Audit] = {
    one.name: one for one in (audit_wave.AUDIT, audit_boltzmann.AUDIT, audit_lenard_balescu.AUDIT)
}


def find_audit(name: str) -> Audit:
    """The audit called `name`.  Raises `RequestError` if there is none."""
    if name not in AUDITS:
        raise RequestError(f"There is no audit `{name}`; there is {', '.join(AUDITS)}.")
    return AUDITS[name]
