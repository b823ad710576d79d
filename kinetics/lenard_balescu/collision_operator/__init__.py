"""The collision operator of radial distributions in three forms, and the solutions of the equation."""
