"""Ways for a script to connect: requests, streams, workers, real-time connections, and other schemes."""

from tests.security.vector import SCRIPT, Vector

REQUESTS = {
    "fetch": "fetch('TARGET')",
    "fetch without cors": "fetch('TARGET', {mode: 'no-cors'})",
    "fetch kept alive": "fetch('TARGET', {keepalive: true, method: 'POST', mode: 'no-cors'})",
    "fetch of a stream": "fetch('https://127.0.0.1:PORT/', {method: 'POST', duplex: 'half', body: new Blob(['a']).stream()})",
    "fetch at unload": "addEventListener('pagehide', () => fetch('TARGET', {keepalive: true})); location = 'about:blank'",
    "fetchLater": "fetchLater('https://127.0.0.1:PORT/', {activateAfter: 0})",
    "xhr": "const x = new XMLHttpRequest(); x.open('GET', 'TARGET'); x.send()",
    "synchronous xhr": "const x = new XMLHttpRequest(); x.open('GET', 'TARGET', false); x.send()",
    "xhr of another method": "const x = new XMLHttpRequest(); x.open('PROPFIND', 'TARGET'); x.send()",
    "beacon": "navigator.sendBeacon('TARGET', 'a')",
    "EventSource": "new EventSource('TARGET')",
    "WebSocket": "new WebSocket('ws://127.0.0.1:PORT/')",
    "WebSocket with TLS": "new WebSocket('wss://127.0.0.1:PORT/')",
    "WebSocket to ipv6": "new WebSocket('ws://[::1]:PORT/')",
    "WebSocket to localhost": "new WebSocket('ws://localhost:PORT/')",
    "WebTransport": "new WebTransport('https://127.0.0.1:PORT/')",
    "Image": "new Image().src = 'TARGET'",
    "Audio": "new Audio('TARGET').play()",
    "FontFace": "new FontFace('a', 'url(TARGET)').load()",
    "import()": "import('TARGET')",
    "document.write": "document.write('<img src=TARGET>')",
    "canvas": "const i = new Image(); i.crossOrigin = ''; i.src = 'TARGET'",
    "blob: document": "const f = document.createElement('iframe'); f.src = URL.createObjectURL(new Blob(['<img src=TARGET>'], {type: 'text/html'})); document.body.append(f)",
    "cache": "caches.open('a').then(c => c.add('TARGET'))",
    "payment": "new PaymentRequest([{supportedMethods: 'https://127.0.0.1:PORT/'}], {total: {label: 'a', amount: {currency: 'USD', value: '1'}}}).canMakePayment()",
    "protected media": "navigator.requestMediaKeySystemAccess('org.w3.clearkey', [{}]).then(() => fetch('TARGET'), () => fetch('TARGET'))",
}
RTC = "const c = new RTCPeerConnection({iceServers: [SERVERS], iceCandidatePoolSize: 2}); c.createDataChannel('a'); c.createOffer().then(o => c.setLocalDescription(o))"
SERVERS = {
    "STUN over UDP": "{urls: 'stun:127.0.0.1:PORT'}",
    "STUN over UDP to ipv6": "{urls: 'stun:[::1]:PORT'}",
    "STUN over UDP to localhost": "{urls: 'stun:localhost:PORT'}",
    "TURN over UDP": "{urls: 'turn:127.0.0.1:PORT?transport=udp', username: 'a', credential: 'a'}",
    "TURN over TCP": "{urls: 'turn:127.0.0.1:PORT?transport=tcp', username: 'a', credential: 'a'}",
    "TURN over TLS": "{urls: 'turns:127.0.0.1:PORT?transport=tcp', username: 'a', credential: 'a'}",
}
CANDIDATE = "candidate:1 1 KIND 2122260223 127.0.0.1 PORT typ host"
PEER = """
const a = new RTCPeerConnection(), b = new RTCPeerConnection();
a.createDataChannel('a');
a.createOffer().then(async offer => {
  await a.setLocalDescription(offer); await b.setRemoteDescription(offer);
  const answer = await b.createAnswer(); await b.setLocalDescription(answer); await a.setRemoteDescription(answer);
  await a.addIceCandidate({candidate: 'CANDIDATE', sdpMid: '0', sdpMLineIndex: 0});
});"""
# A host of the local network: WebRTC asks for its address by multicast.
LOCAL_HOSTS = {
    "of the local network": "NAME.local",
    "of the local network, in capitals": "NAME.LOCAL",
    "of the local network with a dot": "NAME.local.",
}
# Another window's constructor, in case the page's own was taken away.
FRAME = "const f = document.createElement('iframe'); FRAME document.documentElement.append(f); const RTCPeerConnection = f.contentWindow.RTCPeerConnection;"
OTHER_WINDOWS = {
    "an empty frame": FRAME.replace("FRAME ", ""),
    "a frame of its own text": FRAME.replace("FRAME", "f.srcdoc = 'a';"),
    "a frame of javascript": FRAME.replace("FRAME", 'f.src = "javascript:1";'),
    "a frame without its sandbox": FRAME.replace("FRAME", "f.sandbox = 'allow-scripts allow-same-origin';"),
}
WORK = "fetch('TARGET', {mode: 'no-cors'})"
# The page's own way to register is closed; this is the one that it was made from.
SERVICE_WORKER = "ServiceWorkerContainer.prototype.register.call(navigator.serviceWorker, 'HERE/w.js')"
REGISTERED = f"self.oninstall = () => {WORK}; {WORK}"


