"""How a worker says that a request is at fault."""


class BadInstances(Exception):
    """The instances do not fit; the client is told why."""
