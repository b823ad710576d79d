"""Weighted suprema of the collision operator and of its derivative, which bound the Picard map.

`suprema` finds weighted suprema over frequency, `forms` has one row of the collision operator as a cubic
form, and `needles` the largest derivative on a ball.
"""
