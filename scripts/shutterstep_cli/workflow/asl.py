"""Reads a workflow of statemachine/, whose ${Names} the deployment replaces; a number's stands without quotes."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

Definition = dict[str, Any]


def read_definition(path: Path, substitutions: Mapping[str, str] | None = None) -> Definition:
    """The definition with its substitutions made; without them, texts keep their ${Name} and numbers are 1."""
    text = path.read_text("utf-8")
    if substitutions is None:
        return json.loads(re.sub(r"(:\s*)\$\{\w+\}", r"\g<1>1", text))
    return json.loads(re.sub(r"\$\{(\w+)\}", lambda match: substitutions[match[1]], text))
