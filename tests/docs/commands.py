"""The commands in a shell text, and whether each could run as it is written: verb, options, targets, parameters."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import Any

import botocore.session
import typer
from botocore.exceptions import UnknownServiceError

from shutterstep_cli.local.deployment import read_template
from shutterstep_cli.main import app
from tests.docs.blocks import ROOT

SEPARATORS = re.compile(r"^[;&|()]+$")
ASSIGNMENT = re.compile(r"^\w+=")
SUBSTITUTION = re.compile(r"\$\(([^()]+)\)")
SAM_VERBS = {"build", "deploy", "validate", "logs", "delete", "list"}
# Options of the AWS CLI itself, which no service's model contains.
AWS_CUSTOM = {("cloudformation", "deploy"), ("ecr", "get-login-password"), ("logs", "tail")}
AWS_GLOBAL = {"--endpoint-url", "--region", "--profile", "--query", "--output", "--no-cli-pager"}


def commands(text: str) -> Iterator[list[str]]:
    """Each command with its arguments; those in `$(…)` too."""
    joined = text.replace("\\\n", " ")
    for inner in SUBSTITUTION.findall(joined):
        yield from commands(inner)
    for line in joined.splitlines():
        lexer = shlex.shlex(line.removeprefix("$ "), posix=True, punctuation_chars=True)
        lexer.whitespace_split, lexer.commenters = True, "#"
        words: list[str] = []
        for token in [*lexer, ";"]:
            if SEPARATORS.match(token):
                if words:
                    yield words
                words = []
            elif words or not ASSIGNMENT.match(token):
                words.append(token)


def problem_of(words: list[str]) -> str:
    """Returns why the command could not run; empty if nothing is wrong, or if the command is unknown."""
    program, arguments = words[0].removeprefix(".venv/bin/"), words[1:]
    check = {"shutterstep": _shutterstep, "make": _make, "aws": _aws, "sam": _sam}.get(program)
    return check(arguments) if check else ""


def _shutterstep(arguments: list[str]) -> str:
    command: Any = typer.main.get_command(app)
    context = None
    while hasattr(command, "commands"):
        while arguments and arguments[0].startswith("-"):
            if arguments[0] not in {option for parameter in command.params for option in parameter.opts}:
                return f"no option {arguments[0]}"
            if arguments[0] in ("--help", "--install-completion", "--show-completion"):
                return ""
            arguments = arguments[1:]
        if not arguments or arguments[0] not in command.commands:
            return f"no verb {' '.join(arguments[:1])}"
        command, arguments = command.commands[arguments[0]], arguments[1:]
    if "--help" in arguments:
        return ""
    try:
        context = command.make_context(command.name, list(arguments))
    except Exception as error:  # noqa: BLE001 (Typer's own copy of Click has no public name for its errors)
        return str(error)
    context.close()
    return ""


def _make(arguments: list[str]) -> str:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    wanted = {word for word in arguments if "=" not in word and not word.startswith("-")}
    return f"no target {sorted(wanted - targets)}" if wanted - targets else ""


def _aws(arguments: list[str]) -> str:
    service, operation, *options = [word for word in arguments if word != "--no-cli-pager"]
    if (service, operation) in AWS_CUSTOM or service == "s3":
        return ""
    try:
        known = _options_of(service, operation)
    except (UnknownServiceError, KeyError):
        return f"no aws {service} {operation}"
    given = {word.partition("=")[0] for word in options if word.startswith("--")}
    return f"no option {sorted(given - known - AWS_GLOBAL)}" if given - known - AWS_GLOBAL else ""


@cache
def _options_of(service: str, operation: str) -> set[str]:
    model = botocore.session.get_session().get_service_model(service)
    names = {_kebab(name): name for name in model.operation_names}
    shape = model.operation_model(names[operation]).input_shape
    members = shape.members if shape is not None else {}
    return {f"--{_kebab(name)}" for name in members}


def _kebab(name: str) -> str:
    return botocore.xform_name(name, "-")


def _sam(arguments: list[str]) -> str:
    if arguments[0] not in SAM_VERBS:
        return f"no verb {arguments[0]}"
    parameters = read_template()["Parameters"]
    given = [word.partition("=")[0] for word in arguments if ASSIGNMENT.match(word)]
    unknown = [name for name in given if name not in parameters]
    missing = [flag for flag, value in pairwise([*arguments, ""]) if flag == "--stack-name" and not value]
    return f"template.yaml has no parameter {unknown}" if unknown else "".join(missing)
