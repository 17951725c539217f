"""Templates as Jinja reads them, and as it has compiled them, remembered from one run to the next."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from jinja2.ext import Extension

from okatakten.disk.memory import code, recall

_INDENTED: Final = re.compile(r"^[ \t]+", re.MULTILINE)
_JINJA: Final = version("jinja2")


class Lean(Extension):
    """Leaves out what indents the lines of a template: every page would carry it."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        return _INDENTED.sub("", source)


class RememberedTemplates(BytecodeCache):
    """Keeps what becomes of each template in a folder, whole or not at all: Jinja's own would run what is damaged.

    A template must be made of its text alone: Jinja works out what is constant, filters of constants among it, once.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        if compiled := recall(self.folder, _made_of(bucket), make=lambda: None):
            bucket.bytecode_from_string(compiled)

    def dump_bytecode(self, bucket: Bucket) -> None:
        recall(self.folder, _made_of(bucket), make=bucket.bytecode_to_string)


def _made_of(bucket: Bucket) -> bytes:
    """Return what stands for the template, its place, which errors name, and what compiles it."""
    return code() + repr((bucket.key, bucket.checksum, _JINJA)).encode()
