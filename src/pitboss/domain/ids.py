"""The hub's ids, as pure functions of what chance and clock hand in.

Formats (the contract's overview, "Ids"): history items, transfers and wallet transactions are 32 hex digits, time-ordered;
`playerId` is the agent's prefix and 11 of [a-z0-9]; `userInGame` is `playerId-CURRENCY`; tokens begin with the prefix.
"""

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
TOKEN_LENGTH = 40
_COUNTER_BITS = 41


def time_ordered_id(unix_ns: int, random_64: int) -> str:
    """32 hex digits: 16 of the UNIX time in nanoseconds, 16 random ones."""
    return f"{unix_ns:016x}{random_64:016x}"


def number(process: int, counter: int) -> int:
    """An integer of at most 19 digits, unique in the hub: the process's own number above, what it has counted below."""
    assert 0 < process < 1 << 22 and 0 <= counter < 1 << _COUNTER_BITS
    return process << _COUNTER_BITS | counter


def spell(random_bits: int, length: int) -> str:
    """`length` characters of [a-z0-9] from a random integer; uniform when it has many more bits than needed."""
    letters = []
    for _ in range(length):
        random_bits, index = divmod(random_bits, 36)
        letters.append(ALPHABET[index])
    return "".join(letters)


def player_id(prefix: str, random_bits: int) -> str:
    """Agent prefix and 11 random characters; give at least 128 random bits."""
    return prefix + spell(random_bits, 11)


def session_token(prefix: str, random_bits: int) -> str:
    """A 40-character token that carries its agent: 35 random characters (180 bits); give at least 256 random bits."""
    return prefix + spell(random_bits, TOKEN_LENGTH - len(prefix))


def user_in_game(player: str, currency: str) -> str:
    """What a studio knows a player's wallet by."""
    return f"{player}-{currency}"


def agent_wallet(currency: str) -> str:
    """The `user_in_game` of an agent's own wallet; no player's can be equal (they have 16 characters before the dash)."""
    return f"agent-{currency}"
