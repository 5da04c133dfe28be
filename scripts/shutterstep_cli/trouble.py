"""Messages for refusals by AWS or this machine: one sentence says what happened, another what to do."""

import errno
import os
from collections.abc import Mapping
from urllib.parse import urlsplit

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConfigNotFound,
    ConfigParseError,
    ConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    InvalidConfigError,
    InvalidRegionError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    ProxyConnectionError,
    SSOError,
    TokenRetrievalError,
)

FAILED, CANNOT_BEGIN = 1, 2
LOOPBACK_HOSTS = ("localhost", "127.", "::1", "0.0.0.0")  # noqa: S104 (compared, not listened on)
BAD_CREDENTIALS = {
    "AuthFailure", "ExpiredToken", "ExpiredTokenException", "IncompleteSignature", "InvalidAccessKeyId",
    "InvalidClientTokenId", "InvalidSignatureException", "MissingAuthenticationToken", "RequestExpired",
    "SignatureDoesNotMatch", "UnrecognizedClientException",
}  # fmt: skip
DENIED = {"403", "AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation"}
# For stacks only the message tells it: CloudFormation's code is ValidationError.
GONE = {
    "404", "AWS.SimpleQueueService.NonExistentQueue", "ClusterNotFoundException", "NoSuchBucket", "QueueDoesNotExist",
    "ResourceNotFoundException", "StateMachineDoesNotExist",
}  # fmt: skip
THROTTLED = {"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}
UNSET = 'eval "$(shutterstep local env --unset)"'


class CommandError(Exception):
    """The command cannot continue; the message tells the user what to do. `exit_code` is 1 or 2."""

    def __init__(self, message: str, exit_code: int = CANNOT_BEGIN) -> None:
        super().__init__(message)
        self.exit_code = exit_code


def explained(error: BaseException) -> tuple[str, int] | None:
    """Returns the message and the exit code for an error; None for a bug of ours, which needs its traceback."""
    if isinstance(error, CommandError):
        return str(error), error.exit_code
    if isinstance(error, ClientError):
        return _refused(error)
    if isinstance(error, NoRegionError):
        return "No region is set. Set AWS_REGION, or `region` in the profile that AWS_PROFILE names.", CANNOT_BEGIN
    if isinstance(error, ProfileNotFound):
        return f"{error}. Set AWS_PROFILE to one of: aws configure list-profiles", CANNOT_BEGIN
    if isinstance(
        error,
        (NoCredentialsError, PartialCredentialsError, CredentialRetrievalError, SSOError, TokenRetrievalError),
    ):
        return f"No usable AWS credentials: {error}. Log in again, or set AWS_PROFILE.", CANNOT_BEGIN
    if isinstance(error, (ConfigNotFound, ConfigParseError, InvalidConfigError, InvalidRegionError)):
        return (
            f"The AWS configuration cannot be used: {error}. Correct it, or check AWS_PROFILE and AWS_REGION.",
            CANNOT_BEGIN,
        )
    if isinstance(error, ProxyConnectionError):
        return f"The proxy does not answer: {error}. Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY.", CANNOT_BEGIN
    if isinstance(error, (ConnectionError, HTTPClientError)):
        return _no_answer(error), CANNOT_BEGIN
    if isinstance(error, BotoCoreError):
        return f"AWS: {error}", FAILED
    if isinstance(error, OSError):
        return _of_this_machine(error), FAILED
    return None


def code_of(error: ClientError) -> str:
    """Returns AWS's own code of the refusal."""
    return str(error.response.get("Error", {}).get("Code", ""))


def does_not_exist(error: ClientError) -> bool:
    """Whether CloudFormation says that the stack does not exist; any other refusal leaves that open."""
    message = str(error.response.get("Error", {}).get("Message", ""))
    return code_of(error) == "ValidationError" and message.rstrip(".").endswith("does not exist")


def loopback_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Returns the variables that lead AWS clients to this machine instead of AWS."""
    return sorted(
        name for name, value in environment.items() if name.startswith("AWS_ENDPOINT_URL") and is_loopback(value)
    )


def is_loopback(address: str) -> bool:
    """Whether a URL leads to this machine."""
    host = urlsplit(address).hostname or ""
    return host.startswith(LOOPBACK_HOSTS) or host.endswith(".localhost")


def _refused(error: ClientError) -> tuple[str, int]:
    code, said = code_of(error), error.response.get("Error", {}).get("Message", "")
    if code in BAD_CREDENTIALS:
        hint = f" If this shell ran `shutterstep local env`: {UNSET}" if "REQUEST_QUEUE_URL" in os.environ else ""
        return f"AWS does not accept the credentials ({code}). Log in again, or set AWS_PROFILE.{hint}", CANNOT_BEGIN
    if does_not_exist(error):
        return f"{said}. List the stacks of this region: aws cloudformation list-stacks", CANNOT_BEGIN
    if code in DENIED or code.endswith(".AccessDenied"):
        return f"{error.operation_name} is not allowed with these credentials: {said}", FAILED
    if code in GONE:
        return (
            f"A part of the stack does not exist ({error.operation_name}: {said}). Find out which: shutterstep doctor",
            FAILED,
        )
    if code in THROTTLED:
        return f"AWS throttles {error.operation_name}; try again in a minute. {said}", FAILED
    return f"AWS refused {error.operation_name}: {code}: {said}", FAILED


def _no_answer(error: BotoCoreError) -> str:
    endpoint = str(getattr(error, "kwargs", {}).get("endpoint_url", "AWS"))
    if is_loopback(endpoint):
        return f"The local stack does not answer at {endpoint}. Check what runs: shutterstep local status"
    return f"{endpoint} does not answer ({type(error).__name__}). Check the network and AWS_REGION."


def _of_this_machine(error: OSError) -> str:
    reason = error.strerror or str(error)
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        reason += ". Free some space, then run the same command again"
    return f"{error.filename}: {reason}" if error.filename else reason
