"""Searches for changes of sign, which ask for values and are told them."""
