"""What can go wrong with a run that was a good request."""


class FlowError(RuntimeError):
    """A run could not be carried out; the message says what to do."""


class IncompleteError(FlowError):
    """Some blocks could not be computed; what could is stored, and running again computes the rest."""


class ServerError(FlowError):
    """There is no Prefect server to record a run."""
