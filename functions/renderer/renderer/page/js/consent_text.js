// Whether this frame's document is a cookie banner.
() => page.body !== null && [document.documentElement, page.body].some(isBanner)
