"""What the requests of all kinds have in common: fields, how each is spelled, and what is refused.

A request is a frozen pydantic dataclass.  Its fields, with their defaults, limits and descriptions, are the
arguments of the Python function, the options of the command, the entries of Prefect's form and the words of
the command that asks again.  How it is spelled on a command line is said by an `Option` in its annotation.

Imports no solver, storage or scheduler: the command line builds itself from requests, and says what is wrong
with one, before any of them is needed.
"""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from pydantic import BeforeValidator, Field, PlainValidator, ValidationError, WithJsonSchema
from pydantic.dataclasses import dataclass as pydantic_dataclass

from wellposed.errors import RequestError

R = TypeVar("R")

Completion = Literal["experiments", "parameters", "assignments", "studies", "audits", ""]
"""What a shell offers for an option: see `wellposed.flows.cli.completion`."""


@dataclass(frozen=True)
class Option:
    """How a field is spelled on a command line.

    Attributes
    ----------
    flag : str
        Such as ``--axis``; empty for a word without an option before it.
    metavar : str
        What stands for its value in the help.
    completion : str
    is_repeated : bool
        Whether it is given once for each of several.
    is_range : bool
        Whether it is a pair of numbers, written as ``A:B``.
    ends_of : str
        Of a pair of ends that need not be said where they are all that is allowed: the field that names the
        parameter.
    ends : str
        Of a parameter that is written with its ends, as in ``M=6.1:6.9``: the field that holds them.
    """

    flag: str = ""
    metavar: str = ""
    completion: Completion = ""
    is_repeated: bool = False
    is_range: bool = False
    ends_of: str = ""
    ends: str = ""


@dataclass(frozen=True)
class Choices:
    """The values that Prefect's form offers for a field; ``ordered`` are experiments that have a boundary."""

    of: Literal["experiments", "ordered", "studies", "audits"]


@dataclass(frozen=True)
class Example:
    """What Prefect's form begins with where a field must be given."""

    value: object


def _plain(value: object) -> object:
    """Returns a number of NumPy's as one of Python's."""
    return value.item() if hasattr(value, "item") and getattr(value, "shape", None) == () else value


def _given(value: object) -> object:
    """Returns values by parameter, or texts that spell them, as they are; others are refused."""
    if value is None:
        return None
    if isinstance(value, Mapping):  # what can be read once only is read now: a request may be used again
        return {name: _read(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str) and all(isinstance(v, str) for v in value):
        return list(value)
    raise ValueError("must be a mapping from parameters to values, or texts such as beta=0:1:41")


def _read(values: object) -> object:
    """Returns the values of a parameter: of an xarray or pandas object an array, and an iterator is read."""
    if hasattr(values, "to_numpy"):
        return values.to_numpy()
    return tuple(values) if isinstance(values, Iterator) else values


def _ends(value: object) -> object:
    """Returns two numbers, given as such or as the text ``A:B``; None if nothing is given."""
    if value is None or value == "":
        return None
    parts: Any = value.split(":") if isinstance(value, str) else value
    try:
        first, last = (float(part) for part in parts)
    except (TypeError, ValueError):
        raise ValueError("must be two numbers, as in 0.1:0.4") from None
    if not (math.isfinite(first) and math.isfinite(last)):
        raise ValueError("must be two finite numbers, as in 0.1:0.4")
    return first, last


def _texts(description: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "array", "items": {"type": "string"}, "title": description})


Texts = Sequence[str]

ExperimentName = Annotated[
    str,
    Field(description="An experiment's name, or module:attribute, or path/to/file.py:attribute."),
    Option(metavar="NAME", completion="experiments"),
    Choices("experiments"),
    Example("wave.growth"),
]
OrderedExperimentName = Annotated[
    str,
    Field(
        description="An experiment that has an order parameter: its name, or module:attribute, or "
        "path/to/file.py:attribute."
    ),
    Option(metavar="NAME", completion="experiments"),
    Choices("ordered"),
    Example("wave.growth"),
]
Values = Annotated[
    Mapping[str, Iterable[object]] | Texts | None,
    PlainValidator(_given),
    _texts("axes"),
    Field(
        description="Parameters that vary, each with its values: beta=0:1:41 is 41 values, both ends "
        "included; A=geom(1,100,5) grows by a factor; M=7,8,10 is itself."
    ),
    Option("--axis", "NAME=VALUES", "assignments", is_repeated=True),
]
Settings = Annotated[
    Mapping[str, object] | Texts | None,
    PlainValidator(_given),
    _texts("fixed"),
    Field(
        description="Parameters that do not vary, such as operator=gain; those not given have their defaults."
    ),
    Option("--set", "NAME=VALUE", "assignments", is_repeated=True),
]
Ends = Annotated[tuple[float, float] | None, PlainValidator(_ends)]
FromNumPy = BeforeValidator(_plain)
"""Lets a number be one of NumPy's.  Stands after the limits of the number: Prefect's form shows them then."""

