"""What an experiment is: a question with a numerical answer, asked at one point of parameter space.

An `Experiment` is a frozen value that names its parameters, its outputs and the function that answers
it.  It knows nothing of sweeps, storage or schedulers; those find it by name in `EXPERIMENTS`.
"""

from __future__ import annotations

import math
import numbers
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, Literal

import numpy as np

from wellposed.errors import ParameterError

Value = float | int | str
"""A parameter's value in canonical form."""

INTEGERS = range(-(2**63), 2**63)
"""Those that are stored: of 64 bits."""

LARGEST_EXPONENT = 400
"""Of ten, in a number that is read exactly."""

Point = Mapping[str, Value]
"""One value for every parameter of an experiment, by name."""


def exact_number(text: str) -> Fraction:
    """Returns the number that `text` spells as a decimal or a fraction, exactly.

    Raises
    ------
    ValueError
        If it spells none, or has an exponent that is that of no float: so many digits are not written out.
    """
    if any(abs(int(exponent)) > LARGEST_EXPONENT for exponent in re.findall(r"[eE]([-+]?\d+)", text)):
        raise ValueError(f"{text} is out of range.")
    return Fraction(text)


@dataclass(frozen=True)
class Parameter:
    """One coordinate of parameter space.

    Attributes
    ----------
    name, summary : str
        The name used on axes, and its meaning in one line with the paper's equation number.
    default : float, int or str
    kind : {"float", "int", "choice"}
    lower, upper : float
        Bounds of a numerical parameter.
    lower_open, upper_open : bool
        Whether the bound itself is excluded.
    choices : tuple of str
        What a ``choice`` may be.
    only_with : tuple of (str, tuple of str), optional
        Name of a ``choice`` parameter and those of its values for which this one has any effect.
    units : str
    """

    name: str
    summary: str
    default: Value
    kind: Literal["float", "int", "choice"] = "float"
    lower: float = -math.inf
    upper: float = math.inf
    lower_open: bool = False
    upper_open: bool = False
    choices: tuple[str, ...] = ()
    only_with: tuple[str, tuple[str, ...]] | None = None
    units: str = "1"

    @property
    def allowed(self) -> str:
        """What may be given, in words."""
        if self.kind == "choice":
            return "one of " + ", ".join(self.choices)
        noun = "an integer" if self.kind == "int" else "a number"
        bounded_below, bounded_above = math.isfinite(self.lower), math.isfinite(self.upper)
        if bounded_below and bounded_above:
            left, right = "(" if self.lower_open else "[", ")" if self.upper_open else "]"
            return f"{noun} in {left}{self.lower:g}, {self.upper:g}{right}"
        if bounded_below:
            return f"{noun} {'>' if self.lower_open else '>='} {self.lower:g}"
        if bounded_above:
            return f"{noun} {'<' if self.upper_open else '<='} {self.upper:g}"
        return noun

    def canonical(self, value: object) -> Value:
        """`value` as a plain float, int or str.

        Raises
        ------
        ParameterError
            If `value` is of the wrong kind, not finite or out of bounds, an integer of more than 64 bits, or
            a number in single precision that is another one in double precision, as 0.1 is.
        """
        return self._canonical(value, value)

    def parse(self, text: str) -> Value:
        """The value that `text` spells, as on the command line.

        Raises
        ------
        ParameterError
            If `text` spells no allowed value.
        """
        if self.kind == "choice":
            return self.canonical(text)
        try:
            number = float(text)
            # an integer is not read as a float, which holds no more than 53 bits of it
            is_int = self.kind == "int" and math.isfinite(number)
            return self._canonical(exact_number(text) if is_int else number, text)
        except ParameterError:
            raise
        except ValueError:
            raise self._refusal(text) from None

    def _canonical(self, value: object, given: object) -> Value:
        """Returns what `canonical` does of a value that was given as `given`, which a refusal shows."""
        if self.kind == "choice":
            if isinstance(value, str) and str(value) in self.choices:
                return str(value)
            raise self._refusal(given)
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value.item()
        if isinstance(value, bool) or not isinstance(value, numbers.Real):
            raise self._refusal(given)
        try:
            number = float(value)
        except OverflowError:
            raise self._refusal(given) from None
        exact: Any = value if self.kind == "int" else number
        below = exact <= self.lower if self.lower_open else exact < self.lower
        above = exact >= self.upper if self.upper_open else exact > self.upper
        if not math.isfinite(number) or below or above:
            raise self._refusal(given)
        if self.kind == "float":
            self._check_precision(value, number)
            return number + 0.0  # -0.0 and 0.0 are the same question
        if exact != int(exact):
            raise self._refusal(given)
        if int(exact) not in INTEGERS:
            raise self._refusal(given, " that fits into 64 bits")
        return int(exact)

    def _check_precision(self, value: object, number: float) -> None:
        """Raises `ParameterError` for a number in less than double precision that is another one there."""
        if not isinstance(value, np.floating) or value.dtype.itemsize >= np.dtype(float).itemsize:
            return
        if float(str(value)) != number:
            raise ParameterError(
                f"Parameter `{self.name}` must be given in double precision, but is {value!s} in "
                f"{value.dtype}, which is {number!r}; a list of numbers says which are meant."
            )

    def matters(self, point: Mapping[str, object]) -> bool:
        """Whether this parameter has any effect at `point`."""
        return self.only_with is None or point.get(self.only_with[0]) in self.only_with[1]

    def _refusal(self, value: object, besides: str = "") -> ParameterError:
        return ParameterError(f"Parameter `{self.name}` must be {self.allowed}{besides}, but is {value}.")


