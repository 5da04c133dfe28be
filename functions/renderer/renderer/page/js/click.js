// Clicks the first element for a CSS selector, whatever covers it.
(selector) => everywhere(selector)[0]?.click()
