"""Formulas as MathML, which browsers render themselves: no script, no network."""

from __future__ import annotations

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata
from sphinx.writers.html5 import HTML5Translator

BAR = "<mo>&#x0007C;</mo>"


def mathml(formula: str, display: str) -> str:
    """Bars are taken for fences, not for operators that keep their distance."""
    told: str = convert(formula, display=display)
    return told.replace(BAR, BAR.replace("<mo>", '<mo lspace="0" rspace="0" stretchy="false">'))


def inline(translator: HTML5Translator, node: nodes.math) -> None:
    translator.body.append(mathml(node.astext(), "inline"))
    raise nodes.SkipNode


def display(translator: HTML5Translator, node: nodes.math_block) -> None:
    translator.body.append(f'<div class="formula">{mathml(node.astext(), "block")}</div>\n')
    raise nodes.SkipNode


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_html_math_renderer("mathml", (inline, None), (display, None))
    return {"parallel_read_safe": True, "parallel_write_safe": True}
