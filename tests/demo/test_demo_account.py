"""The log of an account: its pages, and how it refuses (wire.md 1C, "With a user access token")."""

import pytest

from demo.keys import accounts

TOKEN = accounts()["demo"].token
MINE = {"Authorization": TOKEN, "New-Api-User": "1"}


def log(client, headers=MINE, **query):
    return client.get("/api/log/self", headers=headers, params=query)


def test_it_has_the_calls_of_all_keys_page_by_page_newest_first(client, ask):
    for key in ("all", "all", "limited", "all"):
        ask(key)
    data = log(client).json()["data"]
    assert (data["total"], data["page"], data["page_size"]) == (3, 1, 20)
    assert {(row["token_name"], row["token_id"]) for row in data["items"]} == {("all", data["items"][0]["token_id"])}
    pages = [log(client, p=page, page_size=2).json()["data"]["items"] for page in (0, 1, 2, 3)]
    assert pages[0] == pages[1] == data["items"][:2]
    assert (pages[2], pages[3]) == (data["items"][2:], [])


@pytest.mark.parametrize(("border", "rows"), [({}, 1), ({"start_timestamp": 2**40}, 0), ({"end_timestamp": 9}, 0)])
def test_between_two_times(client, ask, border, rows):
    ask("all")
    assert log(client, **border).json()["data"]["total"] == rows


@pytest.mark.parametrize(
    ("headers", "status", "message"),
    [
        ({}, 401, "无权进行此操作，未登录且未提供 access token"),
        ({**MINE, "Authorization": "nobody's"}, 200, "无权进行此操作，access token 无效"),
        ({"Authorization": TOKEN}, 401, "无权进行此操作，未提供 New-Api-User"),
        ({**MINE, "New-Api-User": "me"}, 401, "无权进行此操作，New-Api-User 格式错误"),
        ({**MINE, "New-Api-User": "2"}, 401, "无权进行此操作，New-Api-User 与登录用户不匹配"),
        ({"Authorization": accounts()["banned"].token, "New-Api-User": "3"}, 200, "用户已被封禁"),
    ],
)
def test_refusals(client, headers, status, message):
    answer = log(client, headers)
    assert (answer.status_code, answer.json()) == (status, {"success": False, "message": message})
    assert log(client, {**MINE, "Authorization": f"Bearer {TOKEN}"}).json()["success"] is True
