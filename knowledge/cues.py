"""Small closed lists of words that turn a question's sense: negation, question words, codes. No weights here."""

from __future__ import annotations

import re

_A_NOT_A = re.compile(
    r"(.)[不没](\1)|有没有|是否|能否|可否|要否|不是吗|不知道|不知|不好意思|不管|不仅|不但|不同|对不起|没事|别人|别的|特别|区别|个别|类别|性别|级别"
)
_NEGATION = re.compile(r"不|没|未|无法|无效|别|莫|勿|禁止|拒绝|非法|免")

KINDS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("why", re.compile(r"为什么|为何|为啥|怎么会|怎么回事|原因|凭什么|咋回事")),
    ("meaning", re.compile(r"什么意思|啥意思|是什么|什么是|何为|指什么|含义|定义|什么叫|叫什么|介绍")),
    ("how", re.compile(r"怎么|如何|怎样|咋|怎麽|方法|办法|步骤|流程|手续|教程|攻略")),
    ("how_much", re.compile(r"多少|几钱|价格|费用|价钱|几个|几次|几号|比例|标准|上限|最高|最低|金额|贵")),
    ("how_long", re.compile(r"多久|多长|几天|几年|几个月|几月|期限|时限|时效|多少天|多少年|最长|最短")),
    ("when", re.compile(r"什么时候|何时|几点|啥时候|哪年|哪天|几时|时间|日期|什么时间")),
    ("where", re.compile(r"哪里|哪儿|在哪|何处|什么地方|去哪|哪个部门|地址|哪个省|哪个城市|什么网站")),
    ("who", re.compile(r"谁|哪个人|什么人|哪位")),
    ("which", re.compile(r"哪个|哪些|哪种|哪款|哪家|哪一|什么牌|哪部")),
    (
        "whether",
        re.compile(
            r"吗|是否|能否|可否|行不行|可不可以|能不能|算不算|是不是|会不会|要不要|有没有|好不好|合法|违法|对不对|么$"
        ),
    ),
    ("better", re.compile(r"好看|好用|好玩|好吃|哪个好|更好|区别|不同|差别|还是|比较")),
    ("what", re.compile(r"什么|啥|哪")),
)
_CODE = re.compile(r"[0-9]*[a-z][a-z0-9.]*|\d+(?:\.\d+)?")

_EMPLOYEE = re.compile(
    r"我被(?:公司|单位|老板|辞|裁|开除|炒)|老板(?:不|拖|说|让|要|欠|把)|(?:公司|单位|厂里)(?:不|没|拖欠|欠|让|要|逼|把)(?:给|和|跟)?我|我(?:在|去)(?:公司|单位|厂里|工地)|我(?:上班|辞职|离职|入职|打工|怀孕)|不要我了"
)
_EMPLOYER = re.compile(
    r"员工(?:不|要|把|自己|偷|说|提出|拿|旷工|离职|辞职|受伤)|我(?:们)?(?:公司|厂|单位|店)?(?:想|要|能|可以)?(?:辞退|开除|裁掉|招|聘|雇)|手下|我们公司|我公司|我开(?:了|的|个)|我的店|客户|供应商|新招的"
)


def negations(text: str) -> int:
    """How many negating words a normalised text holds; 能不能 and the like ask and do not negate."""
    return len(_NEGATION.findall(_A_NOT_A.sub("", text)))


def kinds(text: str) -> frozenset[str]:
    """Which kinds of question a normalised text asks (``how``, ``when`` …); empty for a plain statement."""
    return frozenset(name for name, pattern in KINDS if pattern.search(text))


def codes(text: str) -> frozenset[str]:
    """Latin words and digit groups of a normalised text: model names, years, abbreviations."""
    return frozenset(_CODE.findall(text))


def side(text: str) -> int:
    """Who seems to speak: 1 an employer, -1 an employee, 0 not to be told."""
    return int(bool(_EMPLOYER.search(text))) - int(bool(_EMPLOYEE.search(text)))
