"""A browser, and a kit that is on offer."""

import pytest
from flask import Flask

from tcma.core import clock
from tcma.core.actor import Actor
from tcma.core.tenancy import acting
from tests.campaigns.kits import published, with_logo
from tests.people import People
from tests.signing_in import Browser


@pytest.fixture
def browser(app: Flask) -> Browser:
    """A browser whose requests stand on their own, as in the running program."""
    app.test_client_class = Browser
    client = app.test_client()
    assert isinstance(client, Browser)
    return client


@pytest.fixture
def vera(people: People) -> Actor:
    return people.actor("vera")


@pytest.fixture
def on_offer(people: People) -> dict[str, str]:
    """The starter kit on offer to both partners, by its addresses; Alice's company has a logo."""
    with_logo(people)
    by = people.actor("vera")
    version = published(people, clock.now())
    with acting(by):
        return {"kit": version.kit.public_id, "version": version.public_id}
