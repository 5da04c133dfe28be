"""Notices when the page leaves the document with which the steps of a render began."""

from renderer.page.render_context import RenderContext

FOR_EVER = 3600.0


class DocumentGoneError(Exception):
    """The page shows another document than the one with which the steps began."""


async def stay(context: RenderContext) -> None:
    """Waits for a document that is coming.

    Raises DocumentGoneError when the page shows another document than that of the steps, and the error of one that
    failed.
    """
    documents = context.documents
    if documents.is_leaving():
        await context.within(FOR_EVER, documents.at_rest())
    documents.check()
    if documents.loader != context.document:
        raise DocumentGoneError
