"""Settings a merchant typed."""

from __future__ import annotations

import pytest

from tongpin.cashier.configuration import BadConfig, read_count, read_text, refuse_unknown


def test_a_setting_is_read_without_what_the_clipboard_added() -> None:
    assert read_text(config={"secret": " s3 \n"}, setting="secret", must="there") == "s3"


@pytest.mark.parametrize("config", [{}, {"secret": "  "}])
def test_a_missing_setting_says_what_it_must_be(config: dict[str, str]) -> None:
    with pytest.raises(BadConfig, match="“secret” must be 32 characters") as caught:
        read_text(config=config, setting="secret", must="32 characters")
    assert (caught.value.setting, caught.value.reason) == ("secret", "bad_config")


def test_a_number_left_out_has_its_default() -> None:
    assert [read_count(config={"n": text}, setting="n", default=7, most=60) for text in ("", "0", "60")] == [7, 0, 60]


@pytest.mark.parametrize("text", ["61", "-1", "1.5", "六", "٣", "9" * 5000])
def test_a_number_out_of_reach_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(BadConfig) as caught:
        read_count(config={"n": text}, setting="n", default=7, most=60)
    assert str(caught.value) == "bad_config: “n” must be a whole number from 0 to 60"


def test_a_misspelt_setting_is_not_passed_over() -> None:
    with pytest.raises(BadConfig, match="“secrte” must be left out; known are secret, till_url"):
        refuse_unknown(config={"secret": "s", "secrte": "s"}, known=frozenset({"secret", "till_url"}))
