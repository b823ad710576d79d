"""Finding an experiment: one of ours, one that is installed, or one in a file of one's own."""
