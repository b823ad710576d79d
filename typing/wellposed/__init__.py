"""Locates by computation where kinetic equations stop being well-posed."""
