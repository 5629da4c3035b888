"""What happened in the round of a transaction: the source of handHistory, gameLogs and reports (see storage/play/played.py)."""

from pitboss.domain.catalogue import Catalogue
from pitboss.providers import Connectors, Done, Failed, NotOffered, RoundAsked
from pitboss.storage.play.played import PlayedTransaction
from pitboss.wire.studio import RoundLog

NO_DATA = RoundLog()


async def round_history(connectors: Connectors, catalogue: Catalogue, played: PlayedTransaction) -> RoundLog | Failed:
    """What its studio tells of the round; a studio that tells nothing has no data. Holds no connection to the database."""
    provider = catalogue.providers[played.provider_id]
    asked = RoundAsked(
        played.user_in_game,
        catalogue.currencies[played.currency],
        played.round_id,
        played.provider_tx_id,
        played.history_id,
    )
    outcome = await connectors.of(provider).round_log(provider, asked)
    if isinstance(outcome, Done):
        return outcome.answer
    return NO_DATA if isinstance(outcome, NotOffered) else outcome
