"""What a training program says to Cairn beyond what MLflow's client does."""

from .early_stopping import EarlyStopping

__all__ = ["EarlyStopping"]
