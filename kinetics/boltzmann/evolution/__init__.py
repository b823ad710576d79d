"""Solutions of the equation in time: without space, and of the rock in a box."""
