"""What a person at the back office may do, by role."""

from collections.abc import Mapping, Set
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from pitboss.domain.invalid import Invalid


class Right(StrEnum):
    """One kind of act. Whoever may sign in may look at everything but the staff and the audit."""

    SUPPORT = "support"
    """Block players, log them out, end their games, set their limits."""
    MONEY = "money"
    """Fund and adjust wallets, grant and remove bonuses, settle by hand what no program can."""
    CONFIGURE = "configure"
    """Agents, their keys and terms, providers, games, bonus templates, rates."""
    AUDIT = "audit"
    """See who did what."""
    STAFF = "staff"
    """Create people, change what they may do."""


class Role(StrEnum):
    """What a person is employed for."""

    VIEWER = "viewer"
    SUPPORT = "support"
    MANAGER = "manager"
    AUDITOR = "auditor"
    ADMIN = "admin"


RIGHTS: Final[Mapping[Role, Set[Right]]] = MappingProxyType(
    {
        Role.VIEWER: frozenset(),
        Role.SUPPORT: frozenset({Right.SUPPORT}),
        Role.MANAGER: frozenset({Right.SUPPORT, Right.MONEY, Right.CONFIGURE}),
        Role.AUDITOR: frozenset({Right.AUDIT}),
        Role.ADMIN: frozenset(Right),
    }
)


def read_role(text: str) -> Role:
    """The role of that name. Raises Invalid."""
    try:
        return Role(text)
    except ValueError:
        raise Invalid("role", f"must be one of {', '.join(Role)}") from None
