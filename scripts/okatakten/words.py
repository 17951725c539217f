"""The words of the interface: one catalogue per locale under locales/, the same keys in each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from types import MappingProxyType

from ruamel.yaml import YAML

from okatakten.model import Locale


@cache
def load_words(locale: Locale) -> Mapping[str, str]:
    """Return the catalogue of a locale. Raises FileNotFoundError when there is none."""
    text = files("okatakten").joinpath("locales", f"{locale}.yml").read_text(encoding="utf-8")
    words = YAML(typ="safe", pure=True).load(text)
    return MappingProxyType({str(key): str(value) for key, value in words.items()})
