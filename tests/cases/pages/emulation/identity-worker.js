importScripts("identity.js");
const who = decodeURIComponent(location.search.slice(1));
postMessage([who, identity()]);
if (who === "worker") {
  const inner = new Worker("identity-worker.js?worker of the worker");
  inner.onmessage = ({data}) => postMessage(data);
}
