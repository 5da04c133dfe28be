"""The form of a page's address for items, logs, histories and reports: without anything that gives access."""

import re
from urllib.parse import urlsplit

HIDDEN = "REDACTED"
# Characters. Pages can make addresses of megabytes. Chosen, not measured.
LONGEST = 8192
# The last word of a parameter's name, after which its value gives access: X-Amz-Signature, access_token, sig, apiKey.
# In a query, and in a fragment that is written like one.
# An address inside a parameter is percent-encoded. No name is longer, so that no address takes long.
PARAMETER = re.compile(
    r"(?P<name>(?:[?&;#]|%3F|%26|%23)(?:[^=&;#?]{0,64}(?:[-_.\[]|%5B|(?<=[a-z])(?=[A-Z])))?"
    r"(?i:token|signature|sig|secret|password|passwd|pwd|passphrase|credentials?|jwt|auth|authorization"
    r"|session(?:[-_]?id)?|(?:api|access|private|subscription)[-_]?key)(?:\]|%5D)?(?:=|%3D))(?:(?!%26|%23)[^&;#])+"
)


def public_address(url: str) -> str:
    """Returns the address without user name and password, and with REDACTED for parameter values that give access.

    Returns an empty text for an invalid address, and the first LONGEST characters of a long one.
    """
    return PARAMETER.sub(rf"\g<name>{HIDDEN}", without_password(url[:LONGEST]))


def without_password(url: str) -> str:
    """Returns the address without user name and password; an empty text for an invalid address."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


def holds_secret(url: str) -> bool:
    """Whether `public_address` removes something from the address."""
    return "@" in urlsplit(url).netloc or PARAMETER.search(url) is not None
