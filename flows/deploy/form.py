"""What Prefect's form shows of a request: fields with their defaults, choices, limits and descriptions."""

from __future__ import annotations

import inspect
from typing import Any

from pydantic import Field

from wellposed.flows.kinds.kind import Kind
from wellposed.flows.kinds.request import Choices, RequestField, fields_of
from wellposed.kinetics import EXPERIMENTS
from wellposed.sweeps.experiments.families import families, studies

OWN = (
    "Its parameters: wellposed experiments NAME. To have one of your own here, start wellposed serve (or "
    "deploy) with --experiment /path/to/file.py:attribute."
)
PLACE = "Where answers are kept: an absolute path, or s3://bucket/path."

DESTINATION = Field(
    "report", description="The folder that is written, an absolute path; an earlier report is replaced."
)
CATALOGUE = Field("results", description=PLACE)


def signature_of(kind: Kind[Any, Any]) -> inspect.Signature:
    """Returns the signature of a flow that asks questions of a kind, as Prefect reads it."""
    parameters = [
        inspect.Parameter(
            one.name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=_default(one),
            annotation=_annotation(one),
        )
        for one in fields_of(kind.request)
    ]
    return inspect.Signature(parameters)


def _default(one: RequestField) -> Any:
    """Returns what a field begins with, with what the form says of it and the choices that it offers."""
    value = one.example if one.is_required else one.default
    if one.option.is_repeated and value is None:
        value = []  # a list that is emptied in the form is left out by it, so this is the default
    if one.option.is_range and value is None:
        value = ""  # an entry that may be left empty; None would be one that looks broken
    description = {"catalogue": PLACE}.get(one.name, one.description)
    extra: dict[str, Any] = {}
    if one.choices is not None:
        extra["enum"] = list(choices(one.choices))
        description = f"{description} {OWN}" if one.choices.of in ("experiments", "ordered") else description
    return Field(value, description=description, json_schema_extra=extra)


def _annotation(one: RequestField) -> Any:
    """Returns the type of a field with its limits; texts where a request takes values or texts."""
    if one.option.is_repeated:
        return list[str]
    if one.option.is_range:
        return str
    if one.name == "catalogue":
        return str
    return one.annotation


def choices(of: Choices) -> list[str]:
    """Returns the values that the form offers for a field, of what comes with wellposed or is installed."""
    match of.of:
        case "studies":
            return list(studies())
        case "audits":
            return [family.name for family in families().values() if family.audit is not None]
        case "ordered":
            return [name for name, one in EXPERIMENTS.items() if one.order_parameter is not None]
    return list(EXPERIMENTS)
