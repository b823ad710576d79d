"""The cutoff chi, quadrature for its transforms, and norms that are made of it."""
