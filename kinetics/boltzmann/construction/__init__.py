"""The approximate solution of section 3.1: needles, the rock that they attenuate, and what they throw out."""
