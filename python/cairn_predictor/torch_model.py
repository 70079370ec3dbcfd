"""Models of PyTorch saved as TorchScript, model.pt: the code is in the file, and it is all that runs."""

import os

from instances import BadInstances


class TorchModel:
    def __init__(self, folder):
        import torch

        self._torch = torch
        torch.set_num_threads(1)
        self._model = torch.jit.load(os.path.join(folder, "model.pt"), map_location="cpu").eval()
        self._dtype = next((parameter.dtype for parameter in self._model.parameters() if parameter.is_floating_point()), torch.float32)

    def predict(self, instances, parameters):
        if not isinstance(instances, list):
            raise BadInstances("`instances` must be a list.")
        try:
            with self._torch.no_grad():
                if instances and all(isinstance(instance, dict) for instance in instances):
                    names = list(instances[0])
                    result = self._model(**{name: self._tensor([instance[name] for instance in instances]) for name in names})
                else:
                    result = self._model(self._tensor(instances))
        except (ValueError, TypeError, KeyError, RuntimeError) as error:
            # TorchScript tells what went wrong in the last line of its trace.
            raise BadInstances(f"The model refused the instances: {(str(error).strip().splitlines() or [''])[-1]}") from error
        return self._rows(result, len(instances))

    def _tensor(self, values):
        tensor = self._torch.tensor(values)
        return tensor.to(self._dtype) if tensor.is_floating_point() or self._dtype_of_integers(tensor) else tensor

    def _dtype_of_integers(self, tensor):
        """JSON does not tell 3 from 3.0. A model that begins with a table of embeddings takes integers; others take numbers."""
        return tensor.dtype == self._torch.int64 and not any(type_of(module) == "Embedding" for module in self._model.modules())

    def _rows(self, result, count):
        if isinstance(result, dict):
            columns = {name: self._rows(value, count) for name, value in result.items()}
            return [{name: values[row] for name, values in columns.items()} for row in range(count)]
        if isinstance(result, (tuple, list)):
            return [list(row) for row in zip(*(self._rows(value, count) for value in result))]
        return result.tolist()


def type_of(module):
    return getattr(module, "original_name", type(module).__name__)
