// What a script reads of the browser, in a window as in a worker.
const identity = () => [
  navigator.userAgent.replace(/^.*?\(|[;)].*$/g, ""),
  navigator.platform,
  navigator.userAgentData ? navigator.userAgentData.platform : "no hints",
  navigator.language,
  (1234.5).toLocaleString(),
  Intl.DateTimeFormat().resolvedOptions().timeZone,
].join(", ");
