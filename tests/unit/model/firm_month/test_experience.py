"""What a firm hears of its customers, by hand."""

from copy import deepcopy

from cxsim.model.firm_month.experience import count_satisfaction, hear_request, hear_talk
from cxsim.model.params import Sales
from plain_firms import changes, plain_firm


def test_satisfaction_is_counted_and_taken_out_again() -> None:
    firm = plain_firm(satisfaction_sum=5, praise_sum=3)
    count_satisfaction(firm, 0.75, 1)
    assert (firm.satisfaction_sum, firm.praise_sum) == (750_005, 250_003)
    count_satisfaction(firm, 0.25, 1)
    assert (firm.satisfaction_sum, firm.praise_sum) == (1_000_005, 250_003)
    count_satisfaction(firm, 0.75, -1)
    assert (firm.satisfaction_sum, firm.praise_sum) == (250_005, 3)


def test_the_loudest_request_is_remembered() -> None:
    firm = plain_firm(loudness=-1.0, loudest=-1)
    hear_request(firm, 2, 0.4)
    before = deepcopy(firm)
    hear_request(firm, 5, 0.4)  # as loud: the first one stands
    assert changes(firm, before) == {"open_requests": 2, "requests": 2, "tally": [0, 0, 1, 0, 0, 1, *[0] * 58]}
    assert (firm.loudest, firm.loudness) == (2, 0.4)
    hear_request(firm, 7, 0.5)
    assert (firm.loudest, firm.loudness, firm.open_requests) == (7, 0.5, 3)


def test_talk() -> None:
    firm = plain_firm(customers=2, satisfaction_sum=1_250_000, praise_sum=500_000)  # one at 1, one at 0.25
    hear_talk(firm, Sales(bad_word=2.0))
    assert firm.talk == 1_000_000 - 2 * 500_000
