"""From a request to its answer: the kinds of question, how they are computed, and how they are shown.

Importing this package imports neither Prefect nor Dask: workers get it too.
"""

import os

# Prefect reads these when it is imported.  Its log is for its own interface; a terminal shows progress.
os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
os.environ.setdefault("DO_NOT_TRACK", "1")
