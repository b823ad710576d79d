"""Sizes of the pieces of the error F_err after the Duhamel integral, section 3.3."""