PositiveNumber = Annotated[float, Field(gt=0, allow_inf_nan=False), FromNumPy]
Width = Annotated[
    PositiveNumber,
    Field(description="How wide the bracket of a boundary may remain."),
    Option("--tolerance", "WIDTH"),
]
Recompute = Annotated[
    Literal["missing", "failed", "everything"],
    Field(
        description="Which points are computed: those that are not stored, those that failed as well, or all "
        "of them again."
    ),
    Option("--recompute", "POINTS"),
]
Seconds = Annotated[
    PositiveNumber | None,
    Field(description="Seconds after which a point has failed."),
    WithJsonSchema(
        {
            "anyOf": [
                {"title": "none", "type": "null"},
                {"title": "seconds", "type": "number", "exclusiveMinimum": 0},
            ]
        }
    ),
    Option("--time-limit", "SECONDS"),
]
ClusterName = Annotated[
    str,
    Field(
        description="Where points are computed: local, the address of a Dask scheduler such as "
        "tcp://host:8786, or the name of an entry of clusters.yaml."
    ),
    Option("--cluster", "WHERE"),
]
Place = Annotated[
    str | Path,
    Field(description="Where answers are kept: a folder, or s3://bucket/path."),
    WithJsonSchema({"type": "string"}),
    Option("--catalogue", "PLACE"),
]


@pydantic_dataclass(frozen=True)
class Computed:
    """How a request is computed, which is no part of what is asked."""

    _: KW_ONLY
    recompute: Recompute = "missing"
    time_limit: Seconds = None
    cluster: ClusterName = "local"


_COMPUTING = tuple(one.name for one in dataclasses.fields(Computed))  # type: ignore[arg-type]

COMPUTING = (*_COMPUTING, "catalogue")
"""The fields that say how and where a request is computed."""


@dataclass(frozen=True)
class RequestField:
    """A field of a request, as whoever builds a command, a form or a text needs it.

    Attributes
    ----------
    name : str
    annotation : type
        With all that is annotated, for pydantic.
    option : Option
    choices : Choices, optional
    example : object
        None if there is none.
    description : str
    default : object
        `dataclasses.MISSING` if the field must be given.
    is_positional : bool
        Whether Python takes it without its name.
    """

    name: str
    annotation: Any
    option: Option
    choices: Choices | None
    example: object
    description: str
    default: object
    is_positional: bool

    @property
    def is_required(self) -> bool:
        return self.default is dataclasses.MISSING

    @property
    def plain_type(self) -> Any:
        """Its type without what is annotated."""
        return _bare(self.annotation)


def fields_of(request: Any) -> list[RequestField]:
    """Returns the fields of a request, or of a type of requests: those that must be given first."""
    kind = request if isinstance(request, type) else type(request)
    hints = get_type_hints(kind, include_extras=True)
    found = []
    for one in dataclasses.fields(kind):
        parts = _flattened(hints[one.name])
        options = [part for part in parts if isinstance(part, Option)]
        choices = [part for part in parts if isinstance(part, Choices)]
        examples = [part.value for part in parts if isinstance(part, Example)]
        described = [part.description for part in parts if getattr(part, "description", None)]
        default = one.default
        if default is dataclasses.MISSING and one.default_factory is not dataclasses.MISSING:
            default = one.default_factory()
        flag = f"--{one.name.replace('_', '-')}"
        found.append(
            RequestField(
                one.name,
                hints[one.name],
                options[-1] if options else Option(flag, one.name.upper()),
                choices[-1] if choices else None,
                examples[-1] if examples else None,
                described[-1] if described else "",
                default,
                not one.kw_only,
            )
        )
    return sorted(found, key=lambda one: (not one.is_required, one.name in _COMPUTING))


def _flattened(annotation: Any) -> list[Any]:
    """Returns all that is annotated, that of an inner type first."""
    if get_origin(annotation) is Annotated:
        inner, *extras = get_args(annotation)
        return [*_flattened(inner), *extras]
    return []


def _bare(annotation: Any) -> Any:
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        return Union[tuple(_bare(one) for one in get_args(annotation))]  # noqa: UP007
    return annotation


def made(request: type[R], given: Mapping[str, object]) -> R:
    """Returns a request of `given` fields.

    Raises
    ------
    RequestError
        If a field is unknown, missing, or not allowed.
    """
    known = {one.name: one for one in fields_of(request)}
    for name in given:
        if name not in known:
            raise RequestError(f"There is no `{name}` to be given; there is {', '.join(known)}.")
    for name, one in known.items():
        if one.is_required and name not in given:
            raise RequestError(f"`{name}` must be given: {one.description}")
    try:
        return request(**given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        message = str(first["msg"])
        if not first["loc"]:  # the request itself says which of its fields do not fit
            raise RequestError(message.removeprefix("Value error, ")) from None
        name = str(first["loc"][0])
        raise RequestError(refusal(name, message, given.get(name))) from None


def refusal(name: str, message: str, value: object) -> str:
    """Returns the line that says what is wrong with a field: `message` is pydantic's, or ours."""
    said = (
        message.removeprefix("Value error, ")
        .replace("Input should", "must")
        .replace("must be a valid", "must be a")
    )
    return f"`{name}` {said}, but is {value!r}."


def as_json(request: Any) -> dict[str, Any]:
    """Returns a request as plain JSON: fields by name, without those that are at their defaults."""
    document = {}
    for one in fields_of(request):
        value = getattr(request, one.name)
        if one.is_required or value != one.default:
            document[one.name] = _jsonable(value)
    return document


def _jsonable(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _jsonable(one) for name, one in value.items()}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, list | tuple):
        return [_jsonable(one) for one in value]
    value = value.tolist() if hasattr(value, "tolist") else value
    json.dumps(value)
    return value


__all__ = [
    "COMPUTING",
    "Choices",
    "ClusterName",
    "Computed",
    "Ends",
    "Example",
    "ExperimentName",
    "FromNumPy",
    "Option",
    "OrderedExperimentName",
    "Place",
    "RequestField",
    "Seconds",
    "Settings",
    "Values",
    "Width",
    "as_json",
    "fields_of",
    "made",
]
