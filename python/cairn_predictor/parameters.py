"""What a request says besides its instances. The models of these runtimes take nothing of the kind, and what would be without effect is refused."""

from refusal import BadInstances


def require_none(parameters, framework):
    """Passes where there is nothing: no parameters, null, or an empty object."""
    if parameters is None or parameters == {}:
        return
    if not isinstance(parameters, dict):
        raise BadInstances("`parameters` must be an object.")
    raise BadInstances(f"`parameters` has '{next(iter(parameters))}'; models of {framework} take no parameters here. Leave it out.")
