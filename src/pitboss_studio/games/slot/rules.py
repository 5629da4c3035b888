"""Aurora Facets: reels, lines and pays. Pure integers; the only place that says what a window of symbols is worth.

Five reels, three rows, ten fixed lines that pay from the left, the longest run of each line. The wild stands for
every symbol but the scatter and is not on the first reel, so a line's symbol is the one it has on reel one. Three or
more scatters anywhere pay and start free spins, whose wins count three times.

All pays are whole numbers of line bets; a line bet is a tenth of the stake, so no win ever needs rounding.
"""

from dataclasses import dataclass

WILD, SCATTER = "W", "S"
ROWS = 3

REELS: tuple[str, ...] = (
    "EJQAJKETQJAEDBRSDAKJAKQTBQTBRK",
    "EAJKBEAKQTBKTJARQTWKBQDWJAQSRJ",
    "QEWJSKADKABTDWRJBAWKQBKATERQJT",
    "ERWSAETKQTJKABQDRBAWJBQWEKJTQK",
    "TQKWDAKWBTQSTDEQJABERKJABEJKRA",
)
"""The strips, top to bottom, wrapping round. A stop is the position of the window's top row."""

LINES: tuple[tuple[int, ...], ...] = (
    (1, 1, 1, 1, 1),
    (0, 0, 0, 0, 0),
    (2, 2, 2, 2, 2),
    (0, 1, 2, 1, 0),
    (2, 1, 0, 1, 2),
    (0, 0, 1, 2, 2),
    (2, 2, 1, 0, 0),
    (1, 0, 0, 0, 1),
    (1, 2, 2, 2, 1),
    (1, 0, 1, 2, 1),
)
"""Each line's row (0 = top) on each reel."""

LINE_COUNT = len(LINES)

LINE_PAYS: dict[str, tuple[int, int, int]] = {
    "D": (50, 200, 1000),
    "R": (30, 100, 400),
    "E": (20, 75, 250),
    "B": (20, 50, 200),
    "T": (15, 50, 150),
    "A": (10, 30, 100),
    "K": (10, 20, 80),
    "Q": (5, 15, 60),
    "J": (5, 15, 50),
}
"""Line bets won by three, four and five of a symbol."""

SCATTER_PAYS: dict[int, int] = {3: 2 * LINE_COUNT, 4: 10 * LINE_COUNT, 5: 50 * LINE_COUNT}
"""Line bets won by so many scatters: 2, 10 and 50 times the stake."""

FREE_SPINS: dict[int, int] = {3: 10, 4: 15, 5: 20}
"""Free spins won by so many scatters, in the base game and again within free spins."""

FREE_SPIN_MULTIPLIER = 3
FREE_SPIN_CAP = 60
"""No round has more free spins than this; what would go beyond is not awarded."""

Window = tuple[str, ...]
"""What the player sees: one string of three symbols per reel, top to bottom."""


@dataclass(frozen=True)
class LineWin:
    """A winning line: its index in LINES, the symbol paid, how many reels, and line bets won."""

    line: int
    symbol: str
    count: int
    pay: int


@dataclass(frozen=True)
class WindowPay:
    """What a window is worth before any multiplier, in line bets."""

    lines: tuple[LineWin, ...]
    scatters: int
    scatter_pay: int

    @property
    def total(self) -> int:
        """Line bets won in all."""
        return self.scatter_pay + sum(win.pay for win in self.lines)


def window_at(stops: tuple[int, ...]) -> Window:
    """The window when each reel stands at its stop."""
    return tuple((strip + strip)[stop : stop + ROWS] for strip, stop in zip(REELS, stops, strict=True))


def evaluate(window: Window) -> WindowPay:
    """Lines and scatters of one window."""
    wins = (
        _line_win(index, [reel[row] for reel, row in zip(window, rows, strict=True)])
        for index, rows in enumerate(LINES)
    )
    scatters = sum(reel.count(SCATTER) for reel in window)
    return WindowPay(tuple(win for win in wins if win), scatters, SCATTER_PAYS.get(scatters, 0))


def free_spins_won(scatters: int, awarded: int) -> int:
    """Free spins that so many scatters add to a round that has had `awarded` of them already."""
    return min(FREE_SPINS.get(scatters, 0), FREE_SPIN_CAP - awarded)


def _line_win(index: int, symbols: list[str]) -> LineWin | None:
    first = symbols[0]
    if first not in LINE_PAYS:
        return None
    count = 1
    while count < len(symbols) and symbols[count] in (first, WILD):
        count += 1
    return LineWin(index, first, count, LINE_PAYS[first][count - 3]) if count >= 3 else None
