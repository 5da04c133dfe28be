"""A producer: three pages of a site and a phone's view of the first, in one call. Run again: nothing renders twice.

On AWS: REQUEST_QUEUE_URL is the stack's output RequestQueueUrl, and the role needs sqs:SendMessage on the queue.
Locally: eval "$(shutterstep local env)" sets it and the rest.
"""

import sys

from shutterstep import InvalidRequestError, SubmitError, submit


def requests(site: str) -> list[dict[str, object]]:
    """Without an id a request is named by the hash of its content; the last one has a name of its own."""
    pages = [{"url": f"{site}/{page}", "fullPage": True} for page in ("", "docs.html", "shop.html")]
    phone = {"id": "landing-on-a-phone", "url": f"{site}/landing.html", "viewport": {"width": 390, "height": 844}}
    return [*pages, phone]


def main() -> int:
    try:
        submitted = submit(requests(sys.argv[1].rstrip("/") if len(sys.argv) > 1 else "https://example.com"))
    except InvalidRequestError as error:
        print(f"nothing was sent: {error.message}", file=sys.stderr)
        return 2
    except SubmitError as error:
        print(error, file=sys.stderr)  # error.unsent can be given to submit again
        return 1
    for sent in submitted:
        print(sent.id, sent.execution_name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
