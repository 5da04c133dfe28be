"""The tree of errors; each code is what the workflow's ErrorEquals, the item and the tools show.

RenderError
├── InvalidRequestError      Render.InvalidRequest      asked for something impossible
├── ForbiddenAddressError    Render.ForbiddenAddress    the page lies inside
├── DnsFailureError          Render.DnsFailure
├── ConnectionFailedError    Render.ConnectionFailed
├── TlsError                 Render.TlsError
├── HttpStatusError          Render.HttpStatus
├── TooManyRedirectsError    Render.TooManyRedirects
├── RenderTimeoutError       Render.Timeout
├── SelectorNotFoundError    Render.SelectorNotFound
├── TooLargeError            Render.TooLarge
├── PageUnstableError        Render.PageUnstable        no document of the page stayed
├── MisconfiguredError       Render.Misconfigured       a setting of the stack cannot be read
├── ReceivedTooOftenError    Render.ReceivedTooOften    the pool's workers died with it
└── transient: the workflow tries these again
    ├── PageCrashedError     Render.PageCrashed
    ├── BrowserCrashedError  Render.BrowserCrashed
    ├── DnsUnavailableError  Render.DnsUnavailable   the name server did not answer
    ├── TaskStoppedError     Render.TaskStopped
    └── StorageFailedError   Render.StorageFailed
"""


class RenderError(Exception):
    """No picture; `code` says why to machines and `message` to people."""

    code: str = "Render.Failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRequestError(RenderError):
    """The request breaks the schema; `field` is the dotted path of the first field that does."""

    code = "Render.InvalidRequest"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ForbiddenAddressError(RenderError):
    """The page or a redirect of it leads to an address inside."""

    code = "Render.ForbiddenAddress"


class DnsFailureError(RenderError):
    """The host of the page has no address."""

    code = "Render.DnsFailure"


class ConnectionFailedError(RenderError):
    """The host refused, dropped or never answered the connection."""

    code = "Render.ConnectionFailed"


class TlsError(RenderError):
    """The host's certificate or TLS handshake is not acceptable."""

    code = "Render.TlsError"


class HttpStatusError(RenderError):
    """The page answered with a status the request does not accept."""

    code = "Render.HttpStatus"


class TooManyRedirectsError(RenderError):
    """The page redirects in a loop."""

    code = "Render.TooManyRedirects"


class RenderTimeoutError(RenderError):
    """The deadline of the request passed before there was a picture."""

    code = "Render.Timeout"


class SelectorNotFoundError(RenderError):
    """The page has no element for the selector."""

    code = "Render.SelectorNotFound"


class TooLargeError(RenderError):
    """The picture is larger than the format or the operator's limit allows."""

    code = "Render.TooLarge"


class PageUnstableError(RenderError):
    """The page went on to other documents again and again, closed itself, or could not be read."""

    code = "Render.PageUnstable"


class MisconfiguredError(RenderError, ValueError):
    """A setting of the stack has a value that cannot be used; the message names it."""

    code = "Render.Misconfigured"


class ReceivedTooOftenError(RenderError):
    """The pool took the job several times and never answered: it kills its workers."""

    code = "Render.ReceivedTooOften"


class PageCrashedError(RenderError):
    """The page's process died."""

    code = "Render.PageCrashed"


class BrowserCrashedError(RenderError):
    """The browser died, or did not start."""

    code = "Render.BrowserCrashed"


class TaskStoppedError(RenderError):
    """The task that rendered was stopped."""

    code = "Render.TaskStopped"


class DnsUnavailableError(RenderError):
    """The name server did not answer, or refused to: it is busy, or takes no more questions for a while."""

    code = "Render.DnsUnavailable"


class StorageFailedError(RenderError):
    """The picture could not be written, or the request not be read, in the bucket."""

    code = "Render.StorageFailed"
