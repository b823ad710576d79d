"""Where answers are stored and what made them, for a page of results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wellposed.flows.presentation.listing import spelled

if TYPE_CHECKING:
    from wellposed.catalog import Store
    from wellposed.kinetics.experiment import Experiment


CHAIN = "::"
"""What separates stores inside each other in a URL, and may be part of a path."""


@dataclass(frozen=True)
class Provenance:
    """Where one answer is stored, and what made it.

    Attributes
    ----------
    id, title : str
        Of the sweep that stores it.
    location : str
        What `xarray.open_zarr` opens.
    command : str
        That asks for it again.
    experiment : Experiment
    manifest : mapping, optional
        None if it is not finished.
    versions : mapping of str to str
        Of the packages that computed it.
    """

    id: str
    title: str
    location: str
    command: str
    experiment: Experiment
    manifest: Mapping[str, Any] | None
    versions: Mapping[str, str]

    @property
    def opening(self) -> str:
        """The line of Python that opens what is stored, from whatever folder."""
        url = self.location.removesuffix(f"/{self.experiment.name}/{self.id}.zarr")
        return _opening(url, self.location, self.id)

    @property
    def made_by(self) -> str:
        """Which version of what computed it, when and where."""
        version = spelled(self.experiment.version, self.experiment.fingerprint)
        shown = f"`{self.id}`: {self.experiment.name}, version {version}"
        if self.manifest is None:
            return f"{shown}, unfinished"
        shown += f", computed {self.manifest['created']}"
        if "host" in self.manifest:
            shown += f" on {self.manifest['host']}"
        if "seconds" in self.manifest:
            shown += f" in {self.manifest['seconds']:g} s"
        revision = self.manifest.get("revision")
        return f"{shown} by revision {revision}" if revision else shown


def provenance(sources: Sequence[Provenance]) -> str:
    """Returns where answers are stored, what made them, and the commands that do the same, in Markdown."""
    stored = "\n".join(f"# {one.title}\n{one.opening}" for one in sources)
    commands = "\n".join(one.command for one in sources)
    origins = dict.fromkeys(f"{one.experiment.name}: {one.experiment.source}" for one in sources)
    versions = dict.fromkeys(
        ", ".join(f"{name} {version}" for name, version in one.versions.items()) for one in sources
    )
    facts = "\n".join(f"- {fact}" for fact in (*(one.made_by for one in sources), *origins, *versions))
    used = [name for name in ("wellposed", "xarray") if any(one.opening.startswith(name) for one in sources)]
    modules = ", ".join(used or ["xarray"])
    return PROVENANCE.format(modules=modules, stored=stored, facts=facts, commands=commands)


def opening(stores: Sequence[Store]) -> str:
    """Returns the line of Python that opens what is stored: one dataset, or all of an experiment."""
    first = stores[0]
    url = _from_here(first.url)
    if len(stores) == 1:
        return _opening(url, _from_here(first.location), first.id)
    return f'wellposed.open_catalogue({quoted(url)}).search(experiment="{first.experiment}")'


def _opening(url: str, location: str, id: str) -> str:
    """Returns the line of Python that opens one sweep.

    What has two colons, or looks like it, is to Zarr one store inside another, though it may be a path.
    """
    if CHAIN in location:
        return f"wellposed.open_catalogue({quoted(url)}).find({quoted(id)}).dataset()"
    return f"xarray.open_zarr({quoted(location)})"


def quoted(text: str) -> str:
    """Returns `text` as Python writes it, in double quotes where that takes no escape."""
    return f'"{text}"' if text.isprintable() and not {'"', "\\"} & set(text) else repr(text)


def _from_here(place: str) -> str:
    path, here = Path(place), Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else place


PROVENANCE = """\
## Where it is stored

```python
import {modules}

{stored}
```

## What made it

{facts}

```
{commands}
```
"""