def scripted(name: str, script: str, reaches: bool | None = True, worker: str = "") -> Vector:
    files = {"w.js": (200, SCRIPT, worker)} if worker else {}
    return Vector(name, f"<body><script>{script}</script>", files=files, reaches=reaches)


# What depends on the version, on https, or on a full browser.
DEPENDING = {"fetch of a stream", "fetchLater", "payment", "canvas", "protected media", "xhr of another method"}

SCRIPT_VECTORS = [
    *(scripted(name, script, None if name in DEPENDING else True) for name, script in REQUESTS.items()),
    *(scripted(f"WebRTC: {name}", RTC.replace("SERVERS", server)) for name, server in SERVERS.items()),
    scripted("WebRTC: UDP candidate", PEER.replace("CANDIDATE", CANDIDATE).replace("KIND", "udp"), None),
    scripted(
        "WebRTC: TCP candidate", PEER.replace("CANDIDATE", f"{CANDIDATE} tcptype passive").replace("KIND", "tcp"), None
    ),
    *(
        scripted(
            f"WebRTC: a host {name}",
            PEER.replace("CANDIDATE", CANDIDATE.replace("127.0.0.1", host)).replace("KIND", "udp"),
            None,
        )
        for name, host in LOCAL_HOSTS.items()
    ),
    *(
        scripted(
            f"WebRTC by {name}",
            "{"
            + window
            + PEER.replace("CANDIDATE", CANDIDATE.replace("127.0.0.1", "NAME.local")).replace("KIND", "udp")
            + "}",
            None,
        )
        for name, window in OTHER_WINDOWS.items()
    ),
    scripted("WebRTC: STUN of the local network", RTC.replace("SERVERS", "{urls: 'stun:NAME.local:PORT'}"), None),
    scripted("worker", "new Worker('HERE/w.js')", worker=WORK),
    scripted("worker of a blob", f"new Worker(URL.createObjectURL(new Blob([`{WORK}`])))"),
    scripted("worker of a data: address", f"new Worker(`data:text/javascript,{WORK}`)"),
    scripted(
        "worker in a worker", "new Worker('HERE/w.js')", worker=f"new Worker(URL.createObjectURL(new Blob([`{WORK}`])))"
    ),
    scripted("shared worker", "new SharedWorker('HERE/w.js')", worker=WORK),
    scripted("importScripts", "new Worker('HERE/w.js')", worker="importScripts('TARGET')"),
    scripted("WebSocket of a worker", "new Worker('HERE/w.js')", worker="new WebSocket('ws://127.0.0.1:PORT/')"),
    scripted("service worker", SERVICE_WORKER, False, worker=REGISTERED),
    scripted(
        "service worker, registered as usual", "navigator.serviceWorker.register('HERE/w.js')", False, worker=REGISTERED
    ),
    scripted("worklet", "CSS.paintWorklet.addModule('TARGET')", None),
    scripted("audio worklet", "new AudioContext().audioWorklet.addModule('TARGET')", None),
    Vector("redirected fetch", "<script>fetch('HERE/go')</script>", files={"go": (307, "Location: TARGET", "")}),
    Vector(
        "redirected EventSource",
        "<script>new EventSource('HERE/go')</script>",
        files={"go": (307, "Location: TARGET", "")},
    ),
    Vector(
        "redirected worker",
        "<script>new Worker('HERE/w.js')</script>",
        files={"w.js": (200, SCRIPT, "fetch('go')"), "go": (302, "Location: TARGET", "")},
    ),
    Vector(
        "DNS rebinding",
        address="http://NAME.rebind.test:SITE/NAME/p",
        files={
            "p": (
                200,
                "Content-Type: text/html",
                "<script>setInterval(() => fetch('http://NAME.rebind.test:PORT/', {mode: 'no-cors'}), 200)</script>",
            )
        },
    ),
    Vector(
        "DNS rebinding of a WebSocket",
        address="http://NAME.rebind.test:SITE/NAME/p",
        files={
            "p": (
                200,
                "Content-Type: text/html",
                "<script>setInterval(() => new WebSocket('ws://NAME.rebind.test:PORT/'), 200)</script>",
            )
        },
    ),
    Vector("fetch of view-source", "<script>location = 'view-source:TARGET'</script>", reaches=False),
    Vector("window of view-source", "<script>open('view-source:TARGET')</script>", reaches=False),
    Vector("ftp", "<iframe src='ftp://127.0.0.1:PORT/'></iframe>", reaches=False),
    Vector("filesystem", "<iframe src='filesystem:TARGET'></iframe>", reaches=False),
]
