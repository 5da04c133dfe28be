// Seconds until a meta tag sends the browser to another address, or null; more than three is a refresh, no redirect.
() => {
  const tag = page.querySelector('meta[http-equiv="refresh" i]');
  const [, seconds, target] = tag?.content.match(/^\s*([\d.]+)\s*[;,]\s*(?:url\s*=)?\s*['"]?([^'"]+)/i) ?? [];
  if (seconds === undefined || Number(seconds) > 3) return null;
  return new URL(target, page.baseURI).href === location.href ? null : Number(seconds);
}
