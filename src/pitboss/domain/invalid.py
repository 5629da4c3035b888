"""What a person asked of the administration that cannot be."""


class Invalid(ValueError):
    """`field` (the name of the argument, as in `wallet_url`) is not acceptable; the message says why, and shows no secret."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem
