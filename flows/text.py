"""Values as text: how numbers, errors, times and sizes are written for a reader, in this one place."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

ABSENT = "–"
"""Stands for a parameter that has no effect at a point, and for a number that there is not."""

FEW_VALUES = 6
"""Along an axis, that are written one by one in a title."""

SMALLEST_PLAIN, LARGEST_PLAIN = 1e-4, 1e7
"""Between which numbers are written without a power of ten."""

MOST_DIGITS = 16
"""That a float has."""

WITHOUT_BOUNDARY = {
    "none": "no boundary",
    "tangential": "touches zero",
    "plateau": "zero over a stretch",
    "unresolved": "unresolved",
    "failed": "failed",
}
"""What a line without a located boundary is called, by what is shown as its outcome."""

SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def short(value: object) -> str:
    """Returns a parameter's value as a reader writes it: a number to six digits, a choice as it is.

    An integer that has more digits is written in full, as its neighbour is another value.
    """
    if isinstance(value, int) and not isinstance(value, bool) and int(float(f"{value:g}")) != value:
        return str(value)
    return f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else str(value)


def spread(values: Sequence[object]) -> str:
    """Returns a few values one by one, and many by their ends and number, such as ``0:1:41``."""
    if len(values) <= FEW_VALUES:
        return ",".join(map(short, values))
    return f"{short(values[0])}:{short(values[-1])}:{len(values)}"


def with_error(value: float, error: float) -> tuple[str, str]:
    """Returns `value` to the digit that `error` leaves, and `error` to one digit, rounded up."""
    if not error > 0.0:
        return f"{value:g}", "0"
    exponent = math.floor(math.log10(error))
    digit = math.ceil(error / 10.0**exponent)
    if digit == 10:
        digit, exponent = 1, exponent + 1
    places = max(0, -exponent)
    return f"{round(value, places) + 0.0:.{places}f}", f"{digit}e{exponent:+03d}"  # no -0


def number_with_error(value: float, error: float) -> tuple[str, str]:
    """Returns the same for a number of any size, which is written with a power of ten where that is shorter.

    A number that is not known, or not finite, stands alone; an error that is not known is `ABSENT`.
    """
    if math.isnan(value):
        return ABSENT, ABSENT
    if not (math.isfinite(value) and math.isfinite(error)):
        return f"{value:.6g}", ABSENT if math.isnan(error) else f"{error:.0e}"
    error = abs(error)
    largest = max(abs(value), error)
    shown_error = with_error(0.0, error)[1]
    last = int(shown_error.partition("e")[2]) if error else 0
    first = math.floor(math.log10(largest)) if largest else 0
    if not error:
        return f"{value:.6g}", shown_error
    if first - last >= MOST_DIGITS:
        return f"{value:.{MOST_DIGITS}g}", shown_error
    if SMALLEST_PLAIN <= largest < LARGEST_PLAIN:
        return with_error(value, error)
    if abs(round(value, -last)) < 0.5 * 10.0**last:
        return "0", shown_error
    return f"{value:.{max(0, first - last)}e}", shown_error  # an error may round up beyond the number


def typographic(text: str) -> str:
    """Returns a number as it is printed on a page: with a minus sign instead of a hyphen."""
    return text.replace("-", "−")


def signed(value: float, form: str) -> str:
    """Returns `value` in a format of Python's with a minus sign; zero is ``0``."""
    return typographic(f"{value:{form}}") if value else "0"


def scientific(text: str) -> str:
    """Returns such as ``5·10⁻⁷`` for ``5e-07``."""
    digits, e, exponent = text.partition("e")
    if not e:
        return text
    power = f"10{str(int(exponent)).translate(SUPERSCRIPTS)}"
    return power if digits == "1" else f"{digits}·{power}"


def counted(count: int, thing: str, several: str = "") -> str:
    """Returns such as ``1 line`` or ``1,000 lines``."""
    return f"{count:,} {thing}" if count == 1 else f"{count:,} {several or thing + 's'}"


def duration(seconds: float) -> str:
    """Returns a time to three digits in the unit that suits it."""
    for unit, size in (("d", 86400.0), ("h", 3600.0), ("min", 60.0), ("s", 1.0), ("ms", 1e-3)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e6:.3g} µs"


def clock(seconds: float) -> str:
    """Returns a time as hours, minutes and seconds, such as ``0:05:12``."""
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def rate(points: float, seconds: float) -> str:
    """Returns such as ``1,234 points/s`` or ``0.4 points/s``, or ``12 s a point`` where points take long."""
    if points >= 10.0 * seconds:
        return f"{points / seconds:,.0f} points/s"
    if points >= 0.1 * seconds:
        return f"{points / seconds:.2g} points/s"
    return f"{duration(seconds / points)} a point"


def size_in_bytes(size: int) -> str:
    """Returns a number of bytes to three digits in the unit that suits it."""
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("kiB", 2**10)):
        if size >= factor:
            return f"{size / factor:.3g} {unit}"
    return f"{size} bytes"


def plus_minus(value: float, error: float) -> str:
    """Returns such as ``0.2500000 ± 5·10⁻⁷``, or `value` alone if it has no error."""
    shown, doubt = with_error(value, error)
    return f"{typographic(shown)} ± {scientific(doubt)}" if error > 0.0 else typographic(shown)


def one_digit(number: float) -> str:
    """Returns a number to one digit, such as ``5·10⁻⁷``; `ABSENT` if it is not finite."""
    if not math.isfinite(number):
        return ABSENT
    return scientific(f"{number:.0e}") if number else "0"


def from_to(values: Sequence[float]) -> str:
    """Returns the least and the largest of some numbers, such as ``1 to 20``, or the only one."""
    ends = dict.fromkeys((min(values), max(values)))
    return typographic(" to ".join(map(short, ends)))


def interval(lower: float, upper: float) -> str:
    """Returns an interval to ten digits, such as ``[0.24955, 0.25045]``."""
    return typographic(f"[{lower:.10g}, {upper:.10g}]")


def with_powers(text: str) -> str:
    """Returns `text` with powers of ten for numbers such as ``5e-07``."""
    return re.sub(r"\b\d+e[-+]\d+\b", lambda found: scientific(found[0]), text)


def printable(text: str) -> str:
    """Returns `text` without what a terminal would obey rather than show.

    A space that does not break is shown.
    """
    return "".join(one if one.isprintable() or one == "\N{NO-BREAK SPACE}" else "\ufffd" for one in text)
