"""mkdocs-static-i18n with languages of three letters. The only module that imports it.

static-i18n takes a locale only if ISO 639-1 has two letters for it, and South Sami (`sma`, ISO 639-2/3) has none. So
the plugin stands in mkdocs.yml under a name of ours, with the same options and one looser check. Pull request 348 of
ultrabug/mkdocs-static-i18n asks for the same; once a release has it, write `i18n` in mkdocs.yml and remove this file.
"""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import Final

from mkdocs.exceptions import PluginError

WRITTEN_FOR: Final = "1.3.1"
ADVICE: Final = (
    f"scripts/okatakten/mkdocs/i18n.py was written for mkdocs-static-i18n {WRITTEN_FOR}, and this is {{version}}: "
    "{what}. "
    "If it takes «locale: sma» by itself now (pull request 348), write i18n in mkdocs.yml and remove the file. "
    f"Otherwise pin mkdocs-static-i18n=={WRITTEN_FOR} in pyproject.toml."
)


class StaticI18nChangedError(PluginError):
    """A newer mkdocs-static-i18n works differently; the text says what to do."""

    def __init__(self, what: str) -> None:
        super().__init__(ADVICE.format(version=version("mkdocs-static-i18n"), what=what))


try:
    from mkdocs_static_i18n.config import I18nPluginConfig, I18nPluginLanguage, Locale, ValidationError, config_options
    from mkdocs_static_i18n.plugin import I18n
except ImportError as error:
    raise StaticI18nChangedError(str(error)) from error


class Bcp47Locale(Locale):  # type: ignore[misc]
    """A locale of two or three letters (BCP 47)."""

    def run_validation(self, value: object) -> object:
        if not isinstance(value, str) or not re.fullmatch(r"[a-z]{3}", value):
            return super().run_validation(value)
        try:
            super().run_validation(value)
        except ValidationError:
            return value
        raise StaticI18nChangedError(f"it accepts «{value}»")


class Language(I18nPluginLanguage):  # type: ignore[misc]
    """One language of mkdocs.yml."""

    locale = Bcp47Locale(str)


class LanguagesConfig(I18nPluginConfig):  # type: ignore[misc]
    """The options of static-i18n, with that language."""

    languages = config_options.ListOfItems(config_options.SubConfig(Language, validate=True))


class LanguagesPlugin(I18n):  # type: ignore[misc]
    """Builds the site once for each language of mkdocs.yml."""

    config_class = LanguagesConfig

    @property
    def locale(self) -> str:
        """The language being built; the default one before the first build has begun."""
        try:
            return str(self.current_language or self.default_language)
        except AttributeError as error:
            raise StaticI18nChangedError(str(error)) from error

    @property
    def locales(self) -> list[str]:
        """The languages of mkdocs.yml."""
        try:
            return list(self.all_languages)
        except AttributeError as error:
            raise StaticI18nChangedError(str(error)) from error
