"""Finds the models of the AWS services that a client is made for."""

from collections.abc import Sequence

from botocore.loaders import Loader
from botocore.session import Session, get_session


class Models(Loader):
    """Loads models like botocore's own loader, but knows only these services.

    Botocore looks into the folder of every service, of which a clone's environment has several hundred, to tell whether
    it knows the name of one. That takes a quarter of the time to make the first client.
    """

    def __init__(self, services: Sequence[str]) -> None:
        super().__init__()
        self._services = list(services)

    def list_available_services(self, type_name: str) -> list[str]:  # noqa: ARG002 (botocore's signature)
        """Returns the known services."""
        return self._services


def session_for(services: Sequence[str]) -> Session:
    """Returns a session for clients of these services."""
    # botocore instead of boto3: it gives the same clients, but boto3 first loads its resources and transfers.
    session = get_session()
    session.register_component("data_loader", Models(services))
    return session
