"""Templates as Jinja has compiled them, remembered from one run to the next."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path
from typing import Final

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from okatakten.disk.memory import recall

_JINJA: Final = version("jinja2")


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
    return repr((bucket.key, bucket.checksum, _JINJA, sys.version)).encode()
