"""The pages of a list or a sitemap, as `shutterstep capture` reads them."""

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer import BadParameter

from shutterstep_cli.local.example_site import serve
from shutterstep_cli.verbs.page_sources import pages_in, pages_of_sitemap

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(*addresses: str) -> bytes:
    places = "".join(f"<url><loc> {address} </loc></url>" for address in addresses)
    return f'<?xml version="1.0"?><urlset xmlns="{NAMESPACE}">{places}</urlset>'.encode()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    with serve(tmp_path) as origin:
        (tmp_path / "b.xml.gz").write_bytes(gzip.compress(urlset("https://b.example/blog/1", "https://b.example/")))
        (tmp_path / "a.xml").write_bytes(urlset("https://a.example/"))
        index = f"<sitemap><loc>{origin}/a.xml</loc></sitemap><sitemap><loc>{origin}/b.xml.gz</loc></sitemap>"
        (tmp_path / "index.xml").write_text(f'<sitemapindex xmlns="{NAMESPACE}">{index}</sitemapindex>')
        (tmp_path / "round.xml").write_text(
            f"<sitemapindex><sitemap><loc>{origin}/round.xml</loc></sitemap></sitemapindex>"
        )
        (tmp_path / "list.txt").write_text("https://c.example/\n\nhttps://c.example/2\n")
        (tmp_path / "page.html").write_text("<html><br></html>")
        yield origin


def addresses(url: str, match: str | None = None) -> list[str]:
    return [page["url"] for page in pages_of_sitemap(url, match)]


def test_an_index_leads_to_plain_and_gzipped_sitemaps(site: str) -> None:
    found = addresses(f"{site}/index.xml")
    assert found == ["https://a.example/", "https://b.example/blog/1", "https://b.example/"]
    assert addresses(f"{site}/index.xml", "*/blog/*") == ["https://b.example/blog/1"]
    assert addresses(f"{site}/list.txt") == ["https://c.example/", "https://c.example/2"]


@pytest.mark.parametrize("path", ["nothing.xml", "page.html", "round.xml"])
def test_what_is_no_sitemap_is_wrong_usage_with_its_address(site: str, path: str) -> None:
    with pytest.raises(BadParameter, match=path):
        addresses(f"{site}/{path}")


def test_only_web_addresses_are_read() -> None:
    with pytest.raises(BadParameter, match="must begin with http"):
        addresses("file:///etc/passwd")


def test_a_list_has_addresses_and_json_and_comments(tmp_path: Path) -> None:
    file = tmp_path / "pages.txt"
    file.write_text(
        '\ufeffhttps://a.example/?a=1,2\n\n# one more\n{"url": "https://b.example", "fullPage": true}\n', "utf-8"
    )
    assert list(pages_in(str(file))) == [
        {"url": "https://a.example/?a=1,2"},
        {"url": "https://b.example", "fullPage": True},
    ]


def test_the_columns_of_a_csv_are_options_of_their_own_type(tmp_path: Path) -> None:
    file = tmp_path / "pages.csv"
    file.write_text(
        'url,id,fullPage,viewport.width,block\nhttps://a.example,one,TRUE,400,"[""ads""]"\nhttps://b.example,,,,\n'
    )
    assert list(pages_in(str(file))) == [
        {"url": "https://a.example", "id": "one", "fullPage": True, "viewport": {"width": 400}, "block": ["ads"]},
        {"url": "https://b.example"},
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [('{"url": \n', "line 1: not valid JSON"), ("url,maxHeight\nhttps://a.example,tall\n", "line 2: maxHeight")],
)
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, content: str, words: str) -> None:
    file = tmp_path / "pages.txt"
    file.write_text(content)
    with pytest.raises(BadParameter, match=words):
        list(pages_in(str(file)))
