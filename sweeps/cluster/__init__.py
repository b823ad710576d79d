"""Where blocks are computed: workers on this machine, and on clusters."""
