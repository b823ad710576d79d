"""Examples to copy: an experiment in one file, a family of equations as a package, and clusters."""
