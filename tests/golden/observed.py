"""What was observed of wellposed, without what differs from one run or machine to the next."""

import json
import math
import re
from html.parser import HTMLParser

PASSING = {"created", "host", "platform", "python", "versions", "seconds", "revision", "coordinates"}
"""What documents tell of when, where and with what something was computed."""

DEFAULTS = {"--tolerance 1e-06", "--coarse 9", "--depth 2"}
"""What a command need not say."""

WHEN = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?( ?[A-Z]+\b|[+-]\d\d:\d\d)?( on \S+, \S+)?")


def document(text, place):
    """A document in JSON, with the catalogue at `place` called CATALOGUE."""

    def steady(told):
        match told:
            case dict():
                return {key: steady(value) for key, value in told.items() if key not in PASSING}
            case list():
                return [steady(one) for one in told]
            case str():
                return _placeless(told, place)
        return told

    return steady(json.loads(text))


def meaning(told):
    """A document or rows in which each command is what it asks, not how: in one order, without defaults."""
    match told:
        case dict():
            return {key: meaning(value) for key, value in told.items()}
        case list():
            return [meaning(one) for one in told]
        case str() if told.startswith("wellposed "):
            command, *options = re.split(r"\s(?=--)", told)
            return " ".join([command, *sorted(set(options) - DEFAULTS)])
    return told


def rows(text, place):
    """The lines of a printed text, each as a list of cells: two spaces or more are between them."""
    lines = [
        re.split(r"\s{2,}", line.strip()) for line in _placeless(text, place).splitlines() if line.strip()
    ]
    return [[WHEN.sub("WHEN", cell) for cell in line] for line in lines if line[0] != "versions"]


def page(text):
    """The headings of an HTML page with their levels, and its tables as rows of cells."""
    reader = _Page()
    reader.feed(text)
    return {"headings": reader.headings, "tables": reader.tables}


def numbers(dataset):
    """A dataset as plain data: dimensions and values by variable, with None where there is nothing.

    Left out are profiles and the like, which have dimensions of their own beside those of the points, and the
    evaluations that a search did not need.
    """
    if "outcome" in dataset:
        if "evaluation" in dataset.dims:
            used = (dataset["outcome"] != 0).any(
                [dim for dim in dataset["outcome"].dims if dim != "evaluation"]
            )
            dataset = dataset.isel(evaluation=used.to_numpy())
        kept = {*dataset["outcome"].dims, "zero"}
        dataset = dataset[[name for name in dataset.data_vars if set(dataset[name].dims) <= kept]]
    return {
        str(name): {"dims": list(variable.dims), "values": plain(variable.to_numpy().tolist())}
        for name, variable in sorted(dataset.variables.items())
    }


def declaration(experiment):
    """What an experiment is declared to be, but for its words."""
    words = {"meaning", "summary", "source"}
    if isinstance(experiment, list):
        return [declaration(one) for one in experiment]
    if not isinstance(experiment, dict):
        return experiment
    return {name: declaration(value) for name, value in experiment.items() if name not in words}


def form(schemas):
    """What a form says of each parameter, but for its words."""
    told = ("default", "type", "anyOf", "items", "exclusiveMinimum", "minimum", "enum")
    return [
        {"name": name, **{key: schema[key] for key in told if key in schema}}
        for name, schema in schemas.items()
    ]


def plain(value):
    """A value as JSON has it: None for what is not finite."""
    if isinstance(value, list):
        return [plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def claim(document):
    """What was found of a printed claim, without remarks."""
    return {name: plain(value) for name, value in document.items() if name not in ("condition", "remark")}


def _placeless(text, place):
    return text.replace(f"file://{place}", "CATALOGUE").replace(str(place), "CATALOGUE")


class _Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.headings, self.tables, self._text = [], [], None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th") or re.fullmatch("h[1-6]", tag):
            self._text = ""
        elif tag == "br" and self._text is not None:
            self._text += " "

    def handle_data(self, data):
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag):
        if self._text is None:
            return
        said = " ".join(self._text.split())
        if tag in ("td", "th"):
            self.tables[-1][-1].append(said)
        elif re.fullmatch("h[1-6]", tag):
            self.headings.append([int(tag[1]), said])
        else:
            return
        self._text = None
