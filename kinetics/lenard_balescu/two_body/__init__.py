"""The system of two particles from which the equation is derived at time 0: Section 2, Theorem 1."""
