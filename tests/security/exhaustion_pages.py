"""The pages that fill a worker's memory or keep it busy: those that the tests send, and all kinds that were tried."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Exhausting:
    """A page's script, and options of the request that makes it worse."""

    name: str
    script: str
    options: dict[str, Any] = field(default_factory=dict)


LONG = "const long = 'x'.repeat(2 ** 27);"
FLOOD = "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) BODY }, 1);"
# ruff: noqa: E501 (a script a line)
PAGES = [
    Exhausting("a WebSocket message of 150 kB that inflates to 150 MB", "new WebSocket('WS/text')"),
    Exhausting("a WebSocket message that is sent", f"{LONG} const s = new WebSocket('WS/quiet'); s.onopen = () => s.send(long);"),
    Exhausting("an event of a stream", "new EventSource('SITE/events')"),
    Exhausting("long words in the console", f"{LONG} for (let i = 0; i < 8; i++) console.log(long)"),
    Exhausting("many words in the console", FLOOD.replace("BODY", "console.log('a', {b: [1, 2, 3]});")),
    Exhausting("a long error", f"{LONG} setTimeout(() => {{ throw new Error(long) }})"),
    Exhausting("a long rejection", f"{LONG} Promise.reject(long)"),
    Exhausting("a long title", f"{LONG} document.title = long"),
    Exhausting("a long history", "for (let i = 0; i < 50; i++) history.pushState(1, '', '#' + i + 'x'.repeat(2 ** 20))"),
    Exhausting("a long dialog", f"{LONG} alert(long)"),
    Exhausting("long addresses", "for (let i = 0; i < 40; i++) new Image().src = 'data:image/png;base64,' + 'A'.repeat(2 ** 23) + i"),
    Exhausting("many addresses", FLOOD.replace("BODY", "fetch('data:,' + Math.random());")),
    Exhausting("long bodies", "const body = 'x'.repeat(2 ** 26); for (let i = 0; i < 4; i++) fetch('SITE/take', {method: 'POST', body});",
               {"block": ["ads"]}),
    Exhausting("long names of workers", "for (let i = 0; i < 8; i++) new Worker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})"),
    Exhausting("long names of workers that are told of", "for (let i = 0; i < 8; i++) new Worker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})",
               {"locale": "de-DE"}),
    Exhausting("long names of shared workers",
               "for (let i = 0; i < 8; i++) new SharedWorker('data:text/javascript,1', {name: 'x'.repeat(2 ** 25)})"),
    Exhausting("long names of frames",
               "for (let i = 0; i < 20; i++) { const f = document.createElement('iframe'); f.name = 'x'.repeat(2 ** 23); document.body.append(f) }",
               {"block": ["cookieBanners"]}),
    Exhausting("a long value of the request's script", "", {"javascript": "'x'.repeat(2 ** 28)"}),
    Exhausting("a page that answers for our scripts",
               "for (const name of ['autoconsentSendMessage', 'autoconsentAnswer']) Object.defineProperty(window, name, {get: () => ({}), set() {}});"
               f"{LONG} Object.prototype.toJSON = () => long; String.prototype.slice = () => long;",
               {"block": ["cookieBanners"]}),
    Exhausting("many shared workers", "for (let i=0;i<3000;i++) new SharedWorker('data:text/javascript,1', {name: 'n'+i})"),
    Exhausting("many workers", "const spin = URL.createObjectURL(new Blob(['for(;;);'])), idle = URL.createObjectURL(new Blob(['1;setInterval(()=>{},1e6)']));for (let i=0;i<1000;i++) new Worker(idle)"),
    Exhausting("workers that keep every core busy", "const spin = URL.createObjectURL(new Blob(['for(;;);'])), idle = URL.createObjectURL(new Blob(['1;setInterval(()=>{},1e6)']));for (let i=0;i<100;i++) new Worker(spin)"),
    Exhausting("frames in frames without end", "const h=parent===self?0:0; const src='<script>for(let i=0;i<3;i++){const f=document.createElement(`iframe`);f.srcdoc=document.documentElement.outerHTML;document.body?document.body.append(f):document.documentElement.append(f)}<\\/script>'; for(let i=0;i<3;i++){const f=document.createElement('iframe'); f.srcdoc=src; document.body.append(f)}"),
    Exhausting("a flood of broadcasts", "for(let j=0;j<10;j++){const c=new BroadcastChannel('a'); c.onmessage=()=>{}}; const c=new BroadcastChannel('a');setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { c.postMessage('x'.repeat(1e4)); } }, 1);"),
    Exhausting("many databases", "indexedDB.open('a').onupgradeneeded=e=>{const s=e.target.result.createObjectStore('s',{autoIncrement:true}); for(let i=0;i<200;i++) s.add(new Uint8Array(2**22))}; for(let i=0;i<2000;i++) indexedDB.open('d'+i)"),
    Exhausting("many requests", "for(let i=0;i<20000;i++) fetch('SITE/neighbour?'+i)"),
    Exhausting("addresses of 100 MB", "const d='data:text/html,'+'x'.repeat(1e8); const f=document.createElement('iframe'); document.body.append(f); setInterval(()=>{f.src=d; fetch(d)},50)"),
    Exhausting("a drawing that takes hours", "const c=document.createElement('canvas');c.width=c.height=4096;document.body.append(c);const g=c.getContext('webgl2');const s=(t,x)=>{const h=g.createShader(t);g.shaderSource(h,x);g.compileShader(h);return h};const p=g.createProgram();g.attachShader(p,s(g.VERTEX_SHADER,`#version 300 es\nvoid main(){gl_Position=vec4(float(gl_VertexID%2)*4.-1.,float(gl_VertexID/2)*4.-1.,0,1);}`));g.attachShader(p,s(g.FRAGMENT_SHADER,`#version 300 es\nprecision highp float;out vec4 o;void main(){float a=gl_FragCoord.x;for(int i=0;i<10000000;i++)a=sin(a);o=vec4(a);}`));g.linkProgram(p);g.useProgram(p);setInterval(()=>g.drawArrays(g.TRIANGLES,0,3),1)"),
    Exhausting("memory of workers", "const u=URL.createObjectURL(new Blob(['const k=[];setInterval(()=>k.push(new Uint8Array(2**26).fill(1)),5)']));for(let i=0;i<10;i++)new Worker(u)"),
    Exhausting("much sound", "self.k=[];setInterval(()=>{for(let i=0;i<20;i++){const o=new OfflineAudioContext(2,44100*600,44100);const n=o.createOscillator();n.connect(o.destination);n.start();o.startRendering();k.push(o)}},10)"),
]  # fmt: skip
# Of kinds that a page of the tests has, or that were never slow: for trials by hand.
ALL = [
    *PAGES,
    Exhausting("workers in turn", "const spin = URL.createObjectURL(new Blob(['for(;;);'])), idle = URL.createObjectURL(new Blob(['1;setInterval(()=>{},1e6)']));setInterval(()=>{for (let i=0;i<10;i++) {const w=new Worker(idle); setTimeout(()=>w.terminate(),50)}},5)"),
    Exhausting("workers of workers", "const src=`onmessage=e=>{const s=e.data; for(let i=0;i<4;i++){const w=new Worker(URL.createObjectURL(new Blob([s]))); w.postMessage(s)}}`; const w=new Worker(URL.createObjectURL(new Blob([src]))); w.postMessage(src)"),
    Exhausting("many frames", "for (let i=0;i<5000;i++) document.body.append(document.createElement('iframe'))"),
    Exhausting("frames in turn", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { const f=document.createElement('iframe'); document.body.append(f); f.remove(); } }, 1);"),
    Exhausting("frames that navigate", "for(let i=0;i<50;i++){const f=document.createElement('iframe'); document.body.append(f); setInterval(()=>{f.src='data:text/html,'+Math.random()},1)}"),
    Exhausting("popups", "setInterval(()=>{for(let i=0;i<20;i++)open('about:blank')},5)"),
    Exhausting("many blobs", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { URL.createObjectURL(new Blob(['x'.repeat(1e5)])); } }, 1);"),
    Exhausting("large blobs", "setInterval(()=>{self.k=(self.k||[]); k.push(URL.createObjectURL(new Blob([new Uint8Array(2**26)])))},20)"),
    Exhausting("a flood of messages", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { postMessage({a:[1,2,3]},'*'); } }, 1);"),
    Exhausting("messages to a busy worker", "const spin = URL.createObjectURL(new Blob(['for(;;);'])), idle = URL.createObjectURL(new Blob(['1;setInterval(()=>{},1e6)']));const w=new Worker(spin);setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { w.postMessage('x'.repeat(1e5)); } }, 1);"),
    Exhausting("a flood of history", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { try{history.pushState({a:'x'.repeat(1e5)},'','#'+Math.random())}catch(e){}; } }, 1);"),
    Exhausting("long fragments", "setInterval(()=>{location.hash=Math.random()+'x'.repeat(2**20)},1)"),
    Exhausting("a flood of cookies", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { document.cookie='a'+Math.random()+'='+'x'.repeat(4000); } }, 1);"),
    Exhausting("a full storage", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { try{localStorage['a'+Math.random()]='x'.repeat(1e5)}catch(e){localStorage.clear()}; } }, 1);"),
    Exhausting("a full cache", "caches.open('a').then(async c=>{for(let i=0;;i++){await c.put('/x'+i,new Response(new Uint8Array(2**23)))}})"),
    Exhausting("many files", "navigator.storage.getDirectory().then(async d=>{for(let i=0;;i++){const h=await d.getFileHandle('f'+i,{create:true}); const w=await h.createWritable(); await w.write(new Uint8Array(2**24)); await w.close()}})"),
    Exhausting("many icons", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { const l=document.createElement('link');l.rel='icon';l.href='data:image/png;base64,'+Math.random();document.head.append(l); } }, 1);"),
    Exhausting("many errors", "setInterval(()=>{for(let i=0;i<2000;i++) setTimeout(()=>{throw new Error('a')})},1)"),
    Exhausting("many dialogs", "setInterval(()=>{alert(1)},1)"),
    Exhausting("many downloads", "setInterval(()=>{const a=document.createElement('a');a.download='x';a.href='data:application/octet-stream,'+Math.random();a.click()},1)"),
    Exhausting("a flood of permissions", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { navigator.permissions.query({name:'geolocation'}); Notification.requestPermission(); } }, 1);"),
    Exhausting("many sockets", "for(let i=0;i<2000;i++) new WebSocket('WS/quiet')"),
    Exhausting("sockets in turn", "setInterval(()=>{for(let i=0;i<20;i++) {const w=new WebSocket('WS/quiet'); w.onopen=()=>w.close()}},1)"),
    Exhausting("many requests to nobody", "for(let i=0;i<20000;i++) fetch('http://127.0.0.1:1/?'+i).catch(()=>0)"),
    Exhausting("a long address to go to", "setTimeout(()=>{location.href='SITE/neighbour?'+'x'.repeat(2**21-100)},10)"),
    Exhausting("large canvases", "self.k=[];setInterval(()=>{const c=document.createElement('canvas');c.width=c.height=8000;const x=c.getContext('2d');x.fillRect(0,0,8000,8000);document.body.append(c);k.push(c)},5)"),
    Exhausting("many drawings", "self.k=[];setInterval(()=>{const c=document.createElement('canvas');c.width=c.height=4096;const g=c.getContext('webgl');if(g){g.clear(g.COLOR_BUFFER_BIT)};document.body.append(c);k.push(c)},5)"),
    Exhausting("filters", "document.body.innerHTML='<svg width=4000 height=4000><filter id=f><feTurbulence baseFrequency=.01 numOctaves=500 /><feGaussianBlur stdDeviation=200 /><feMorphology radius=200 /></filter><rect width=4000 height=4000 filter=url(#f) /></svg>'.repeat(20)"),
    Exhausting("a slow layout", "document.body.innerHTML='<div style=\"display:grid\">'.repeat(400)+'x'.repeat(1e5); setInterval(()=>{document.body.style.width=Math.random()*1000+'px';document.body.offsetHeight},1)"),
    Exhausting("a document without end", "setInterval(()=>{document.body.insertAdjacentHTML('beforeend','<p>a<b>b</b></p>'.repeat(20000))},5)"),
    Exhausting("memory of buffers", "self.k=[];setInterval(()=>{k.push(new Uint8Array(2**28).fill(1))},20)"),
    Exhausting("memory of WebAssembly", "self.k=[];setInterval(()=>{const m=new WebAssembly.Memory({initial:16384,maximum:16384});new Uint8Array(m.buffer).fill(1);k.push(m)},20)"),
    Exhausting("many fonts", "setInterval(()=>{for(let i=0;i<50;i++){const f=new FontFace('f'+Math.random(),new Uint8Array(2**20));f.load().catch(()=>0);document.fonts.add(f)}},5)"),
    Exhausting("a flood of speech", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { try{speechSynthesis.speak(new SpeechSynthesisUtterance('a'.repeat(1000)))}catch(e){}; } }, 1);"),
    Exhausting("video that is encoded", "for(let i=0;i<30;i++){const e=new VideoEncoder({output(){},error(){}});e.configure({codec:'vp8',width:1920,height:1080});const c=new OffscreenCanvas(1920,1080);c.getContext('2d');let t=0;setInterval(()=>{if(e.encodeQueueSize<50){const f=new VideoFrame(c,{timestamp:t++});e.encode(f);f.close()}},1)}"),
    Exhausting("slow painting", "document.body.innerHTML='<div style=\"width:1900px;height:1000px;filter:blur(50px);background:red\"></div>'.repeat(200);(function f(){document.body.style.opacity=Math.random();requestAnimationFrame(f)})()"),
    Exhausting("many videos", "self.k=[];setInterval(()=>{const c=document.createElement('canvas');c.width=1920;c.height=1080;c.getContext('2d');const v=document.createElement('video');v.srcObject=c.captureStream(60);v.play();document.body.append(v);k.push(v)},5)"),
    Exhausting("many style sheets", "const s=document.createElement('style');document.head.append(s);setInterval(()=>{s.textContent='*{color:red}'+'a:has(b c d)>e{color:blue}'.repeat(20000)},1)"),
    Exhausting("many locks", "setInterval(() => { const until = performance.now() + 200; while (performance.now() < until) { navigator.locks.request('a'+Math.random(),()=>new Promise(()=>0)); } }, 1);"),
    Exhausting("a page that does not let go", "addEventListener('beforeunload',e=>{e.preventDefault();const t=Date.now();while(Date.now()-t<20000);return 'x'});addEventListener('pagehide',()=>{const t=Date.now();while(Date.now()-t<20000);})"),
]  # fmt: skip
