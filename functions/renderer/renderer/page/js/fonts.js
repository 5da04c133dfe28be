// Resolves when fonts have loaded, or after `fontMs` milliseconds.
async ({fontMs}) => {
  if (page.fonts.status !== "loaded") await Promise.race([page.fonts.ready, later(fontMs)]);
}
