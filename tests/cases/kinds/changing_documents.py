"""Documents that navigate to another one while they are rendered."""

from tests.cases.case import BLUE, GREEN, RED, YELLOW, Case
from tests.cases.written import written

NEXT = "/changing_documents/next.html"
TLS_ON_A_PLAIN_PORT = "onload = () => { location = location.origin.replace('http:', 'https:') + '/x' }"
OTHER_SITE = "setTimeout(() => { location = 'http://localhost:' + location.port + '/written?colour=00ff00' }, 300)"
# Red until it was reloaded once.
RELOADS = """
if (sessionStorage.seen) { document.body.style.background = '#00ff00'; document.body.innerHTML = '<b class=ad>ad</b>' }
else setTimeout(() => { sessionStorage.seen = 1; location.reload() }, 300)
"""

CASES = (
    Case(
        "a Refresh header is followed",
        "/refresh",
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 400, GREEN),
        ),
        told={"final_url": "/changing_documents/final.html", "title": "arrived"},
        seen_in="ariya/phantomjs#14681",
    ),
    Case(
        "css and hideSelectors hold after a late navigation",
        "/changing_documents/options-after-a-late-navigation.html",
        {"delayMs": 1800, "hideSelectors": ["#a"], "css": "#b { display: none }"},
        size=(1280, 800),
        pixels=(
            (640, 10, BLUE),
            (640, 100, GREEN),
            (640, 300, GREEN),
        ),
    ),
    Case(
        "a script goes on shortly after load",
        "/changing_documents/page-goes-on-after-load.html",
        {"viewport": {"width": 500, "height": 500}, "fullPage": True},
        pixels=((5, 5, GREEN),),
        told={"final_url": "next.html"},
    ),
    Case(
        "a click leads to another page",
        "/changing_documents/click-that-navigates-fullpage.html",
        {"viewport": {"width": 500, "height": 500}, "clickSelectors": ["#a"], "fullPage": True},
        pixels=((5, 5, GREEN),),
    ),
    Case(
        "css and hideSelectors hold after a click leads on",
        "/changing_documents/css-and-hide-lost-after-navigation.html",
        {
            "viewport": {"width": 500, "height": 500},
            "clickSelectors": ["#a"],
            "css": "body { background: yellow !important }",
            "hideSelectors": ["p"],
            "delayMs": 500,
        },
        pixels=(
            (50, 50, YELLOW),
            (50, 300, YELLOW),
        ),
    ),
    Case(
        "css and hideSelectors hold after the page reloaded itself",
        written(script=RELOADS),
        {"delayMs": 900, "css": "body { border-top: 50px solid blue }", "hideSelectors": [".ad"]},
        pixels=((5, 25, BLUE), (5, 60, GREEN)),
    ),
    Case(
        "javascript runs on the document that the page went on to by itself",
        written(script="setTimeout(() => { location = '/changing_documents/final.html' }, 400)"),
        {"delayMs": 1000, "javascript": "document.title = 'ran'"},
        told={"title": "ran", "final_url": "/final.html"},
    ),
    Case(
        "a click is repeated on the document that the page reloaded",
        written(
            "<button onclick='document.body.style.background=`#0000ff`'>b</button>",
            # Counted from the click, so that a busy machine cannot move the reload closer to it.
            "if (!sessionStorage.seen) addEventListener('click', () => setTimeout(() => "
            "{ sessionStorage.seen = 1; location.reload() }, 400))",
        ),
        {"delayMs": 1000, "clickSelectors": ["button"], "fullPage": True},
        pixels=((600, 600, BLUE),),
    ),
    *(
        Case(
            f"javascript that goes on by {name} with {option[0]}",
            written("<a href='/changing_documents/next.html'>next</a>"),
            {"javascript": script, option[0]: option[1]},
            pixels=((5, 5, GREEN),),
            told={"final_url": NEXT},
        )
        for name, script in (
            ("location.href", f"location.href = '{NEXT}'"),
            ("a timer", f"setTimeout(() => {{ location.href = '{NEXT}' }}, 30)"),
            ("a click of its own", "document.querySelector('a').click()"),
            ("waiting first", f"await new Promise((done) => setTimeout(done, 200)); location.replace('{NEXT}')"),
        )
        for option in (("fullPage", True), ("selector", "body"), ("clip", {"x": 0, "y": 0, "width": 50, "height": 50}))
    ),
    Case(
        "javascript that reloads runs once",
        written(script="document.title = sessionStorage.n = Number(sessionStorage.n ?? 0) + 1"),
        {"javascript": "location.reload()", "fullPage": True},
        told={"title": "2"},
    ),
    Case(
        "a click whose page goes on later, to one without the button",
        written(f"<button onclick='setTimeout(() => {{ location = `{NEXT}` }}, 300)'>go</button>"),
        {"clickSelectors": ["button"], "delayMs": 800},
        pixels=((5, 5, GREEN),),
        told={"final_url": NEXT},
    ),
    Case(
        "a click to a document that is slow to come",
        written("<a href='/late?ms=600'>go</a>"),
        {"clickSelectors": ["a"]},
        pixels=((5, 400, GREEN),),
        told={"title": "late"},
    ),
    Case(
        "two clicks, the first of which leads to the second",
        written("<a id=one href='/written?body=<a id=two href=/late?ms=9>go</a>'>go</a>"),
        {"clickSelectors": ["#one", "#two"]},
        told={"title": "late"},
    ),
    Case(
        "a click that sends a form",
        written(f"<form action='{NEXT}'><input name=q value=1><button>send</button></form>"),
        {"clickSelectors": ["form button"], "fullPage": True},
        pixels=((5, 5, GREEN),),
        told={"final_url": f"{NEXT}?q=1"},
    ),
    Case(
        "a click to an answer without content leaves the page as it is",
        written("<a href='/no-content'>go</a>", colour="00ff00"),
        {"clickSelectors": ["a"]},
        pixels=((5, 400, GREEN),),
        told={"http_status": 200, "title": "written"},
    ),
    Case(
        "a refresh after two seconds",
        written(f"<meta http-equiv=refresh content='2; url={NEXT}'>"),
        pixels=((5, 5, GREEN),),
    ),
    Case(
        "a page that goes on to another site",
        written(script=OTHER_SITE),
        {"delayMs": 800, "css": "body { border-top: 50px solid blue }", "fullPage": True},
        pixels=((5, 25, BLUE), (5, 60, GREEN)),
    ),
    Case(
        "a page that changes its address without leaving its document",
        written(
            script="let n = 0; setInterval(() => { history.pushState(0, '', `?n=${n++}`); location.hash = n }, 10)"
        ),
        {"fullPage": True, "delayMs": 300, "css": "body { background: blue !important }"},
        pixels=((5, 400, BLUE),),
    ),
    Case(
        "a page that writes itself anew after load",
        written(
            script="setTimeout(() => { document.open(); document.write('<b class=ad>ad'); document.close() }, 300)"
        ),
        {"delayMs": 800, "fullPage": True, "hideSelectors": [".ad"], "css": "html { background: blue }"},
        pixels=((5, 400, BLUE),),
    ),
    Case(
        "a frame that goes on again and again",
        written(
            "<iframe src=about:blank></iframe>",
            "setInterval(() => { frames[0].location = '/late?ms=5' }, 20)",
            "00ff00",
        ),
        {"fullPage": True, "delayMs": 500, "hideSelectors": ["i"], "waitForSelector": "iframe"},
        pixels=((600, 600, GREEN),),
    ),
    Case(
        "a page that reloads without end once it is loaded",
        written(script="onload = () => setTimeout(() => location.reload(), 150)"),
        {"delayMs": 1500},
        error="Render.PageUnstable",
    ),
    Case("a page that closes itself", written(script="onload = () => { window.close() }"), pixels=((5, 400, RED),)),
    *(
        Case(f"a script leads to {name}", written(script=script), error=error)
        for name, script, error in (
            ("an empty answer", "onload = () => { location = '/empty-answer' }", "Render.ConnectionFailed"),
            ("a redirect loop", "onload = () => { location = '/loop' }", "Render.TooManyRedirects"),
            ("a bad certificate", TLS_ON_A_PLAIN_PORT, "Render.TlsError"),
            (
                "an empty answer, some time after load",
                "setTimeout(() => { location = '/empty-answer' }, 5)",
                "Render.ConnectionFailed",
            ),
            ("an address inside", "onload = () => { location = 'http://169.254.169.254/' }", "Render.ForbiddenAddress"),
            (
                "a name without an address",
                "onload = () => { location = 'http://nowhere.invalid/' }",
                "Render.DnsFailure",
            ),
        )
    ),
    Case(
        "a click leads to an empty answer",
        written("<a href='/empty-answer'>go</a>"),
        {"clickSelectors": ["a"]},
        error="Render.ConnectionFailed",
    ),
    Case(
        "a refresh leads to a redirect loop",
        written("<meta http-equiv=refresh content='0; url=/loop'>"),
        error="Render.TooManyRedirects",
    ),
    Case("a document that cannot be decoded is an error", "/no-gzip", error="Render.ConnectionFailed"),
    Case("a document that is cut short is pictured as far as it came", "/cut", pixels=((640, 400, GREEN),)),
    Case(
        "a page whose style sheet never comes is pictured at the deadline",
        "/written?body=%3Clink%20rel%3Dstylesheet%20href%3D%2Fstall%3E&colour=00ff00",
        {"timeoutMs": 5000},
        pixels=((640, 400, GREEN),),
        told={"details.deadlineReached": True},
    ),
    *(
        Case(
            f"{name} that leads to an answer that never comes leaves the page as it is",
            written("<a id=a href=/stall>go</a><div style=height:2000px>", colour="00ff00"),
            {"timeoutMs": 8000, "fullPage": True, "hideSelectors": ["i"], **options},
            pixels=((640, 400, GREEN), (640, 1900, GREEN)),
            told={"details.deadlineReached": True},
        )
        for name, options in (
            ("a click", {"clickSelectors": ["#a"]}),
            ("javascript", {"javascript": "location = '/stall'"}),
        )
    ),
    *(
        Case(
            f"javascript that sends a form {name} runs once",
            written(f"<form action='{NEXT}'><input name=q value=1></form>"),
            {"javascript": script, "delayMs": 400},
            pixels=((5, 5, GREEN),),
            told={"final_url": f"{NEXT}?q=1"},
        )
        for name, script in (
            ("at once", "document.forms[0].submit()"),
            ("soon", "setTimeout(() => document.forms[0].requestSubmit(), 200)"),
        )
    ),
    Case(
        "a click that loads another document in a frame",
        written(
            "<iframe name=f style='border:0;width:1280px;height:600px'></iframe><a id=a href='/late?ms=300' target=f>go</a>"
        ),
        {"clickSelectors": ["#a"]},
        pixels=((640, 400, GREEN),),
    ),
)
