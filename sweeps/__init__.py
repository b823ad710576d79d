"""Experiments at many points: what is asked, in blocks; where it runs; and where a boundary lies."""
