"""How charts look, whoever draws them. Colours are those of Okabe and Ito (2008), which the colour-blind tell apart."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
GREY, PALE_GREY, DARK_GREY, NOTHING = "#777777", "#BBBBBB", "#555555", "#DDDDDD"
WEIGHTS = (COLOURS[0], COLOURS[1], GREY)  # of dots, from what matters most
HEAT = ("#B35806", "#F7F7F7", "#542788")
DARK = 0.6  # of the way to an end of the scale: beyond, a cell is so dark that its text is white
BAND, FAINT = 0.16, 0.3  # opacity of bands, and what is left of any opacity where little stands behind a line
WORK_COLOURS = {"upkeep": "#D55E00", "custom": "#E69F00", "roadmap": "#0072B2", "idle": "#DDDDDD"}


def colour(number: int) -> str:
    """Return the colour of a series by its number."""
    return COLOURS[number % len(COLOURS)]


def is_dark(fill: str) -> bool:
    """Whether text on a colour must be white.

    >>> is_dark("#333333"), is_dark("#E69F00")
    (True, False)
    """
    red, green, blue = (int(fill[place : place + 2], 16) for place in (1, 3, 5))
    return 0.3 * red + 0.59 * green + 0.11 * blue < 110
