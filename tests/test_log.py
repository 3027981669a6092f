"""No personal number and no secret reaches the log, whoever writes it and however."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn
from stdnum.cn import ric, uscc

from bot.log import mask, mask_value
from tests.serving import ROOT

DIGITS = "0123456789"
AROUND = st.text(alphabet="的电话是身份证：，。 \n（）a/=", max_size=8)
PHONES = st.builds(
    lambda head, tail, plus, gap: f"{plus}1{head}{tail[0]}{gap}{tail[1:5]}{gap}{tail[5:]}",
    st.sampled_from("3456789"), st.text(DIGITS, min_size=9, max_size=9), st.sampled_from(["", "+86", "86 "]),
    st.sampled_from(["", " ", "-"]),
)  # fmt: skip
IDENTITIES = st.builds(
    lambda region, day, serial: (body := f"{region}{day:%Y%m%d}{serial:03}") + ric.calc_check_digit(body + "0"),
    st.sampled_from(["330521", "110101", "440305"]), st.dates(min_value=date(1930, 1, 1)),
    st.integers(0, 999),
)  # fmt: skip
CARDS = st.text(DIGITS, min_size=15, max_size=18).map(lambda body: body + luhn.calc_check_digit(body))
CREDIT_CODES = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9).map(
    lambda body: (code := f"91330521{body}") + uscc.calc_check_digit(code)
)
TOKENS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-", min_size=35, max_size=35).map(
    lambda tail: f"123456789:{tail}"
)
MAILS = st.sampled_from(["wang@example.cn", "a.b+c@mail.example.com.cn", "13800000000@163.com", "王@example.cn"])


@given(before=AROUND, after=AROUND, number=st.one_of(PHONES, IDENTITIES, CARDS, CREDIT_CODES, TOKENS, MAILS))
def test_a_personal_number_is_masked_wherever_it_stands(before: str, after: str, number: str) -> None:
    shown = mask(f"{before} {number} {after}")
    assert number not in shown
    assert "[" in shown
    assert not any(run.isdigit() and len(run) > 6 for run in shown.split())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("电话13800001234。", "电话[手机号]。"),
        ("身份证330521199001011234", "身份证[身份证号]"),
        ("统一社会信用代码91330521MA2B0XXX0L", "统一社会信用代码[信用代码]"),
        ("卡号6222 0210 0112 3456 789", "卡号[银行卡号]"),
        ("卡号6222021001123456789", "卡号[银行卡号]"),
        ("写信到wang@example.cn", "[邮箱]"),
        ("https://api.telegram.org/bot13800001234:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw1/getMe",
         "https://api.telegram.org/bot[token]/getMe"),
        ("postgresql+psycopg://tijian:s3cret@db.example.cn/tijian", "postgresql+psycopg://[…]@db.example.cn/tijian"),
    ],
)  # fmt: skip
def test_each_kind_is_named(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text", ["FT20261122-0042-7", "2026-11-23T09:00:00+08:00", "第一百二十三条", "12348", "http://127.0.0.1:8080/a"]
)
def test_what_is_not_personal_stays_readable(text: str) -> None:
    assert mask(text) == text


class _Odd:
    def __str__(self) -> str:
        return "打给13800001234"


def test_values_of_every_kind_are_masked() -> None:
    given_value = {
        "phone": 13800001234,
        "list": [_Odd(), ValueError("13800001234")],
        "13800001234": {"n": 7, "x": None},
    }
    assert "13800001234" not in repr(mask_value(given_value))
    assert mask_value({"n": 7, "x": None, "yes": True}) == {"n": 7, "x": None, "yes": True}


@pytest.mark.parametrize("key", ["token", "password", "Secret", "pickup", "pickup_code", "Authorization", "cookie"])
def test_a_key_named_like_a_secret_loses_its_value(key: str) -> None:
    assert "open" not in repr(mask_value({"deep": [{key: "open sesame"}]}))


WRITES = """
import logging
import structlog
from bot.log import set_up_logging
set_up_logging("debug")
structlog.get_logger("own").warning("desk.asked", phone="13800001234", token="abc", why={"mail": "wang@example.cn"})
try:
    raise ValueError("card " + "6222021001123456789")
except ValueError:
    logging.getLogger("some.library").exception("call %s failed", "13800001234")
"""


def test_our_lines_and_those_of_libraries_are_one_masked_json_object_each() -> None:
    done = subprocess.run([sys.executable, "-c", WRITES], cwd=ROOT, capture_output=True, encoding="utf-8", check=True)
    own, library = (json.loads(line) for line in done.stderr.splitlines())
    del own["timestamp"]
    why = {"mail": "[邮箱]"}
    assert own == {"event": "desk.asked", "level": "warning", "phone": "[手机号]", "token": "[…]", "why": why}
    assert library["event"] == "call [手机号] failed"
    assert library["exception"].endswith("ValueError: card [银行卡号]")
    assert "6222021001123456789" not in done.stderr
