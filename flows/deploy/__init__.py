"""What Prefect starts by itself: the flows, their forms, and where they are registered."""
