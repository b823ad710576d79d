"""Where answers are stored and what made them, for a page of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from wellposed.catalog import index
from wellposed.flows.kinds.job import Job, opening_line
from wellposed.flows.presentation.listing import spelled


def provenance(jobs: Sequence[Job]) -> str:
    """Where the answers to `jobs` are stored, what made them, and the commands that do the same."""
    stored = "\n".join(f"# {job.title}\n{opening_line(job)}" for job in jobs)
    commands = "\n".join(job.command for job in jobs)
    made = [made_by(job) for job in jobs]
    sources = dict.fromkeys(f"{job.experiment.name}: {job.experiment.source}" for job in jobs)
    versions = dict.fromkeys(_versions(job) for job in jobs)
    facts = "\n".join(f"- {fact}" for fact in (*made, *sources, *versions))
    return PROVENANCE.format(stored=stored, facts=facts, commands=commands)


def made_by(job: Job) -> str:
    """Which version of what computed a sweep, when and where."""
    version = spelled(job.experiment.version, job.experiment.fingerprint)
    said = f"`{job.store.id}`: {job.experiment.name}, version {version}"
    manifest = index.manifest(job.store)
    if manifest is None:
        return f"{said}, unfinished"
    said += f", computed {manifest['created']}"
    if "host" in manifest:
        said += f" on {manifest['host']}"
    if "seconds" in manifest:
        said += f" in {manifest['seconds']:g} s"
    return f"{said} by revision {manifest['revision']}" if manifest.get("revision") else said


def _versions(job: Job) -> str:
    versions: Mapping[str, str] = job.store.dataset().attrs["versions"]
    return ", ".join(f"{name} {version}" for name, version in versions.items())


PROVENANCE = """\
## Where it is stored

```python
import xarray

{stored}
```

## What made it

{facts}

```
{commands}
```
"""
