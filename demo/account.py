"""What a user's account can ask for free, with its system access token: the log of all its keys."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from demo.auth import BEARER
from demo.keys import Account, accounts, specs
from demo.queries import log_row
from demo.refusals import management_fault
from demo.relay import relay_of

NUMBER = "New-Api-User"
"""The header with the user's number, which new-api wants beside the token."""
PAGE_SIZE, LONGEST_PAGE = 20, 100


async def account_log(request: Request) -> Response:
    """GET /api/log/self: the account's log rows, newest first, by pages, between two Unix times where they are told."""
    account = _admitted(request)
    if isinstance(account, Response):
        return account
    page, size = max(1, _number(request, "p")), _number(request, "page_size") or PAGE_SIZE
    size = min(size, LONGEST_PAGE)
    keys = [name for name, spec in specs().items() if spec.account == account.name]
    since, until = _number(request, "start_timestamp"), _number(request, "end_timestamp")
    rows, total = relay_of(request).books.log_of(keys, since, until, size, (page - 1) * size)
    items = [log_row(relay_of(request).books.key(row["key"]), row) for row in rows]
    data = {"page": page, "page_size": size, "total": total, "items": items}
    return JSONResponse({"success": True, "message": "", "data": data})


def _admitted(request: Request) -> Account | Response:
    """Whose token came with the request, or what refuses it: with 200 or 401, as new-api does (wire.md 1C)."""
    token = BEARER.sub("", request.headers.get("authorization", "")).strip()
    if not token:
        return management_fault("无权进行此操作，未登录且未提供 access token", 401)
    account = next((one for one in accounts().values() if one.token == token), None)
    if account is None:
        return management_fault("无权进行此操作，access token 无效")
    number = request.headers.get(NUMBER, "")
    if not number:
        return management_fault(f"无权进行此操作，未提供 {NUMBER}", 401)
    if not number.isdecimal():
        return management_fault(f"无权进行此操作，{NUMBER} 格式错误", 401)
    if int(number) != account.id:
        return management_fault(f"无权进行此操作，{NUMBER} 与登录用户不匹配", 401)
    return management_fault("用户已被封禁") if account.banned else account


def _number(request: Request, name: str) -> int:
    told = request.query_params.get(name, "")
    return int(told) if told.isascii() and told.isdecimal() else 0
