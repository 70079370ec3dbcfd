"""Models of XGBoost: model.bst (or .json, .ubj), model.joblib or model.pkl, as its prebuilt container loads them."""

import os
import pickle

from instances import BadInstances, to_list, to_table

NATIVE = ("model.bst", "model.json", "model.ubj")
PICKLED = ("model.joblib", "model.pkl")


class XgboostModel:
    def __init__(self, folder):
        import xgboost

        self._xgboost = xgboost
        path = next((p for p in (os.path.join(folder, name) for name in NATIVE + PICKLED) if os.path.exists(p)), None)
        if path is None:
            raise FileNotFoundError(f"there is none of {', '.join(NATIVE + PICKLED)}")
        if path.endswith((".joblib", ".pkl")):
            self._model = self._unpickle(path)
        else:
            self._model = xgboost.Booster(model_file=path)
        if isinstance(self._model, xgboost.Booster):
            self._model.set_param({"nthread": 1})

    def predict(self, instances, parameters):
        table = to_table(instances)
        try:
            if isinstance(self._model, self._xgboost.Booster):
                names = getattr(table, "columns", None)
                matrix = self._xgboost.DMatrix(table)
                # A list of values carries no names, so the model's own cannot be held against it.
                return to_list(self._model.predict(matrix, validate_features=names is not None))
            return to_list(self._model.predict(table))
        except (ValueError, TypeError, KeyError, self._xgboost.core.XGBoostError) as error:
            raise BadInstances(f"The model refused the instances: {str(error).splitlines()[0]}") from error

    def _unpickle(self, path):
        if path.endswith(".pkl"):
            with open(path, "rb") as file:
                return pickle.load(file)
        import joblib

        try:
            return joblib.load(path)
        except KeyError:
            # What Booster.save_model wrote under a .joblib name.
            booster = self._xgboost.Booster()
            booster.load_model(path)
            return booster
