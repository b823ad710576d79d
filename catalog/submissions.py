"""What was handed to a queue or a work pool, for whoever sees the catalogue: a small file for each.

It tells what was asked and where it was handed to, and never changes.  How far that is, the stores tell, and
what has become of it, the queue.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shlex
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from wellposed.catalog import trust
from wellposed.catalog.location import Location
from wellposed.catalog.schema import ROOT
from wellposed.catalog.store import Store
from wellposed.errors import CatalogueError

FOLDER = ".submissions"
"""Where they are in a catalogue.  No experiment is called so."""

SUFFIX = ".json"

ID = re.compile(r"[0-9a-f]{8}")

STORE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*/[A-Za-z0-9_][A-Za-z0-9_.-]*\.zarr")

WORD = re.compile(r"[A-Za-z0-9_@.:/\[\]+][A-Za-z0-9_@.:/\[\]+-]*|")
"""What is given to a command of a queue: nothing that it could take for an option."""


OF_QUEUE, OF_POOL = {"kind", "name", "job", "log"}, {"pool", "api", "flow_run"}
"""What finds a submission again."""

JOB = re.compile(r"[1-9][0-9]*([.\[_][A-Za-z0-9_.\[\]-]*)?")
"""What a queue calls a job: a number, with more.  Other words may stand for all jobs of whoever cancels."""

FLOW_RUN = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
"""The id of a run of Prefect."""


@dataclass(frozen=True)
class Submission:
    """A question that was handed over.

    Attributes
    ----------
    id : str
        Eight hexadecimal digits.
    question : str
        In one line.
    command : str
        The command line that asks it.
    sweeps : tuple of str
        Where its answers are or will be, relative to the catalogue.
    submitted : str
        When, in ISO 8601 and UTC.
    user, host : str
        Who handed it over, and where.
    cluster : str
        The name of the entry of clusters.yaml, or of the work pool.
    where : mapping of str to str
        What finds it again.  Of a queue, its ``kind``, the ``name`` by which the cluster calls itself, the
        ``job``, and the ``log``; of a work pool, its name as ``pool``, the ``api`` of its server and the
        ``flow_run``.
    """

    id: str
    question: str
    command: str
    sweeps: tuple[str, ...]
    submitted: str
    user: str
    host: str
    cluster: str
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.submitted)

    def stores(self, catalogue: Location) -> list[Store]:
        """Returns the stores of its answers, which need not be there."""
        return [Store(catalogue.url, path, system=catalogue.system) for path in self.sweeps]


def new_id() -> str:
    """Returns an id that no other submission has."""
    return secrets.token_hex(4)  # another one is noticed when it is recorded


def record(catalogue: Location, submission: Submission) -> None:
    """Stores what was handed over.

    Raises
    ------
    OSError
        If nothing can be written.
    CatalogueError
        If there is another one of that id.
    """
    text = json.dumps(asdict(submission), indent=2) + "\n"
    if not catalogue.create(_key(submission.id), text):
        raise CatalogueError(f"{catalogue.url} holds another submission {submission.id}.")


def is_own(catalogue: Location, submission: Submission) -> bool:
    """Returns whether this user has written the record, as far as the place tells whose a file is."""
    if catalogue.directory is None:
        return True
    about = catalogue.system.about(catalogue.directory / _key(submission.id), of_link=True)
    return about is not None and about.st_uid == os.getuid()


def _key(id: str) -> str:
    return f"{FOLDER}/{id}{SUFFIX}"


def submissions(catalogue: Location) -> list[Submission]:
    """Returns all that can be read, the oldest first."""
    found = [one for id in _ids(catalogue) if (one := _read_or_none(catalogue, id)) is not None]
    return sorted(found, key=lambda one: (one.submitted, one.id))


def find(catalogue: Location, id: str) -> Submission:
    """Returns the one submission whose id begins with `id`.

    Raises
    ------
    CatalogueError
        If there is none, or more than one, or its record is damaged.
    """
    known = list(_ids(catalogue))
    found = [one for one in known if id and one.startswith(id)]
    if len(found) != 1:
        listed = ", ".join(found or known) or "none"
        what = "begins" if found else "begins none of"
        raise CatalogueError(
            f"An id must begin one submission in {catalogue.url}, but {id!r} {what} {listed}."
        )
    return _read(catalogue, found[0])


def _ids(catalogue: Location) -> Iterator[str]:
    for one in (catalogue / FOLDER).listing():
        id = one.name.removesuffix(SUFFIX)
        if not one.is_directory and one.name.endswith(SUFFIX) and ID.fullmatch(id):
            yield id


def _read_or_none(catalogue: Location, id: str) -> Submission | None:
    try:
        return _read(catalogue, id)
    except (CatalogueError, OSError):
        return None


def _read(catalogue: Location, id: str) -> Submission:
    what = f"{catalogue.url}/{_key(id)}"
    told = trust.read(catalogue, _key(id))
    if told is None:
        raise CatalogueError(f"There is no {what} any more.")
    if not _is_record(told, id):
        raise CatalogueError(f"{what} is damaged: it is no record of a submission.")
    return Submission(**{**told, "sweeps": tuple(told["sweeps"])})


def _is_record(told: Mapping[str, Any], id: str) -> bool:
    """Returns whether this is one of ours, of which commands of a queue may be made."""
    if told.keys() != {one.name for one in fields(Submission)} or told["id"] != id:
        return False
    texts = [value for name, value in told.items() if name not in ("sweeps", "where")]
    sweeps, where = told["sweeps"], told["where"]
    if not isinstance(sweeps, list) or not isinstance(where, dict):
        return False
    if not all(isinstance(text, str) for text in [*texts, *sweeps, *where.values()]):
        return False
    if not sweeps or not all(text.isprintable() for text in [*texts, *sweeps, *where.values()]):
        return False
    if where.keys() == OF_POOL:
        if not FLOW_RUN.fullmatch(where["flow_run"]):
            return False
    elif where.keys() != OF_QUEUE or not JOB.fullmatch(where["job"]):
        return False
    words = [told["user"], *(where.get(name, "") for name in ("kind", "name", "job"))]
    if not all(WORD.fullmatch(word) for word in words) or not all(STORE.fullmatch(path) for path in sweeps):
        return False
    try:
        moment = datetime.fromisoformat(told["submitted"])
        moment.astimezone()  # which the first and the last year do not have
        return moment.tzinfo is not None and shlex.split(told["command"])[:1] == ["wellposed"]
    except (ValueError, OverflowError):
        return False


def end_of(submission: Submission, catalogue: Location) -> str:
    """Returns how a submission has come to its end, as far as stores tell; empty if it has not."""
    stores = submission.stores(catalogue)
    if all(map(_is_finished, stores)):
        return "has been answered"
    is_there = catalogue.has(f"{path}/{ROOT}" for path in submission.sweeps)
    return "" if any(is_there) else "has no answers any more"


def _is_finished(store: Store) -> bool:
    try:
        return store.manifest() is not None
    except (CatalogueError, OSError):
        return False
