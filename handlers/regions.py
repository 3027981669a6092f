"""The places of Zhejiang as region paths (``浙江省/湖州市/德清县``), found in what somebody typed."""

from __future__ import annotations

from functools import cache
from typing import Final

PROVINCE: Final = "浙江省"
_CITIES: Final = {
    "杭州市": "上城区 拱墅区 西湖区 滨江区 萧山区 余杭区 临平区 钱塘区 富阳区 临安区 桐庐县 淳安县 建德市",
    "宁波市": "海曙区 江北区 北仑区 镇海区 鄞州区 奉化区 余姚市 慈溪市 宁海县 象山县",
    "温州市": "鹿城区 龙湾区 瓯海区 洞头区 瑞安市 乐清市 龙港市 永嘉县 平阳县 苍南县 文成县 泰顺县",
    "嘉兴市": "南湖区 秀洲区 嘉善县 海盐县 海宁市 平湖市 桐乡市",
    "湖州市": "吴兴区 南浔区 德清县 长兴县 安吉县",
    "绍兴市": "越城区 柯桥区 上虞区 新昌县 诸暨市 嵊州市",
    "金华市": "婺城区 金东区 兰溪市 义乌市 东阳市 永康市 武义县 浦江县 磐安县",
    "衢州市": "柯城区 衢江区 江山市 常山县 开化县 龙游县",
    "舟山市": "定海区 普陀区 岱山县 嵊泗县",
    "台州市": "椒江区 黄岩区 路桥区 临海市 温岭市 玉环市 天台县 仙居县 三门县",
    "丽水市": "莲都区 龙泉市 青田县 缙云县 遂昌县 松阳县 云和县 庆元县 景宁畲族自治县",
}
_SHORT_IS_A_WORD: Final = frozenset({"西湖", "江山", "普陀", "南湖", "上城", "江北"})
"""Names that mean something else as often: only the full name counts."""


@cache
def _places() -> tuple[tuple[str, str], ...]:
    found: dict[str, str] = {}
    for city, counties in _CITIES.items():
        path = f"{PROVINCE}/{city}"
        found[city] = path
        found[city[:-1]] = path
        for county in counties.split():
            full = f"{path}/{county}"
            found[county] = full
            short = "景宁" if county.startswith("景宁") else county[:-1]
            if len(short) > 1 and short not in _SHORT_IS_A_WORD:
                found[short] = full
    return tuple(sorted(found.items(), key=lambda item: (-item[1].count("/"), -len(item[0]))))


def find_region(text: str) -> str | None:
    """The most exact place the text names, as a path; None where it names none of the province."""
    plain = text.replace(" ", "")
    if plain.startswith(f"{PROVINCE}/"):
        return plain if plain in {path for _, path in _places()} else None
    return next((path for name, path in _places() if name in plain), PROVINCE if "浙江" in plain else None)


def shown_region(path: str) -> str:
    """How a path is read: without slashes."""
    return path.replace("/", "") or "—"
