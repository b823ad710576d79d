"""Tables whose entries are loaded when they are asked for: a solver takes a second to import, a name none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from importlib import import_module

from wellposed.kinetics.experiment import Experiment
from wellposed.kinetics.family import Family


class Families(MutableMapping[str, Family]):
    """Families of equations by name, each of which is ``FAMILY`` in ``wellposed.kinetics.<name>.family``.

    Parameters
    ----------
    names : iterable of str
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._loaded: dict[str, Family | None] = dict.fromkeys(names)

    def __getitem__(self, name: str) -> Family:
        found = self._loaded[name]
        if found is None:
            found = self._loaded[name] = import_module(f"wellposed.kinetics.{name}.family").FAMILY
        return found

    def __setitem__(self, name: str, family: Family) -> None:
        self._loaded[name] = family

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded)

    def __len__(self) -> int:
        return len(self._loaded)

    def __contains__(self, name: object) -> bool:
        return name in self._loaded  # that of Mapping would load it


class Experiments(Mapping[str, Experiment]):
    """The experiments of some families by name; one is looked for in its own family alone.

    Parameters
    ----------
    families : mapping of str to Family
        What comes before the dot in an experiment's name is the name of its family.
    """

    def __init__(self, families: Mapping[str, Family]) -> None:
        self._families = families

    def __getitem__(self, name: str) -> Experiment:
        for experiment in self._families[name.partition(".")[0]].experiments:
            if experiment.name == name:
                return experiment
        raise KeyError(name)

    def __iter__(self) -> Iterator[str]:
        return (experiment.name for family in self._families.values() for experiment in family.experiments)

    def __len__(self) -> int:
        return sum(len(family.experiments) for family in self._families.values())