@dataclass(frozen=True)
class Output:
    """One number, or one array along the experiment's own dimensions, that a point yields.

    Attributes
    ----------
    name, long_name : str
        The name in datasets, and the meaning in one line.
    dims : tuple of str
        Those of the experiment's coordinates along which it is an array.
    units : str
    has_error : bool
        Whether `evaluate` returns an absolute error as well, called ``<name>_error``, of the same shape.
    kind : {"float", "int", "complex", "text"}
        What it is made of.  Where a point has no answer, numbers are NaN, but integers 0, and text is empty.
    """

    name: str
    long_name: str
    dims: tuple[str, ...] = ()
    units: str = "1"
    has_error: bool = False
    kind: Literal["float", "int", "complex", "text"] = "float"

    @property
    def error(self) -> Output:
        """The output that holds its error."""
        return Output(f"{self.name}_error", f"error of {self.long_name}", self.dims, self.units)


@dataclass(frozen=True, eq=False)
class Coordinate:
    """A dimension of an experiment's outputs, the same at every point.  `values` is one-dimensional."""

    name: str
    long_name: str
    values: np.ndarray
    units: str = "1"


@dataclass(frozen=True)
class PrintedThreshold:
    """Where a paper says that the order parameter changes sign.  Never used to find it.

    Attributes
    ----------
    along : str
        The parameter that is varied.
    value : float
    label : str
        The value as printed, such as ``"1/4"``.
    source : str
        Theorem or remark.
    when : mapping of str to tuple
        Values of ``choice`` and ``int`` parameters for which the claim is made.
    relation : {"=", "≥", "≤"}
        Whether the paper says what happens on both sides, or only that the order parameter is negative below
        or positive above.
    """

    along: str
    value: float
    label: str
    source: str
    when: Mapping[str, tuple[str | int, ...]] = field(default_factory=dict)
    relation: Literal["=", "≥", "≤"] = "="

    def covers(self, along: str, point: Mapping[str, object]) -> bool:
        return along == self.along and all(point.get(name) in values for name, values in self.when.items())


@dataclass(frozen=True)
class Experiment:
    """A question that can be asked at every point of a parameter space.

    Attributes
    ----------
    name, summary, source : str
        ``family.question``; one line; where the question comes from.
    parameters : tuple of Parameter
    outputs : tuple of Output
        One that has an error is followed by ``<name>_error``.  The order parameter has one.
    evaluate : callable
        ``evaluate(**point)`` returns a mapping from every output's name to a float or an array of the
        output's shape.  Raises `Unresolved` where the discretisation is not fine enough, any other
        exception where the point fails.
    coordinates : tuple of Coordinate
        The outputs' own dimensions.
    order_parameter : str, optional
        The output whose change of sign is the boundary.
    tolerance : float
        A point whose order parameter has an error above this is ``unresolved``.
    version : int
        Raised whenever the numbers may change: it is part of every sweep's identity.
    points_per_block : int
        How many points one task evaluates: about a second's worth.
    thresholds : tuple of PrintedThreshold
    check : callable, optional
        ``check(point)`` raises `ParameterError` for a combination of values that is not allowed.
    vectorised : bool
        Whether `evaluate` takes many points at once: every number as a one-dimensional array, all of one
        length ``n``, a ``choice`` as the one that holds for all of them.  It returns arrays ``(n, *shape)``.
        If it raises, it is asked about fewer points, until the one is found that it is raised for.
    fingerprint : str, optional
        What tells states of its source apart where nobody raises `version` for each: set by whoever loads an
        experiment from a file, and part of every sweep's identity as well.
    """

    name: str
    summary: str
    source: str
    parameters: tuple[Parameter, ...]
    outputs: tuple[Output, ...]
    evaluate: Callable[..., Mapping[str, Any]]
    coordinates: tuple[Coordinate, ...] = ()
    order_parameter: str | None = None
    tolerance: float = math.inf
    version: int = 1
    points_per_block: int = 16
    thresholds: tuple[PrintedThreshold, ...] = ()
    check: Callable[[Point], None] | None = None
    vectorised: bool = False
    fingerprint: str | None = None

    def __post_init__(self) -> None:
        # Whoever declares outputs need not declare their errors, and whoever reads them finds them all.
        if isinstance(self.outputs, Output) or not all(isinstance(one, Output) for one in self.outputs):
            return  # which is refused where the experiment is found, with a message
        names = {output.name for output in self.outputs}
        outputs = []
        for output in self.outputs:
            outputs.append(output)
            if output.has_error and output.error.name not in names:
                outputs.append(output.error)
        object.__setattr__(self, "outputs", tuple(outputs))

    def parameter(self, name: str) -> Parameter:
        """The parameter called `name`.

        Raises
        ------
        ParameterError
            If there is none.
        """
        for parameter in self.parameters:
            if parameter.name == name:
                return parameter
        known = ", ".join(parameter.name for parameter in self.parameters)
        raise ParameterError(f"Experiment `{self.name}` has no parameter `{name}`; it has {known}.")

    def point(self, given: Mapping[str, object]) -> dict[str, Value]:
        """A whole point in canonical form: what is `given`, and defaults for the rest.

        Raises
        ------
        ParameterError
            If a name is unknown or a value is not allowed.
        """
        for name in given:
            self.parameter(name)
        point = {p.name: p.canonical(given.get(p.name, p.default)) for p in self.parameters}
        if self.check is not None:
            self.check(point)
        return point

    def printed_threshold(self, along: str, point: Mapping[str, object]) -> PrintedThreshold | None:
        """What the paper prints for the boundary along one parameter, if it prints anything."""
        return next((t for t in self.thresholds if t.covers(along, point)), None)
