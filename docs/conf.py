"""How Sphinx makes a site of this folder: ``make docs``.

Nothing is fetched, when it is built or when it is read: formulas are MathML, fonts are the reader's own.
"""

import sys
from importlib.metadata import version as installed
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "extensions"))

project = "wellposed"
author = "the authors of wellposed"
release = installed("wellposed")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "generated",
    "mathml",
    "short_names",
]
exclude_patterns = ["_build", "extensions"]
default_role = "code"
nitpicky = True

myst_enable_extensions = ["dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 4
html_math_renderer = "mathml"

autodoc_member_order = "bysource"
autodoc_typehints = "none"
napoleon_google_docstring = False
napoleon_use_param = False
napoleon_use_rtype = False
napoleon_custom_sections = [("Attributes", "params_style")]

nb_execution_mode = "force"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_execution_in_temp = True
nb_execution_show_tb = True
nb_merge_streams = True

html_theme = "furo"
html_title = "wellposed"
html_static_path = ["_static"]
html_css_files = ["wellposed.css"]
html_show_copyright = False
html_show_sourcelink = False
html_copy_source = False
