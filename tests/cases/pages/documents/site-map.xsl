<?xml version="1.0" encoding="UTF-8"?>
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:map="http://www.sitemaps.org/schemas/sitemap/0.9">
  <xsl:template match="/">
    <html lang="en">
      <head><title>Site map</title></head>
      <body style="margin: 0; background: #0f0">
        <xsl:for-each select="map:urlset/map:url"><div style="height: 20px; background: #00f"></div></xsl:for-each>
      </body>
    </html>
  </xsl:template>
</xsl:stylesheet>
