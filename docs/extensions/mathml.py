"""Formulas as MathML, which browsers render themselves: no script, no network."""

from __future__ import annotations

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

MENDED = {
    # Bars are fences, not operators that keep their distance.
    '<mo stretchy="false">&#x0007C;</mo>': '<mo stretchy="false" lspace="0" rspace="0">&#x0007C;</mo>',
    # A relation, not a letter.
    "<mi>&#x0007E;</mi>": "<mo>&#x0223C;</mo>",
}
"""What latex2mathml writes, and what is meant."""


def mathml(formula: str, display: str) -> str:
    told: str = convert(formula, display=display)
    for written, meant in MENDED.items():
        told = told.replace(written, meant)
    return told


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def display(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
