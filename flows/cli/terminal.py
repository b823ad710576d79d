"""Terminals that do not have all the characters of mathematics are told what they mean in those they have."""

from __future__ import annotations

import codecs
import itertools
import sys
import unicodedata

PLAIN = {
    **{"±": "+/-", "–": "-", "—": "-", "−": "-", "‑": "-", "…": "...", "′": "'", "·": "*", "×": "x"},
    **{"≤": "<=", "≥": ">=", "≲": "<~", "≳": ">~", "≈": "~", "∼": "~", "≠": "!=", "∝": "~"},
    **{"→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "∈": "in", "∉": "not in", "⊂": "in"},
    **{"‖": "||", "⟨": "<", "⟩": ">", "∫": "int", "∬": "int int", "√": "sqrt", "∂": "d", "∇": "grad"},
    **{"∞": "inf", "ħ": "hbar", "ℏ": "hbar", "ϕ": "phi", "∗": "*", "⊥": "perp", "∥": "par"},
}
"""What is read for a character; Greek letters have their names, letters with accents go without."""


def _plain(character: str) -> str:
    if character in PLAIN:
        return PLAIN[character]
    words = unicodedata.name(character, "").split()
    if words[:1] == ["GREEK"] and "LETTER" in words:
        name = words[words.index("LETTER") + 1].lower().replace("lamda", "lambda")
        return name.capitalize() if "CAPITAL" in words else name
    parts = unicodedata.normalize("NFKD", character)
    return "".join(PLAIN.get(part, part) for part in parts).encode("ascii", "ignore").decode() or "?"


def _in_words(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    lacking = error.object[error.start : error.end]
    words = ["".join(map(_plain, run)) for _, run in itertools.groupby(lacking, _is_raised)]
    raised = _is_raised(lacking[0])
    return "".join(f"^{word}" if raised == (i % 2 == 0) else word for i, word in enumerate(words)), error.end


def _is_raised(character: str) -> bool:
    return unicodedata.decomposition(character).startswith("<super>")


def prepare() -> None:
    """Has the standard streams spell out what their encoding lacks, where they would raise an exception."""
    codecs.register_error("in_words", _in_words)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a notebook's and a test's have no encoding of their own
            stream.reconfigure(errors="in_words")
