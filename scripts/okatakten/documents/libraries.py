"""What the extra `documents` brings, loaded when something of it is asked for: few builds make a PDF anew."""

from __future__ import annotations

import sys
from importlib.util import LazyLoader, find_spec, module_from_spec
from typing import Any


def _lazily(name: str) -> Any:
    """Return a module that loads itself; None where it is not installed, which whoever asks for it hears of before."""
    spec = find_spec(name)
    if name in sys.modules or spec is None or spec.loader is None:
        return sys.modules.get(name)
    spec.loader = LazyLoader(spec.loader)
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


pikepdf: Any = _lazily("pikepdf")
