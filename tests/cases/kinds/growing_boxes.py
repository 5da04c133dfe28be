"""Boxes that grow for the picture, and what is around them or in them."""

from tests.cases.case import GREEN, MAGENTA, YELLOW, Case
from tests.cases.written import written

SECTIONS = "".join(f"<section style=height:SIZE;background:{colour}></section>" for colour in ("#0f0", "#ff0", "#f0f"))

CASES = (
    *(
        Case(
            f"an element that is wider than its box is whole: {name}",
            f"/elements/wider-than-its-box.html{'#open' if name == 'modal' else ''}",
            {"selector": f"#{name}"},
            size=(600 if name == "share" else 1500, 80),
            pixels=((2, 40, GREEN), ((600 if name == "share" else 1500) - 20, 40, GREEN)),
        )
        for name in ("column", "share", "modal", "framed")
    ),
    *(
        Case(
            f"what is around an element cuts it off: {name}",
            "/elements/wider-than-its-box.html",
            {"selector": f"#{name}"},
            size=(150, 50),
            pixels=((1, 1, GREEN), (148, 48, GREEN)),
        )
        for name in ("shaped", "half")
    ),
    *(
        Case(
            f"sections as tall as what they scroll in keep their height when it grows: {name}",
            written(f"{before}{SECTIONS.replace('SIZE', tall)}{after}", colour="ffffff"),
            {"fullPage": True, "viewport": {"width": 400, "height": 300}},
            size=(400, 900),
            pixels=((5, 150, GREEN), (5, 450, YELLOW), (5, 895, MAGENTA)),
        )
        for name, before, tall, after in (
            ("a box", "<main style='height:100vh;overflow-y:auto'>", "100%", "</main>"),
            (
                "a column",
                "<style>section { flex:0 0 100% }</style><main style='height:100vh;overflow-y:auto;display:flex;flex-direction:column'>",
                "auto",
                "</main>",
            ),
            (
                "a grid",
                "<main style='height:100vh;overflow-y:auto;display:grid;grid-auto-rows:100%'>",
                "auto",
                "</main>",
            ),
            (
                "a frame",
                "<iframe style='display:block;width:100%;height:100vh;border:0' srcdoc='<body style=margin:0>",
                "100vh",
                "'></iframe>",
            ),
        )
    ),
    Case(
        "boxes that an observer hides where the edge of the window cuts them are shown",
        written(
            "<style>i { display:block; height:200px; background:#0f0 } i:not(.seen) { opacity:0 }</style>"
            + 6 * "<i></i>",
            "const observer = new IntersectionObserver((all) => all.forEach((one) => one.target.classList.toggle('seen', one.isIntersecting)), {threshold: .6});"
            "document.querySelectorAll('i').forEach((one) => observer.observe(one))",
        ),
        {"fullPage": True, "viewport": {"width": 400, "height": 300}},
        size=(400, 1200),
        pixels=tuple((200, 100 + 200 * place, GREEN) for place in range(6)),
    ),
    Case(
        "a page has the size that is shown, though a margin pulls it up and its zoom is no whole number",
        written("<style>html { zoom:1.5 }</style><div style='margin-top:-40px;height:600px;background:#0f0'></div>"),
        {"fullPage": True, "viewport": {"width": 400, "height": 300}},
        size=(400, 840),
        pixels=((399, 838, GREEN),),
    ),
)
