"""Sends Sacred's runs to Cairn: ``ex.observers.append(CairnObserver("http://127.0.0.1:8080"))``."""

from cairn_sacred.observer import CairnObserver

__all__ = ["CairnObserver"]
