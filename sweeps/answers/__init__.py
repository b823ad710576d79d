"""What was found, as labelled arrays and as values."""
