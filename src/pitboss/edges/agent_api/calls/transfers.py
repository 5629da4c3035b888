"""deposit and withdraw: between the agent's wallet and a player's, in one posting."""

from pitboss.domain import ids
from pitboss.domain.ledger.commands import MoveMoney
from pitboss.domain.money import Currency, format_minor
from pitboss.domain.play.decision import Accepted, Refused
from pitboss.domain.refusals import Refusal
from pitboss.edges.agent_api.call import Call
from pitboss.engine.parties import open_parties
from pitboss.wire.agent_api import REFUSALS, ApiError, ErrorCode, invalid

MAX_REQUEST_ID = 128


async def deposit(call: Call) -> object:
    """From the agent's wallet to the player's."""
    return await _move(call, is_deposit=True)


async def withdraw(call: Call) -> object:
    """From the player's wallet back to the agent's."""
    return await _move(call, is_deposit=False)


async def _move(call: Call, *, is_deposit: bool) -> object:
    call.for_transfer_agents()
    username = call.fields.text("username")
    currency = call.fields.currency("currency", call.agent.currencies)
    amount = call.fields.amount("amount", currency)
    request_id = call.fields.optional_text("requestId", MAX_REQUEST_ID)
    player_id = await _party(call, username, currency)
    verb = "deposit" if is_deposit else "withdraw"
    arrivals = call.hub.arrivals
    command_id = arrivals.id()
    command = MoveMoney(
        id=command_id,
        agent_tx_id=arrivals.id(),
        wallet_tx_id=arrivals.id(),
        number=arrivals.number(),
        agent_id=call.agent.id,
        user_in_game=ids.user_in_game(player_id, currency.code),
        agent_wallet=ids.agent_wallet(currency.code),
        provider_tx_id=f"i:{command_id}" if request_id is None else f"r:{request_id}",
        amount=amount,
        is_deposit=is_deposit,
        said=f"{verb} {format_minor(amount, currency.scale)} {currency.code} {username}",
    )
    outcome = await call.hub.engine.submit(command)
    if isinstance(outcome, Accepted) and outcome.answer is not None:
        return _told(outcome.answer, currency)
    raise (
        _refusal(outcome.refusal) if isinstance(outcome, Refused) else TypeError(f"no outcome of a transfer: {outcome}")
    )


async def _party(call: Call, username: str, currency: Currency) -> str:
    """The player's id, once it and the agent have a wallet to move money between. Raises PLAYER_NOT_FOUND."""
    async with call.tenant() as connection:
        player_id = await open_parties(connection, call.hub.arrivals, call.agent.id, username, currency.code)
    if player_id is None:
        raise ApiError(ErrorCode.PLAYER_NOT_FOUND)
    return player_id


def _told(answer: str, currency: Currency) -> object:
    """The engine's words: transfer, agent's transaction, before, after, player's transaction, before, after."""
    tx_id, agent_tx_id, agent_before, agent_after, player_tx_id, player_before, player_after = answer.split(" ")

    def amount(minor: str) -> str:
        return format_minor(int(minor), currency.scale)

    return {
        "txId": tx_id,
        "currency": currency.code,
        "agent": {
            "txId": agent_tx_id,
            "beforeBalance": amount(agent_before),
            "afterBalance": amount(agent_after),
        },
        "player": {
            "txId": player_tx_id,
            "beforeBalance": amount(player_before),
            "afterBalance": amount(player_after),
        },
    }


def _refusal(refusal: Refusal) -> Exception:
    if refusal is Refusal.OTHER_DATA:
        return invalid("requestId", "was used before with other data")
    if refusal is Refusal.OVERLOADED:
        return ApiError(ErrorCode.RATE_LIMITED, retry_after=1)
    if refusal is Refusal.OUTCOME_UNKNOWN:
        return OutcomeUnknown()
    return ApiError(REFUSALS[refusal])


class OutcomeUnknown(Exception):
    """It cannot be told now whether money moved: the caller repeats with the same requestId."""
