// Resolves when fonts have come, or `fontMs` milliseconds are over.
async ({fontMs}) => {
  if (page.fonts.status !== "loaded") await Promise.race([page.fonts.ready, later(fontMs)]);
}
