"""The command that asks for what was asked, written from the request alone."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from wellposed.flows.kinds.request import COMPUTING, RequestField, fields_of, made

if TYPE_CHECKING:
    from wellposed.flows.kinds.job import Part
    from wellposed.flows.kinds.kind import Kind
    from wellposed.kinetics.experiment import Experiment


def command_of(kind: Kind[Any, Any], request: Any, experiment: Experiment | None = None) -> str:
    """Returns the command line that asks for `request`, from whatever folder.

    Parameters
    ----------
    kind : Kind
    request
        Of that kind.  How it is computed is left out, but for the catalogue.
    experiment : Experiment, optional
        The one that is asked, if it is at hand: then what is at its default is left out.
    """
    words, fields = ["wellposed", kind.name], fields_of(request)
    written = {one.option.ends for one in fields}
    for one in fields:
        if one.name not in COMPUTING and one.name not in written:
            words += _words(one, fields, request, experiment)
    return shlex.join([*words, "--catalogue", str(request.catalogue)])


def request_again(kind: Kind[Any, Any], stored: Mapping[str, Any], reference: str, catalogue: str) -> Any:
    """Returns the request that asks for what is stored, or will be.

    Parameters
    ----------
    kind : Kind
    stored : mapping of str to object
        What was asked in canonical form; its entries are called as the fields of the request.
    reference : str
        By which the experiment is found.
    catalogue : str

    Raises
    ------
    RequestError
        If that is no request of this kind.
    """
    asked = {one.name for one in fields_of(kind.request)}
    given = {name: value for name, value in stored.items() if name in asked}
    # An audit is stored under the name of its family.
    given |= {"experiment": reference} if "experiment" in asked else {"name": reference.partition(".")[0]}
    return made(kind.request, {**given, "catalogue": catalogue})


def command_of_part(part: Part) -> str:
    """Returns the command line that asks for what a sweep or a search does, from whatever folder."""
    from wellposed.flows.kinds import KINDS
    from wellposed.sweeps.experiments.find import absolute

    kind = KINDS[part.kind]
    request = request_again(kind, part.request(), absolute(part.reference.name), part.store.url)
    return command_of(kind, request, part.experiment)


def _words(
    one: RequestField, fields: Sequence[RequestField], request: Any, experiment: Experiment | None
) -> list[str]:
    """Returns the words that give one field; none if it is at its default."""
    value = getattr(request, one.name)
    if not one.is_required and value == one.default:
        return []
    if one.option.is_range:
        named = getattr(request, one.option.ends_of, "")
        if named and _are_all(value, named, request, experiment):
            return []
        return [one.option.flag, f"{value[0]}:{value[1]}"]
    if one.option.ends:
        (ends,) = (field for field in fields if field.name == one.option.ends)
        given = _words(ends, fields, request, experiment)
        return [one.option.flag, f"{value}={given[1]}" if given else str(value)]
    if one.option.is_repeated:
        texts = _spelled(one.name, value, experiment)
        return [word for text in texts for word in (one.option.flag, text)]
    if isinstance(value, bool):
        return [one.option.flag if value else one.option.flag.replace("--", "--no-", 1)]
    return [str(value)] if not one.option.flag else [one.option.flag, str(value)]


def _spelled(name: str, value: Any, experiment: Experiment | None) -> list[str]:
    """Returns the texts that spell axes or settings, which may be texts already."""
    from wellposed.sweeps.requests.spelling import spell_axis

    if not isinstance(value, Mapping):
        return [str(text) for text in value]
    if name == "axes":
        return [spell_axis(experiment, axis, list(values)) for axis, values in value.items()]
    defaults = {} if experiment is None else {p.name: p.default for p in experiment.parameters}
    return [f"{setting}={chosen}" for setting, chosen in value.items() if defaults.get(setting) != chosen]


def _are_all(ends: tuple[float, float], named: str, request: Any, experiment: Experiment | None) -> bool:
    """Whether two ends are those of all that the parameter `named` may be."""
    from wellposed.errors import RequestError
    from wellposed.sweeps.requests.boundary import between_ends

    if experiment is None:
        return False
    try:
        return bool(between_ends(experiment.parameter(named), None, request.tolerance) == tuple(ends))
    except RequestError:  # it has no bounds
        return False
