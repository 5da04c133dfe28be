"""Motion: finite animations at their end, endless ones at their start, others left alone."""

from tests.cases.case import BLUE, GREEN, RED, WHITE, Case
from tests.cases.written import written

FRAMES = "@keyframes go { from { background: #ff0000 } to { background: #00ff00 } } @keyframes back { from { background: #00ff00 } to { background: #ff0000 } }"
BOX = "width:200px;height:200px"
SHADOW = "host.attachShadow({{mode: 'open'}}).innerHTML = `<style>{style}</style><div id=a style='{box}'></div>`"


def moving(style: str, script: str = "", body: str = f"<div id=a style='{BOX}'></div>") -> str:
    """The path of a page with a box that these rules move."""
    return written(f"<style>{FRAMES} {style}</style>{body}", script, "ffffff")


CASES = (
    Case(
        "an endless animation stands at its first keyframe",
        "/animations/endless-animation-at-its-start.html",
        size=(1280, 800),
        pixels=(
            (640, 170, GREEN, 12),
            (640, 10, BLUE),
        ),
        seen_in="microsoft/playwright#11870",
    ),
    Case(
        "an animation in a frame is at its end",
        "/animations/animation-in-a-frame.html",
        size=(1280, 800),
        pixels=(
            (640, 120, GREEN),
            (640, 10, BLUE),
        ),
    ),
    Case(
        "an endless animation in a frame stands at its start",
        "/animations/animation-in-iframe.html",
        {"viewport": {"width": 500, "height": 500}, "delayMs": 137},
        pixels=(
            (110, 180, RED),
            (290, 200, RED),
            (200, 60, WHITE),
        ),
    ),
    Case(
        "a scroll-driven animation is where the scroll position puts it",
        "/animations/scroll-driven-animation-finished.html",
        {"viewport": {"width": 500, "height": 500}},
        pixels=((400, 5, WHITE),),
    ),
    Case(
        "a smooth scroll to the fragment is at its end",
        "/animations/smooth-fragment.html#b",
        pixels=(
            (640, 10, (204, 0, 0)),
            (640, 790, (204, 0, 0)),
        ),
    ),
    Case(
        "pictures that move stand at their first frame, those of SVG at their end or at the start of an endless round",
        "/animations/moving-pictures.html",
        {"delayMs": 200},
        pixels=tuple((100 + 200 * x, 100 + 200 * y, GREEN, 4) for y in range(2) for x in range(6)),
        seen_in="argos-ci/argos-ci.com#131",
    ),
    Case(
        "in a whole page what fades in with its view is shown",
        written(
            "<style>@keyframes in { from { opacity: 0 } } i { display: block; height: 300px; background: #00ff00;"
            "animation: in linear both; animation-timeline: view(); animation-range: entry }</style>" + "<i></i>" * 8,
            "",
            "ffffff",
        ),
        {"fullPage": True},
        pixels=tuple((50, y, GREEN) for y in range(50, 2400, 300)),
    ),
    *(
        Case(name, page, pixels=((395, 50, GREEN),))
        for name, page in (
            (
                "a bar that a script grows frame by frame is at its end",
                written(
                    "<div id=a style='width:0;height:200px;background:#00ff00'></div>",
                    "onload = () => { const start = performance.now(); (function grow() { const part = Math.min(1, (performance.now() - start) / 700); a.style.width = part * 400 + 'px'; if (part < 1) requestAnimationFrame(grow) })() }",
                    "ffffff",
                ),
            ),
            (
                "a smooth scroll in a box is at its end",
                written(
                    "<div id=a style='width:400px;height:200px;overflow:auto;scroll-behavior:smooth'><div style='height:3000px'></div><div style='height:200px;background:#00ff00'></div></div>",
                    "onload = () => { a.scrollTop = 3000 }",
                    "ffffff",
                ),
            ),
            (
                "an animation that follows another after a pause is at its end",
                written(
                    "<div id=a style='width:400px;height:200px'></div>",
                    "(async () => { const to = (colour) => a.animate([{}, {background: colour}], {duration: 5000, fill: 'forwards'}).finished; await to('#f00'); await new Promise((go) => setTimeout(go, 20)); await to('#0f0') })()",
                    "ffffff",
                ),
            ),
            (
                "details that open slowly are open",
                written(
                    "<style>:root { interpolate-size: allow-keywords } details::details-content { height: 0; overflow: clip; transition: height 20s, content-visibility 20s allow-discrete } details[open]::details-content { height: auto } summary { height: 20px }</style>"
                    "<details id=a><summary></summary><div style='height:200px;background:#00ff00'></div></details>",
                    "onload = () => { a.open = true }",
                    "ffffff",
                ),
            ),
            *(
                (
                    f"an animation in a closed shadow root of the HTML is at its end, in a {name}",
                    written(
                        f"<{name}><template shadowrootmode=closed><style>{FRAMES} b {{ display: block; width: 400px; height: 200px; animation: go 60s both }}</style><b></b></template></{name}>",
                        "",
                        "ffffff",
                    ),
                )
                for name in ("x-host", "div")
            ),
        )
    ),
    *(
        Case(name, page, pixels=((50, 50, GREEN),))
        for name, page in (
            (
                "a finite animation in a shadow root is at its end",
                written(
                    "<div id=host></div>",
                    SHADOW.format(style=f"{FRAMES} #a {{ animation: go 60s both }}", box=BOX),
                    "ffffff",
                ),
            ),
            (
                "an endless animation in a shadow root stands at its first keyframe",
                written(
                    "<div id=host></div>",
                    SHADOW.format(style=f"{FRAMES} #a {{ animation: back 2s infinite }}", box=BOX),
                    "ffffff",
                ),
            ),
            (
                "an endless animation that began in the middle stands at its first keyframe",
                moving("#a { animation: back 4s -2s infinite }"),
            ),
            (
                "an endless animation with a delay stands at its first keyframe",
                moving("#a { animation: back 4s 60s infinite }"),
            ),
            (
                "an animation that is paused stays where it is",
                moving("#a { background: #00ff00; animation: go 4s -9s paused both }"),
            ),
            (
                "an animation that a script paused stays where it is",
                moving(
                    "",
                    "const one = a.animate([{background: '#00ff00'}, {background: '#ff0000'}], {duration: 9000, fill: 'both'}); one.pause()",
                ),
            ),
            (
                "a transition is at its end",
                moving(
                    "#a { background: #ff0000; transition: background 60s } #a.on { background: #00ff00 }",
                    "a.offsetWidth; a.className = 'on'",
                ),
            ),
            (
                "an animation that begins when another ends is at its end",
                moving(
                    "#a { animation: back 1s both } #a.on { animation: go 30s both }",
                    "a.onanimationend = () => { a.className = 'on' }",
                ),
            ),
            (
                "a chain of five animations is at its end",
                moving(
                    "",
                    "(async () => { for (const colour of ['#f00', '#00f', '#ff0', '#f0f', '#0f0']) await a.animate([{}, {background: colour}], {duration: 5000, fill: 'forwards'}).finished })()",
                ),
            ),
            (
                "an animation of a pseudo-element is at its end",
                moving(
                    "#a { position: relative } #a::before { content: ''; position: absolute; inset: 0; animation: go 60s both }"
                ),
            ),
            (
                "an animation that plays backwards is at its end",
                moving(
                    "",
                    "a.animate([{background: '#00ff00'}, {background: '#ff0000'}], {duration: 9000, fill: 'both'}).reverse()",
                ),
            ),
            (
                "an animation with an endless chain does not hold the picture up",
                moving(
                    "#a { background: #00ff00 }",
                    "const on = () => { document.body.animate([{opacity: 1}, {opacity: 1}], 500).onfinish = on }; on()",
                ),
            ),
            (
                "an animation driven by the view of an element stays",
                moving(
                    "#a { background: #00ff00; animation: go both linear; animation-timeline: view(); animation-range: contain -100% contain -50% }"
                ),
            ),
        )
    ),
    Case(
        "a smooth scroll by a script is at its end",
        written(
            "<a href='#b'></a><div style='height:3000px'></div><div id=b style='height:900px;background:#00ff00'></div>",
            "onload = () => b.scrollIntoView({behavior: 'smooth'})",
        ),
        {"delayMs": 60},
        pixels=((50, 50, GREEN), (50, 790, GREEN)),
    ),
    *(
        Case(
            f"the caret is hidden {name}",
            written(body, script, "00ff00"),
            {"delayMs": 100},
            pixels=tuple((x, y, GREEN) for x in range(0, 9) for y in (5, 15)),
        )
        for name, body, script in (
            (
                "in a field with an important colour",
                "<style>input { caret-color: red !important }</style><input id=a style='all:unset;font:30px serif'>",
                "a.focus()",
            ),
            (
                "in a field in a shadow root",
                "<div id=host></div>",
                "host.attachShadow({mode: 'open'}).innerHTML = '<style>input { caret-color: red !important; all: unset; font: 30px serif }</style><input>'; host.shadowRoot.querySelector('input').focus()",
            ),
            (
                "in text that can be edited",
                "<style>* { caret-color: red !important } #a { outline: 0; font: 30px serif }</style><div id=a contenteditable></div>",
                "a.focus()",
            ),
            (
                "in a document that can be edited as a whole",
                "<style>* { caret-color: red !important } body { outline: 0; font: 30px serif }</style>",
                "document.designMode = 'on'; document.body.focus()",
            ),
        )
    ),
    Case(
        # Chromium paints all of a page again whose body gets another colour of the caret.
        "a page in which nothing is typed keeps its styles",
        written("<style>body[style*=caret] { background: red !important }</style>", "", "00ff00"),
        pixels=((5, 5, GREEN),),
    ),
    Case(
        "SVG's own animations, and those in a closed shadow root: at their end, or at their first value if they are endless",
        "/animations/smil.html",
        {"viewport": {"width": 400, "height": 700}},
        pixels=((100, 50, BLUE), *((100, y, GREEN) for y in (150, 250, 350, 450, 550))),
        seen_in="microsoft/playwright#31403",
    ),
    Case(
        "a view transition is at its end",
        "/animations/view-transition.html",
        {"clickSelectors": ["button"]},
        pixels=((640, 400, GREEN),),
    ),
    Case(
        "css wins over an animation that keeps its last colour",
        written(
            "<div id=e style='height:100px'></div>",
            "e.animate([{backgroundColor: 'red'}, {backgroundColor: 'red'}], {duration: 1, fill: 'forwards'})",
        ),
        {"css": "#e { background: #0f0 !important }"},
        pixels=((640, 50, GREEN),),
    ),
)
