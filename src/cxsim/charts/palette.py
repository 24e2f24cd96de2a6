"""Colours of figures and reports: those of Okabe and Ito (2008), which the colour-blind tell apart."""

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
WORK_COLOURS = {"upkeep": "#D55E00", "custom": "#E69F00", "roadmap": "#0072B2", "idle": "#DDDDDD"}
WORK_WORDS = {"upkeep": "upkeep", "custom": "custom features", "roadmap": "roadmap", "idle": "idle"}
