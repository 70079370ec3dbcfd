"""What a batch of instances becomes before a model sees it."""


class BadInstances(Exception):
    """The instances do not fit; the client is told why."""


def to_table(instances):
    """A NumPy array of lists, as Vertex's prebuilt containers make it; a pandas frame of objects, which pipelines over named columns need."""
    import numpy

    if not isinstance(instances, list):
        raise BadInstances("`instances` must be a list.")
    if instances and all(isinstance(instance, dict) for instance in instances):
        try:
            import pandas
        except ImportError:
            raise BadInstances("Instances that are objects need pandas, which is not installed here; send lists of values in the order of the model's features.") from None
        return pandas.DataFrame(instances)
    lengths = {len(instance) for instance in instances if isinstance(instance, list)}
    if len(lengths) > 1:
        raise BadInstances(f"The instances have different lengths: {', '.join(map(str, sorted(lengths)))}; all must have as many values as the model has features.")
    return numpy.asarray(instances)


def to_list(predictions):
    """Plain lists and numbers of whatever a model returned."""
    if hasattr(predictions, "to_numpy"):
        predictions = predictions.to_numpy()
    if hasattr(predictions, "tolist"):
        predictions = predictions.tolist()
    return predictions if isinstance(predictions, list) else list(predictions)
