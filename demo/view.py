"""The demo page's HTML, in Chinese and English. Everything that isn't a constant of this file is escaped."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from html import escape
from typing import Any

from demo.books import CONSUMED, REFUNDED, Key
from demo.keys import QUOTA_PER_USD
from demo.lines import LINES, Line
from demo.refusals import Language
from demo.remedies import REMEDY, state_of

WORDS: Mapping[Language, Mapping[str, str]] = {
    "zh": {
        "lang": "zh-CN",
        "title": "Relayscope 演示中转站",
        "intro": "这是一个只在本机运行的中转站，行为与 new-api 相同，回答是编写好的，额度是虚拟的，不花一分钱。"
        "用下面的密钥体验各种情况，再按提示解决。",
        "lines": "线路",
        "keys": "密钥",
        "log": "最近 20 条日志",
        "line": "线路",
        "address": "地址",
        "latency": "延迟",
        "state": "状态",
        "name": "名称",
        "key": "密钥（点击全选）",
        "left": "剩余额度",
        "models": "可用模型",
        "remedy": "操作",
        "time": "时间（UTC）",
        "model": "模型",
        "tokens": "输入 / 输出",
        "quota": "扣费",
        "result": "结果",
        "every": "全部模型",
        "unlimited": "不限额",
        "ok": "正常",
        "failing": "已中断",
        "fail": "中断",
        "restore": "恢复",
        "empty": "还没有调用。",
        "charged": "已扣费",
        "failed": "失败",
        "refunded": "已退款",
        "expired": "已过期",
        "exhausted": "额度用尽",
        "account_empty": "账户余额不足",
        "disabled": "已停用",
        "banned": "账户被封禁",
        "region": "地区不支持",
        "limited": "请求过多",
        "saturated": "上游负载饱和",
        "no_channel": "无可用渠道",
        "html": "返回网页",
        "top-up": "充值 5 USD",
        "renew": "续期",
        "permit": "开放全部模型",
        "enable": "启用",
        "unblock": "解除地区限制",
        "unlimit": "解除限流",
        "repair": "修复",
        "reset": "还原",
    },
    "en": {
        "lang": "en",
        "title": "Relayscope demo relay",
        "intro": "A relay that runs on this machine only and behaves as new-api does. Its answers are made up, its "
        "quota is not real money, nothing is spent. Try the keys below, see how each one fails, and follow the remedy.",
        "lines": "Lines",
        "keys": "Keys",
        "log": "The last 20 log rows",
        "line": "Line",
        "address": "Address",
        "latency": "Latency",
        "state": "State",
        "name": "Name",
        "key": "Key (click selects all)",
        "left": "Quota left",
        "models": "Models",
        "remedy": "Actions",
        "time": "Time (UTC)",
        "model": "Model",
        "tokens": "In / out",
        "quota": "Charged",
        "result": "Result",
        "every": "every model",
        "unlimited": "unlimited",
        "ok": "works",
        "failing": "failing",
        "fail": "Make it fail",
        "restore": "Restore",
        "empty": "No call yet.",
        "charged": "charged",
        "failed": "failed",
        "refunded": "refunded",
        "expired": "expired",
        "exhausted": "quota used up",
        "account_empty": "account has no balance",
        "disabled": "disabled",
        "banned": "account banned",
        "region": "region not supported",
        "limited": "too many requests",
        "saturated": "upstream saturated",
        "no_channel": "no channel",
        "html": "answers a web page",
        "top-up": "Top up 5 USD",
        "renew": "Renew",
        "permit": "Permit every model",
        "enable": "Enable",
        "unblock": "Lift region block",
        "unlimit": "Lift the limit",
        "repair": "Repair",
        "reset": "Reset",
    },
}

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "lines": ("line", "address", "latency", "state", "remedy"),
    "keys": ("name", "key", "state", "left", "models", "remedy"),
    "log": ("time", "name", "model", "tokens", "quota", "result"),
}
"""The page's tables and the words over their columns."""

RESULTS = {CONSUMED: "charged", REFUNDED: "refunded"}
NUMBERS = {"latency", "left", "tokens", "quota"}

STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #0b7a53; --bad: #b3261e; --link: #1f5fbf; }
@media (prefers-color-scheme: dark) { :root { --good: #3ccb94; --bad: #ff8a80; --link: #79a8ff; } }
body { font: 15px/1.5 Inter, "PingFang SC", "Microsoft YaHei", "Noto Sans SC", system-ui, sans-serif;
  max-width: 76rem; margin: 0 auto; padding: 1.5rem; }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .4rem .7rem; border-bottom: 1px solid var(--line); vertical-align: top; }
th { font-weight: 600; white-space: nowrap; background: var(--soft); }
th.number, td.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
code { user-select: all; overflow-wrap: anywhere; font-size: .85em; }
.good { color: var(--good); } .bad { color: var(--bad); } .state { white-space: nowrap; }
form { display: inline; } button { font: inherit; font-size: .85em; padding: .15rem .6rem; margin: 0 .2rem .2rem 0;
  border: 1px solid var(--line); border-radius: .4rem; background: var(--soft); color: inherit; cursor: pointer; }
button.main { border-color: var(--link); color: var(--link); }
"""


def html(*, language: Language, base: str, failing: set[str], keys: Iterable[Key], log: list[dict[str, Any]]) -> str:
    """The whole page; `base` is the line's prefix, `failing` the ids of lines that fail, `log` the newest rows."""
    words = WORDS[language]
    rows = {
        "lines": [_line(words, base, line, failing) for line in LINES.values()],
        "keys": [_key(words, base, key) for key in keys],
        "log": [_log_row(words, row) for row in log],
    }
    body = "".join(_section(words, name, rows[name]) for name in COLUMNS)
    return (
        f'<!doctype html><html lang="{words["lang"]}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{words["title"]}</title>'
        f"<style>{STYLE}</style></head>"
        f"<body><h1>{words['title']}</h1><p>{words['intro']}</p>{body}</body></html>"
    )


def _section(words: Mapping[str, str], name: str, rows: list[str]) -> str:
    heads = "".join(
        f'<th class="{"number" if column in NUMBERS else ""}">{words[column]}</th>' for column in COLUMNS[name]
    )
    empty = f'<tr><td colspan="{len(COLUMNS[name])}">{words["empty"]}</td></tr>'
    lines = "".join(f"<tr>{row}</tr>" for row in rows) or empty
    table = f"<table><thead><tr>{heads}</tr></thead><tbody>{lines}</tbody></table>"
    return f'<h2>{words[name]}</h2><div class="wide">{table}</div>'


def _line(words: Mapping[str, str], base: str, line: Line, failing: set[str]) -> str:
    bad = line.id in failing
    name = line.en if words["lang"] == "en" else line.zh
    return (
        f"<td>{escape(name)} <small>{line.id}</small></td><td><code>{line.prefix or '/'}</code></td>"
        f'<td class="number">{line.latency * 1000:.0f} ms</td>{_state(words, "failing" if bad else None)}'
        f"<td>{_button(words, base, f'lines/{line.id}', 'restore' if bad else 'fail', main=bad)}</td>"
    )


def _key(words: Mapping[str, str], base: str, key: Key) -> str:
    state = state_of(key)
    remedy = REMEDY.get(state or "")
    actions = dict.fromkeys([*([remedy] if remedy else []), *(["permit"] if key.models else []), "top-up", "reset"])
    target = f"keys/{key.spec.name}"
    buttons = "".join(_button(words, base, target, action, main=action == remedy) for action in actions)
    models = words["every"] if key.models is None else ", ".join(key.models)
    left = words["unlimited"] if key.spec.unlimited else f"{_usd(min(key.remain, key.funds))} USD"
    return (
        f"<td>{escape(key.spec.name)}</td><td><code>{escape(key.spec.secret)}</code></td>{_state(words, state)}"
        f'<td class="number">{left}</td><td>{escape(models)}</td><td>{buttons}</td>'
    )


def _log_row(words: Mapping[str, str], row: dict[str, Any]) -> str:
    moment = datetime.fromtimestamp(row["created_at"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    charged = row["type"] in RESULTS
    result = words[RESULTS[row["type"]]] if charged else f"{words['failed']}: {row['content']}"
    return (
        f"<td>{moment}</td><td>{escape(row['key'])}</td><td>{escape(row['model_name'])}</td>"
        f'<td class="number">{row["prompt_tokens"]} / {row["completion_tokens"]}</td>'
        f'<td class="number">{row["quota"]} = {_usd(row["quota"])} USD</td>'
        f'<td class="{"good" if charged else "bad"}">{escape(result)}</td>'
    )


def _state(words: Mapping[str, str], state: str | None) -> str:
    return f'<td class="state {"bad" if state else "good"}">● {words[state or "ok"]}</td>'


def _button(words: Mapping[str, str], base: str, target: str, action: str, *, main: bool) -> str:
    style = ' class="main"' if main else ""
    return f'<form method="post" action="{base}/demo/{target}/{action}"><button{style}>{words[action]}</button></form>'


def _usd(units: int) -> str:
    return f"{Decimal(units) / QUOTA_PER_USD:.6f}".rstrip("0").rstrip(".")
