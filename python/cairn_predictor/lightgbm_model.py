"""Models of LightGBM: model.txt, as Booster.save_model writes it, model.joblib or model.pkl."""

import os
import pickle

from instances import BadInstances, to_list, to_table

NAMES = ("model.txt", "model.joblib", "model.pkl")


class LightgbmModel:
    def __init__(self, folder):
        import lightgbm

        path = next((p for p in (os.path.join(folder, name) for name in NAMES) if os.path.exists(p)), None)
        if path is None:
            raise FileNotFoundError(f"there is none of {', '.join(NAMES)}")
        if path.endswith(".txt"):
            self._model = lightgbm.Booster(model_file=path)
        elif path.endswith(".joblib"):
            import joblib

            self._model = joblib.load(path)
        else:
            with open(path, "rb") as file:
                self._model = pickle.load(file)

    def predict(self, instances, parameters):
        table = to_table(instances)
        try:
            return to_list(self._model.predict(table))
        except (ValueError, TypeError, KeyError) as error:
            raise BadInstances(f"The model refused the instances: {error}") from error
