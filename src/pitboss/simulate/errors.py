"""What can go wrong for a player: a refusal is part of the play, a failure is not."""


class Refusal(Exception):
    """The hub or the studio said no, as it may; `kind` is its code."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class Failure(Exception):
    """No answer, or one that should never be; `kind` groups it in the summary."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind
