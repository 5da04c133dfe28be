"""A PDF: all of its content, and no blank sheet."""

from tests.cases.case import GREEN, WHITE, Case

CASES = (
    Case(
        "a lazy image on the last page is loaded",
        "/pdf/pdf-lazy-image.html",
        {"format": "pdf"},
        size=(300, 300),
        pixels=((100, 100, GREEN, 8),),
        sheet=16,
        told={"details.pages": 16, "details.requests.image": 1},
        seen_in="kohheepeace/mr-pdf#53",
    ),
    Case(
        "a page as high as its paper is one page",
        "/pdf/pdf-no-blank-page.html",
        {"format": "pdf"},
        size=(250, 353),
        told={"details.pages": 1},
        seen_in="puppeteer/puppeteer#9365",
    ),
    Case(
        "what is shown when it comes into view is in the pdf",
        "/pdf/shell.html",
        {"format": "pdf"},
        pixels=((100, 100, GREEN, 8),),
        sheet=11,
    ),
    Case(
        "css sets paper, direction and margins of a pdf, against the page's own",
        "",
        {
            "html": "<style>@page { size: A3; margin: 0 } * { margin: 0 }</style><p style='height:90vh;background:#00ff00'>",
            "css": "@page { size: A4 landscape; margin: 1cm }",
            "format": "pdf",
        },
        size=(842, 595),
        pixels=((14, 14, WHITE), (60, 60, GREEN, 8)),
    ),
)
