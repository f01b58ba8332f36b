"""From settings in JSON to the arguments of `serve` and `connect`.

"default" is the library's own choice, null no compression, an object the
arguments of a factory, an array those of several in the order of preference.
"""

import json


def arguments(path, factory):
    with open(path) as file:
        return [argument(settings, factory) for settings in json.load(file)]


def argument(settings, factory):
    if settings == "default":
        return {}
    if settings is None:
        return {"compression": None}
    several = settings if isinstance(settings, list) else [settings]
    return {"extensions": [factory(**one) for one in several], "compression": None}
