"""The dielectric function: response functions of marginals, screening, and stability."""
