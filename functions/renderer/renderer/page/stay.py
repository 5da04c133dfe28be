"""Notices when the page leaves the document with which the steps of a render began."""

from renderer.page.render_context import RenderContext

FOR_EVER = 3600.0


class DocumentGoneError(Exception):
    """The page shows another document than the one with which the steps began."""


async def rest(context: RenderContext) -> None:
    """Waits for a document that is coming. Raises its error if it fails; one that does not come in time is given up."""
    if not await context.within(FOR_EVER, context.documents.at_rest()):
        # Chromium runs no script of ours while a navigation is on its way, so nothing more could be done with the page.
        await context.page.session.send("Page.stopLoading")


async def stay(context: RenderContext) -> None:
    """Waits for a document that is coming.

    Raises DocumentGoneError when the page shows another document than that of the steps, and the error of one that
    failed.
    """
    documents = context.documents
    if documents.is_leaving():
        await rest(context)
    documents.check()
    if documents.loader != context.document:
        raise DocumentGoneError
