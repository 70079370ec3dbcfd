"""Models of PyTorch saved as TorchScript, model.pt: the code is in the file, and it is all that runs."""

import os

from features import Features
from instances import BadInstances, batch, to_array
from signature import column_names


class TorchModel:
    def __init__(self, folder):
        import torch

        self._torch = torch
        torch.set_num_threads(1)
        self._model = torch.jit.load(os.path.join(folder, "model.pt"), map_location="cpu").eval()
        self._dtype = next((parameter.dtype for parameter in self._model.parameters() if parameter.is_floating_point()), torch.float32)
        self._whole = any(type_of(module) == "Embedding" for module in self._model.modules())
        arguments = self._model.forward.schema.arguments[1:]
        self._inputs = Features([argument.name for argument in arguments])
        self._optional = frozenset(argument.name for argument in arguments if argument.has_default_value())
        self._columns = Features(column_names(folder))

    def predict(self, instances):
        inputs = self._tensors(batch(instances))
        try:
            with self._torch.no_grad():
                result = self._model(**inputs) if isinstance(inputs, dict) else self._model(inputs)
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            # TorchScript tells what went wrong in the last line of its trace.
            raise BadInstances(f"The model refused the instances: {(str(error).strip().splitlines() or [''])[-1]}") from error
        return self._rows(result, len(instances))

    def _tensors(self, instances):
        """One tensor, or those of the arguments that the objects name."""
        if not isinstance(instances[0], dict):
            return self._tensor(instances)
        if self._columns.names is not None and not instances[0].keys() & set(self._inputs.names or ()):
            return self._tensor(self._columns.in_order(instances))
        if self._inputs.names is None:
            raise BadInstances("The model takes no arguments, so instances cannot be objects.")
        for index, instance in enumerate(instances):
            self._inputs.check_names(index, instance, self._optional)
            if instance.keys() != instances[0].keys():
                raise BadInstances(f"`instances[{index}]` has other names than `instances[0]`; all must have the same.")
        return {name: self._tensor([instance[name] for instance in instances]) for name in instances[0]}

    def _tensor(self, values):
        array = to_array(values)
        if array.dtype.kind == "O":
            try:
                array = array.astype(float)
            except (ValueError, TypeError) as error:
                raise BadInstances(f"The model takes numbers: {error}") from error
        if array.dtype.kind not in "biuf":
            raise BadInstances("The model takes numbers; the instances have texts.")
        tensor = self._torch.from_numpy(array)
        if not tensor.is_floating_point() and not self._dtype_of_integers(tensor):
            return tensor
        converted = tensor.to(self._dtype)
        if (self._torch.isinf(converted) & ~self._torch.isinf(tensor)).any():
            raise BadInstances(f"A number of the instances is too large for the model, which takes {str(self._dtype).removeprefix('torch.')}.")
        return converted

    def _dtype_of_integers(self, tensor):
        """JSON does not tell 3 from 3.0. A model that begins with a table of embeddings takes integers; others take numbers."""
        return tensor.dtype == self._torch.int64 and not self._whole

    def _rows(self, result, count):
        if isinstance(result, dict):
            columns = {name: self._rows(value, count) for name, value in result.items()}
            return [{name: values[row] for name, values in columns.items()} for row in range(count)]
        if isinstance(result, (tuple, list)):
            return [list(row) for row in zip(*(self._rows(value, count) for value in result))]
        return result.tolist()


def type_of(module):
    return getattr(module, "original_name", type(module).__name__)
