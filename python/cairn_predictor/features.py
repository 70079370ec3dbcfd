"""The names of a model's features: instances that are objects are put in their order."""

from refusal import BadInstances
from signature import column_names

MOST_QUOTED = 20


class Features:
    """
    names: in the model's order, or None where the model has none.
    framed: whether the model was fitted on a data frame, so that it wants one.
    """

    def __init__(self, names, framed=False):
        self.names = [str(name) for name in names] if names is not None and len(names) > 0 else None
        self.framed = framed and self.names is not None
        self._known = frozenset(self.names or ())

    def in_order(self, instances):
        """Rows of values of instances that are objects; other instances as they are."""
        if not isinstance(instances[0], dict):
            return instances
        if self.names is None:
            raise BadInstances("The model has no names for its features, so instances cannot be objects; send lists of values in the order of its features.")
        for index, instance in enumerate(instances):
            if instance.keys() != self._known:
                self.check_names(index, instance)
        return [[instance[name] for name in self.names] for instance in instances]

    def check_names(self, index, instance, optional=frozenset()):
        missing = [name for name in self.names if name not in instance and name not in optional]
        if missing:
            raise BadInstances(f"`instances[{index}]` has no {quoted(missing)}, which the model needs; its features are {quoted(self.names)}.")
        unknown = [name for name in instance if name not in self._known]
        if unknown:
            raise BadInstances(f"`instances[{index}]` has {quoted(unknown)}, which the model does not know; its features are {quoted(self.names)}.")

    def check_width(self, width):
        if width != len(self.names):
            raise BadInstances(f"The instances have {width} values each; the model has {len(self.names)} features: {quoted(self.names)}.")


UNNAMED = Features(None)


def features_of(model, folder):
    """The model's own names; else those of the columns in the signature that MLflow keeps beside it."""
    names = own_names(model)
    return Features(names, framed=True) if names is not None else Features(column_names(folder))


def own_names(model):
    """The names that an estimator was fitted with, whichever library made it; None where it was fitted on an array."""
    names = _attribute(model, "feature_names_in_")
    if names is None and _attribute(model, "get_booster") is not None:
        names = _attribute(_attempt(model.get_booster), "feature_names")
    if names is None:
        names = _attribute(model, "feature_name_")
    if names is None:
        names = _attribute(model, "feature_names_")
    if names is not None:
        return None if unnamed(names) else list(names)
    for inner in (_first_step(model), _attribute(model, "best_estimator_")):
        if inner is not None:
            return own_names(inner)
    return None


def unnamed(names):
    """Whether the names are only what a library numbers the columns of an array with."""
    return len(names) == 0 or any(list(map(str, names)) == [prefix + str(index) for index in range(len(names))] for prefix in ("", "Column_"))


def quoted(names):
    names = [str(name) for name in names]
    return ", ".join(f"'{name}'" for name in names[:MOST_QUOTED]) + (f" and {len(names) - MOST_QUOTED} more" if len(names) > MOST_QUOTED else "")


def _first_step(pipeline):
    """What a pipeline gives its instances to first."""
    steps = _attribute(pipeline, "steps")
    if not isinstance(steps, list):
        return None
    return next((step for _, step in steps if step is not None and not isinstance(step, str)), None)


def _attribute(model, name):
    return _attempt(lambda: getattr(model, name))


def _attempt(get):
    """None where a property fails, as those of models do that were fitted on an array."""
    try:
        return get()
    except Exception:
        return None
