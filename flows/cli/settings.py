"""Defaults of one's own for some options: from the environment, or from a file in the current folder."""

from __future__ import annotations

import difflib
import os
import sys
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from wellposed.errors import RequestError

BUILT_IN = {"catalogue": "results", "cluster": "local", "tolerance": "1e-06"}
"""The options that may have a default of one's own, with what they are without one."""

FILES = {"wellposed.toml": (), "pyproject.toml": ("tool", "wellposed")}
"""Where such defaults are looked for, in this order, and the section that has them there."""


class Setting(NamedTuple):
    """The default of an option, and who says so."""

    value: str
    source: str


def variable(option: str) -> str:
    """Returns the environment variable that has the default of an option."""
    return f"WELLPOSED_{option.upper()}"


def settings() -> Mapping[str, Setting]:
    """Returns the default of every option that may have one of one's own.

    The environment comes before ``wellposed.toml``, that before ``[tool.wellposed]`` in ``pyproject.toml``.

    Raises
    ------
    RequestError
        If a file cannot be read, or has an entry that is none of these options or no text or number.
    """
    found = {option: Setting(value, "built in") for option, value in BUILT_IN.items()}
    for name in reversed(FILES):
        found |= _of_file(name)
    for option in BUILT_IN:
        if value := os.environ.get(variable(option)):
            found[option] = Setting(value, variable(option))
    return found


def defaults(command: Any) -> dict[str, Any]:
    """Returns what `command` and those beneath it take for options that are not given, by name."""
    own = {name: one.value for name, one in settings().items() if one.source != "built in"}
    return _defaults(command, own)


def said(kinds: Sequence[str], given: Sequence[str]) -> str:
    """Returns which defaults of one's own a question takes, for who reads how it was asked; or nothing."""
    if not given or given[0] not in kinds:
        return ""
    flags = {word.partition("=")[0] for word in given}
    own = [
        f"--{name} {one.value} from {one.source}"
        for name, one in settings().items()
        if one.source != "built in" and f"--{name}" not in flags
    ]
    return f"wellposed: {', '.join(own)}" if own else ""


def _defaults(command: Any, own: Mapping[str, str]) -> dict[str, Any]:
    beneath = {name: _defaults(one, own) for name, one in getattr(command, "commands", {}).items()}
    options: dict[str, Any] = {one.name: own[one.name] for one in command.params if one.name in own}
    return beneath or options


def _of_file(name: str) -> dict[str, Setting]:
    path = Path(name)
    try:
        if not path.is_file():
            return {}
        found = tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise RequestError(f"{name} in this folder cannot be read: {error}") from None
    for section in FILES[name]:
        found = found.get(section, {})
        if not isinstance(found, dict):
            raise RequestError(f"{name}: {'.'.join(FILES[name])} must be a table of options.")
    if found and path.stat().st_uid not in (0, os.getuid()):
        # Whoever leaves a file in a folder that others use would say where their answers go.
        print(f"wellposed: {name} in this folder is another user's, and is not used", file=sys.stderr)
        return {}
    return {option: Setting(_value(name, option, value), name) for option, value in found.items()}


def _value(name: str, option: str, value: object) -> str:
    if option not in BUILT_IN:
        close = difflib.get_close_matches(option, BUILT_IN, n=1)
        hint = f"; did you mean `{close[0]}`?" if close else f"; there are {', '.join(BUILT_IN)}."
        raise RequestError(f"{name}: `{option}` is no option that has a default of one's own{hint}")
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RequestError(f"{name}: `{option}` must be a text or a number, but is {value!r}.")
    return str(value)
