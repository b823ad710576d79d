"""Interaction potentials, and the integrals over the momentum that a collision transfers."""
