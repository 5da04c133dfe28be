// Whether this frame's document is about consent to cookies.
() => /cookie|consent|gdpr|einwillig|datenschutz|rgpd|同意/i.test((page.body?.innerText ?? "").slice(0, 4000))
  && all(document, "button, a, input[type=button], input[type=submit], [role=button]").length > 0
