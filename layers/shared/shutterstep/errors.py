"""The tree of errors. The workflow's ErrorEquals, the items and the tools use the same codes.

RenderError
├── InvalidRequestError      Render.InvalidRequest      the request cannot be fulfilled
├── ForbiddenAddressError    Render.ForbiddenAddress    the address is private or blocked
├── DnsFailureError          Render.DnsFailure
├── ConnectionFailedError    Render.ConnectionFailed
├── TlsError                 Render.TlsError
├── HttpStatusError          Render.HttpStatus
├── TooManyRedirectsError    Render.TooManyRedirects
├── RenderTimeoutError       Render.Timeout
├── SelectorNotFoundError    Render.SelectorNotFound
├── TooLargeError            Render.TooLarge
├── PageUnstableError        Render.PageUnstable        the page kept loading new documents
├── MisconfiguredError       Render.Misconfigured       a setting of the stack cannot be read
├── ReceivedTooOftenError    Render.ReceivedTooOften    the job killed the pool's workers
└── transient: the workflow retries these
    ├── PageCrashedError     Render.PageCrashed
    ├── BrowserCrashedError  Render.BrowserCrashed
    ├── DnsUnavailableError  Render.DnsUnavailable   the name server did not answer
    ├── TaskStoppedError     Render.TaskStopped
    └── StorageFailedError   Render.StorageFailed
"""


class RenderError(Exception):
    """There is no picture: `code` says why for machines, `message` for people."""

    code: str = "Render.Failed"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class InvalidRequestError(RenderError):
    """The request violates the schema; `field` is the dotted path of the first field that does."""

    code = "Render.InvalidRequest"

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


class ForbiddenAddressError(RenderError):
    """The page's URL, or one it redirects to, has a private or blocked address."""

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
    """The page answered with a status that `failOnStatus` lists."""

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
    """The picture is larger than the format or the operator's limit allows, or the page uses more than its share."""

    code = "Render.TooLarge"


class PageUnstableError(RenderError):
    """The page kept loading new documents, closed itself, or could not be read."""

    code = "Render.PageUnstable"


class MisconfiguredError(RenderError, ValueError):
    """A setting of the stack has a value that cannot be used; the message names it."""

    code = "Render.Misconfigured"


class ReceivedTooOftenError(RenderError):
    """Workers received the job several times and never answered, so the job probably kills them."""

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
    """The name server did not answer, or refused to answer because it is busy or limits its queries."""

    code = "Render.DnsUnavailable"


class StorageFailedError(RenderError):
    """The bucket did not accept the picture, or did not return the request."""

    code = "Render.StorageFailed"
