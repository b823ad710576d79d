"""What is asked, in canonical form: sweeps, boundary searches and searches for a curve."""
