"""Evaluating an experiment at the points of a block."""
