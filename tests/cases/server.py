"""Serves the pages of the cases on loopback, and the special answers of servers that some cases need."""

import io
import time
from pathlib import Path

from PIL import Image

from tests.pages.server import Handler

STRIP = "<div style='height:20px;background:#0000ff'></div>"
NOTHING_ALLOWED = (
    "default-src 'none'; style-src 'none'; script-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
PDF = (
    "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)


def document(title: str, colour: str) -> str:
    return (
        f"<!doctype html><meta charset=utf-8><title>{title}</title><body style='margin:0;background:#{colour}'>{STRIP}"
    )


class CaseHandler(Handler):
    """One method for each special behaviour of a server."""

    folder = Path(__file__).parent / "pages"

    def moving_picture_page(self, type: str) -> None:
        """A picture that is green for a moment and then red for a minute, in one of Pillow's formats that can move."""
        first, then = (Image.new("RGB", (200, 200), colour) for colour in ("#0f0", "#f00"))
        body = io.BytesIO()
        first.save(body, type, save_all=True, append_images=[then], duration=[20, 60_000], loop=0)
        self.begin(f"image/{type}")
        self.wfile.write(body.getvalue())

    def late_font_page(self, ms: str) -> None:
        """A font whose letter i is a full square, `ms` milliseconds late."""
        time.sleep(int(ms) / 1000)
        self.begin("font/ttf")
        self.wfile.write((self.folder / "readiness" / "block.ttf").read_bytes())

    def late_svg_page(self, ms: str, colour: str) -> None:
        """A square of one colour, `ms` milliseconds late."""
        time.sleep(int(ms) / 1000)
        self.colour_page(colour)

    def written_page(self, body: str = "", script: str = "", colour: str = "ff0000", **headers: str) -> None:
        """A page of `tests.cases.written`."""
        content = f"<!doctype html><title>written</title><body style='margin:0;background:#{colour}'>{body}"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answer(200, f"{content}<script>{script}</script>", **named)

    def late_page(self, ms: str) -> None:
        """A green document, `ms` milliseconds late."""
        time.sleep(int(ms) / 1000)
        self.answer(200, document("late", "00ff00"))

    def empty_answer_page(self) -> None:
        self.close_connection = True

    def no_content_page(self) -> None:
        self.answer(204, "")

    def late_module_page(self, ms: str) -> None:
        """A module, `ms` milliseconds late."""
        time.sleep(int(ms) / 1000)
        self.answer(200, "", **{"Content-Type": "text/javascript"})

    def no_gzip_page(self) -> None:
        """A document whose header says that it is compressed, although it is not."""
        self.answer(200, document("plain", "ff0000"), **{"Content-Encoding": "gzip"})

    def cut_page(self) -> None:
        """A document whose end never arrives."""
        self.close_connection = True
        self.answer(200, "<body style='background:#0f0'>", **{"Content-Length": "5000"})

    def freezes_once_page(self) -> None:
        """A page that, at its first visit, freezes for ever as soon as its animation is brought to its end."""
        style = "<style>@keyframes k { to { opacity: .9 } } i { animation: k 60s }</style><i>i</i>"
        freeze = "<script>addEventListener('animationend', () => setTimeout(() => { for (;;); }, 5))</script>"
        first = len(self.server.headers_of("/freezes-once")) == 1
        self.answer(200, document("freezes", "00ff00") + (style + freeze if first else ""))

    def strict_page(self) -> None:
        """A page whose policy allows nothing inline. Its colours are attributes, to which a policy does not apply."""
        body = (
            "<!doctype html><meta charset=utf-8><title>strict</title>"
            "<body bgcolor='#00ff00' marginwidth=0 marginheight=0 leftmargin=0 topmargin=0>"
            "<table id=banner bgcolor='#ff0000' width=1280 height=200 cellspacing=0><tr><td></table>"
            "<table id=strip bgcolor='#0000ff' width=1280 height=20 cellspacing=0><tr><td></table>"
        )
        self.answer(200, body, **{"Content-Security-Policy": NOTHING_ALLOWED})

    def refresh_page(self) -> None:
        self.answer(200, document("waiting room", "ff0000"), Refresh="1; url=/changing_documents/final.html")

    def a_pdf_page(self) -> None:
        self.answer(200, PDF, **{"Content-Type": "application/pdf"})

    def shift_jis_page(self) -> None:
        """Only the header names the character set. The page turns green where it was decoded right."""
        script = (
            "if (document.getElementById('t').textContent === '\\u30c6\\u30b9\\u30c8') "
            "document.body.style.background = '#00ff00'"
        )
        body = document("テスト", "ff0000").replace("<meta charset=utf-8>", "")
        self.answer(
            200,
            f"{body}<p id=t>テスト</p><script>{script}</script>",
            "shift_jis",
            **{"Content-Type": "text/html; charset=Shift_JIS"},
        )

    def cookie_gate_page(self) -> None:
        """Redirects to itself until the browser sends the cookie it set."""
        if "gate=open" in self.headers.get("Cookie", ""):
            self.answer(200, document("inside", "00ff00"))
        else:
            self.answer(302, "", Location="/cookie-gate", **{"Set-Cookie": "gate=open; Path=/cookie-gate"})

    def big_header_page(self) -> None:
        """100 KB of headers, less than the 256 KB that Chromium accepts."""
        self.answer(200, document("big header", "00ff00"), **{f"X-Pad-{n}": "x" * 4000 for n in range(25)})

    def language_page(self) -> None:
        """A document whose title is the languages in the request."""
        self.answer(200, document(self.headers.get("Accept-Language", "none"), "00ff00"))
