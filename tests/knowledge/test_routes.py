"""Where to go elsewhere: the places the product names, found in people's words, urgent ones first."""

from __future__ import annotations

from datetime import date

import pytest

from knowledge.routes import find_routes, route, shipped_routes


def test_every_place_of_the_product_is_there_with_a_last_checked_date() -> None:
    phones = {item.phone for item in shipped_routes()}
    assert {"110", "119", "120", "12345", "12348", "12333", "12366", "12315", "12309", "12368"} <= phones
    assert {"legal-aid", "dispute-code", "chamber-mediation"} <= {item.id for item in shipped_routes()}
    assert {item.last_checked for item in shipped_routes()} == {date(2026, 11, 22)}
    assert [item.id for item in shipped_routes() if item.urgent] == ["police-110", "fire-119", "ambulance-120"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("我被公司的人关起来了", "police-110"),
        ("车间着火了，还有人受重伤", "fire-119"),
        ("派出所不立案怎么办", "procuratorate-12309"),
        ("没钱请律师", "legal-aid"),
        ("联系不上法官", "court-12368"),
        ("12366怎么打", "tax-12366"),
        ("想用解紛碼", "dispute-code"),
        ("找商会调解", "chamber-mediation"),
    ],
)
def test_a_route_is_found_in_peoples_words(text: str, first: str) -> None:
    assert find_routes(text)[0].id == first


@pytest.mark.parametrize("text", ["", "试用期多久", "😀"])
def test_nothing_alike_finds_nothing(text: str) -> None:
    assert find_routes(text) == ()


def test_urgent_routes_come_before_longer_phrases() -> None:
    assert [item.id for item in find_routes("联系不上法官，外面有人持刀")] == ["police-110", "court-12368"]


def test_a_route_is_got_by_id() -> None:
    assert route("fire-119").phone == "119"
    with pytest.raises(KeyError):
        route("nowhere")


def test_ids_are_unique_and_every_route_says_what_it_is_for() -> None:
    routes = shipped_routes()
    assert len({item.id for item in routes}) == len(routes)
    assert all(item.purpose and item.phrases for item in routes)
