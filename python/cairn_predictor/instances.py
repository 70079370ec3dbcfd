"""What a batch of instances becomes before a model sees it."""

from features import UNNAMED
from refusal import BadInstances
from special_numbers import with_numbers

__all__ = ["BadInstances", "batch", "to_array", "to_list", "to_table"]


def batch(instances):
    """The instances, where they are a batch: a list that is not empty, of objects alone or of none."""
    if not isinstance(instances, list):
        raise BadInstances("`instances` must be a list.")
    if not instances:
        raise BadInstances("`instances` is empty; give at least one.")
    objects = sum(isinstance(instance, dict) for instance in instances)
    if objects not in (0, len(instances)):
        raise BadInstances("Some instances are objects and others are not; all must be of one kind.")
    return instances


def to_table(instances, features=UNNAMED):
    """
    A NumPy array of lists, as Vertex's prebuilt containers make it; a pandas frame where the model was fitted on one. Objects are put in the order of the
    model's names, whatever the order of their keys.
    """
    rows = features.in_order(batch(instances))
    lengths = {len(row) for row in rows if isinstance(row, list)}
    if len(lengths) > 1:
        raise BadInstances(f"The instances have different lengths: {', '.join(map(str, sorted(lengths)))}; all must have as many values as the model has features.")
    array = to_array(rows)
    if not features.framed:
        return array
    if array.ndim < 2:
        raise BadInstances(f"The instances are single values; they must be objects, or lists of the model's {len(features.names)} features.")
    features.check_width(array.shape[1])
    try:
        import pandas
    except ImportError:
        return array
    if array.ndim == 2 and array.dtype.kind in "biuf":
        return pandas.DataFrame(array, columns=features.names, copy=False)
    columns = [with_numbers(list(column)) for column in zip(*rows)]
    return pandas.DataFrame(list(zip(*columns)), columns=features.names)


def to_array(values):
    """A NumPy array of nested lists."""
    import numpy

    try:
        array = numpy.asarray(values)
        if array.dtype.kind in "UO":
            numbers = with_numbers(values)
            array = array if numbers is values else numpy.asarray(numbers)
            if array.dtype.kind == "O" and all(value is None or isinstance(value, (int, float)) for value in array.flat):
                # null among numbers is NaN.
                array = array.astype(float)
        # Infinity is a text in JSON, and has been no number so far: this one was too large to read.
        elif array.dtype.kind == "f" and not numpy.isfinite(array).all():
            with_numbers(values)
    except ValueError as error:
        raise BadInstances(f"The instances' values do not have one shape: {error}") from error
    return array


def to_list(predictions):
    """Plain lists and numbers of whatever a model returned."""
    if hasattr(predictions, "to_numpy"):
        predictions = predictions.to_numpy()
    if hasattr(predictions, "tolist"):
        predictions = predictions.tolist()
    return predictions if isinstance(predictions, list) else list(predictions)
