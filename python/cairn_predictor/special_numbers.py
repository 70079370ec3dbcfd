"""The numbers that JSON has no numbers for: they are the texts that protobuf's JSON uses, in requests as in replies."""

import math

from refusal import BadInstances

WORDS = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def with_numbers(values):
    """Nested lists with the three texts as numbers; as they were where there is any other text, for then they are texts too."""
    found = [False]
    return _replaced(values) if _only_words(values, found) and found[0] else values


def _only_words(values, found):
    for value in values:
        kind = type(value)
        if kind is list:
            if not _only_words(value, found):
                return False
        elif kind is str:
            if value not in WORDS:
                return False
            found[0] = True
        elif kind is float and math.isinf(value):
            raise BadInstances("A number of the instances is too large for 64 bits.")
    return True


def _replaced(values):
    return [_replaced(value) if type(value) is list else WORDS[value] if type(value) is str else value for value in values]
