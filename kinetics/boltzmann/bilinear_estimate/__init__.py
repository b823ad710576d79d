"""The ratio of the bilinear estimate (2.1) on rock and needles, for the loss and the gain term."""
