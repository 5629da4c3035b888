"""Where addresses may lead that people enter at the back office."""

from types import SimpleNamespace
from typing import cast

import pytest

from pitboss.backoffice.office import Office
from pitboss.domain.outbound import url_problem
from pitboss.domain.staff.rights import Role
from pitboss.engine.hub import Hub
from pitboss.providers import Connectors
from pitboss.storage.database import Database
from pitboss.storage.staff.sessions import Visitor

HERE = ("http://127.0.0.1:8081/wallet", "http://[::1]:5432/", "http://localhost:8081/", "http://[::ffff:127.0.0.1]/")


def office(allow_private_urls: bool) -> Office:
    hub = SimpleNamespace(settings=SimpleNamespace(allow_private_urls=allow_private_urls))
    return Office(cast(Hub, hub), cast(Database, None), cast(Connectors, None))


@pytest.mark.parametrize("url", HERE)
def test_people_of_an_agent_send_the_hub_to_nothing_of_its_own_machine(url: str) -> None:
    of_agent, of_hub = (Visitor("somebody", Role.MANAGER, agent, b"") for agent in (9, None))
    assert url_problem(url, office(False).reach(of_agent)) == "must not be on this machine"
    assert url_problem("https://wallet.example/", office(False).reach(of_agent)) is None
    assert url_problem(url, office(False).reach(of_hub)) is None
    assert url_problem(url, office(True).reach(of_agent)) is None
