"""Notices when the page leaves the document that the steps of a render began with."""

from renderer.page.render_context import RenderContext

FOR_EVER = 3600.0


class DocumentGoneError(Exception):
    """The page shows another document than the one the steps began with."""


async def stay(context: RenderContext) -> None:
    """Waits for a document that is on its way. Raises DocumentGoneError when another than that of the steps is shown,
    and what one that did not come failed with."""
    documents = context.documents
    if documents.is_leaving():
        await context.within(FOR_EVER, documents.at_rest())
    documents.check()
    if documents.loader != context.document:
        raise DocumentGoneError
