"""Ways to connect by interfaces of browsers that few pages use: identity, advertising, reports, sockets, other servers."""

from tests.security.vector import HTML, SVG, Vector

CALLS = {
    "WebSocketStream": "new WebSocketStream('ws://127.0.0.1:PORT/')",
    "TCPSocket": "new TCPSocket('127.0.0.1', PORT)",
    "UDPSocket": "new UDPSocket({remoteAddress: '127.0.0.1', remotePort: PORT})",
    "federated login": "navigator.credentials.get({identity: {providers: [{configURL: 'TARGET', clientId: 'a'}]}})",
    "a passkey's other origins": "navigator.credentials.get({publicKey: {challenge: new Uint8Array(9), rpId: '127.0.0.1'}})",
    "a private token": "fetch('TARGET', {privateToken: {version: 1, operation: 'token-request'}})",
    "topics": "fetch('TARGET', {browsingTopics: true, mode: 'no-cors'})",
    "attribution": "const i = new Image(); i.attributionSrc = 'TARGET'; document.body.append(i)",
    "an auction": "navigator.runAdAuction({seller: 'https://127.0.0.1:PORT', decisionLogicURL: 'https://127.0.0.1:PORT/x', interestGroupBuyers: []})",
    "an interest group": "navigator.joinAdInterestGroup({owner: 'https://127.0.0.1:PORT', name: 'a', biddingLogicURL: 'https://127.0.0.1:PORT/x'}, 99)",
    "shared storage": "sharedStorage.worklet.addModule('TARGET')",
    "a presentation": "new PresentationRequest('TARGET').start()",
    "background fetch": "navigator.serviceWorker.ready.then(r => r.backgroundFetch.fetch('a', ['TARGET']))",
    "speech": "const s = new webkitSpeechRecognition(); s.start()",
    "a style sheet of a script": "const s = new CSSStyleSheet(); s.replace('@import \"TARGET\"'); document.adoptedStyleSheets = [s]",
    "a stream of a WebAssembly module": "WebAssembly.compileStreaming(fetch('TARGET', {mode: 'no-cors'}))",
}
MARKUP = {
    "a fenced frame": "<fencedframe src='TARGET'></fencedframe>",
    "svg use": "<svg><use href='TARGET#a'/></svg>",
    "svg filter by address": "<svg width=9 height=9><rect width=9 height=9 fill='url(TARGET#a)'/></svg>",
    "import map": '<script type=importmap>{"imports": {"a": "TARGET"}}</script><script type=module>import \'a\'</script>',
    "compression dictionary": "<link rel=compression-dictionary href='TARGET'>",
    "source map": "<script>1\n//# sourceMappingURL=TARGET</script>",
    "web bundle": '<script type=webbundle>{"source": "TARGET", "resources": ["TARGET"]}</script>',
    "portal": "<portal src='TARGET'></portal>",
    "frame that is lazy": "<iframe loading=lazy src='TARGET'></iframe>",
    "frame without credentials": "<iframe credentialless src='TARGET'></iframe>",
}
HEADERS = {
    "another server of the same site": 'Alt-Svc: h2="127.0.0.1:PORT"; ma=99; persist=1, h3=":PORT"',
    "network errors": 'Report-To: {"group":"a","max_age":99,"endpoints":[{"url":"https://127.0.0.1:PORT/"}]}\nNEL: {"report_to":"a","max_age":99,"success_fraction":1}',
    "reports of embedding": 'Reporting-Endpoints: default="https://127.0.0.1:PORT/"\nCross-Origin-Embedder-Policy: require-corp; report-to="default"',
    "a dictionary": "Link: <TARGET>; rel=compression-dictionary",
    "a source map": "SourceMap: TARGET",
}
# Without https, in headless-shell, or ever: which of them connect changes with Chromium's version.
API_VECTORS = [
    *(Vector(f"api: {name}", f"<body><script>{script}</script>", reaches=None) for name, script in CALLS.items()),
    *(Vector(f"markup: {name}", f"<body>{markup}", reaches=None) for name, markup in MARKUP.items()),
    *(
        Vector(f"header: {name}", address="HERE/p", files={"p": (200, f"{HTML}\n{text}", "<img src='HERE/i'>"), "i": (200, f"{SVG}\n{text}", "<svg/>")}, reaches=None)
        for name, text in HEADERS.items()
    ),
]  # fmt: skip
