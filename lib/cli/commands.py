"""The commands: each asks the engine, and tells the answer as a document or as a table."""

from __future__ import annotations

import asyncio
import json
import shutil
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from locale import getlocale
from os import environ
from pathlib import Path
from typing import IO, Any, TypeVar, get_args

import click

from lib.calls.draft import CallDraft, needs_words
from lib.calls.files import type_of
from lib.calls.params import typed
from lib.calls.translation import TARGET, target
from lib.checks.words import way
from lib.cli import documents, tables, times
from lib.cli.export import FORMS, Wanted, export
from lib.cli.reconciled import reconcile_document
from lib.cli.terminal import say, tell
from lib.engine import Checked, Engine, database_url, home
from lib.errors import RelayscopeError, WrongUse
from lib.i18n import N_, Translate, choose, translator
from lib.ledger.contribution import By
from lib.ledger.days import system_zone, zone_named
from lib.ledger.rollups import total
from lib.vocabulary import CAPABILITIES, STATES, UNFINISHED, Capability, Operation, State
from lib.wire import Media

T = TypeVar("T")
LISTED = 50
"""Calls of the log on one page, where nothing is said."""
INTERRUPTED = 130
"""The exit status of what Ctrl-C ended, as shells have it."""

WRONG_USE = 2
NOT_UTF8 = N_("{what} isn't text in UTF-8.")

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON document on stdout.")


def language() -> Translate:
    """The translator of `RELAYSCOPE_LANG`, else of the locale."""
    return translator(choose(environ.get("RELAYSCOPE_LANG") or getlocale()[0]))


def run(action: Callable[[Engine], Awaitable[T]], *, goes_on: bool = False) -> T:
    """Runs one command's work with an engine of its own. `goes_on`: also with what dead processes left at servers."""

    async def whole() -> T:
        engine = Engine(home(), database_url(), goes_on=goes_on)
        try:
            await engine.start()
            return await action(engine)
        finally:
            await engine.stop()

    return asyncio.run(whole())


def show(document: Any, text: str, as_json: bool) -> None:
    """The answer in the form asked for."""
    if as_json:
        click.echo(json.dumps(document, ensure_ascii=False, indent=2))
    else:
        say(text)


def utf8(text: str, what: str) -> str:
    """The text as it is. Raises `WrongUse` where it stands for bytes that aren't UTF-8."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise WrongUse(NOT_UTF8, what=what) from None
    return text


def read(file: IO[str], what: str) -> str:
    """All that a file says. Raises `WrongUse` where that isn't UTF-8."""
    try:
        return utf8(file.read(), what)
    except UnicodeDecodeError:
        raise WrongUse(NOT_UTF8, what=what) from None


class Command(click.Command):
    """A command whose words are UTF-8; a file's name may be anything."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Reads the words as click does, then looks at those that are passed on."""
        left = super().parse_args(ctx, args)
        for param in self.params:
            value = ctx.params.get(param.name or "")
            for text in value if isinstance(value, tuple) else (value,):
                if isinstance(text, str):
                    utf8(text, param.get_error_hint(ctx) or "")
        return left


def show_table(document: Any, columns: Sequence[str], rows: Sequence[Sequence[object]], as_json: bool) -> None:
    """The same, as a table for a person."""
    show(document, tables.table(columns, rows, language()), as_json)


class OneLine(click.Group):
    """A group whose wrong use is one line on stderr and status 2, without click's lines on usage."""

    command_class = Command
    group_class = type

    def main(self, *words: Any, **options: Any) -> Any:
        """Runs a command as click does, but for the telling of mistakes."""
        try:
            status = super().main(*words, **options | {"standalone_mode": False})
        except click.Abort:
            status = INTERRUPTED
        except click.ClickException as fault:
            tell(fault.format_message())
            status = WRONG_USE
        except RelayscopeError as fault:
            tell(language()(fault.message, **fault.params))
            status = WRONG_USE
        sys.exit(status or 0)


@click.group(cls=OneLine)
def main() -> None:
    """Relayscope: which AI APIs work right now, why the rest don't, and what each call cost."""


@main.group()
def connections() -> None:
    """What is configured."""


@connections.command("list")
@as_json
def list_connections(as_json: bool) -> None:
    """Relays and connections; of a key its last four characters."""

    async def action(engine: Engine) -> documents.Document:
        return documents.connections_document(engine.configuration())

    document = run(action)
    header = ("id", "provider", "relay", "base_url", "capabilities", "models", "key_tail")
    rows = [[_cell(one.get(name)) for name in header] for one in document["connections"]]
    show_table(document, header, rows, as_json)


@connections.command("import")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@as_json
def import_connections(file: Any, as_json: bool) -> None:
    """Saves relays, connections and keys from FILE (`-`: stdin), all or nothing. Sends nothing."""
    text = read(file, "FILE")

    async def action(engine: Engine) -> documents.Document:
        engine.import_(text)
        return documents.connections_document(engine.configuration())

    document = run(action)
    count = str(len(document["connections"]))
    tell(language()(N_("{count} connections are configured now."), count=count))
    if as_json:
        show(document, "", True)


@connections.command("export")
@click.argument("file", type=click.File("w", encoding="utf-8"), default="-")
@as_json
def export_connections(file: Any, as_json: bool) -> None:
    """Writes the configuration to FILE (`-`: stdout) in the form that import reads, without keys."""

    async def action(engine: Engine) -> documents.Document:
        return engine.configuration().export()

    click.echo(json.dumps(run(action), ensure_ascii=False, indent=2), file=file)


@connections.command("remove")
@click.argument("id")
@as_json
def remove_connection(id: str, as_json: bool) -> None:
    """Removes a connection (or a relay without connections) and its key; the log keeps its calls."""

    async def action(engine: Engine) -> documents.Document:
        engine.remove(id)
        return {"removed": id}

    show(run(action), id, as_json)


@main.command()
@click.argument("ids", nargs=-1)
@click.option("--paid", is_flag=True, help="One smallest real call where the free rungs pass.")
@as_json
def check(ids: tuple[str, ...], paid: bool, as_json: bool) -> None:
    """The ladder for each connection (none named: all). Free unless --paid."""
    t = language()

    async def action(engine: Engine) -> tuple[tuple[Checked, ...], documents.Document]:
        checked = await engine.check(ids, paid=paid)
        return checked, documents.check_document(checked, engine, t)

    checked, document = run(action)
    ways = {one.connection: next((said for rung in one.steps if (said := way(rung.detail, t))), "") for one in checked}
    header = ("id", "state", "message", "remedy", "way")
    rows = [
        (one["id"], _state(one), one["reason"]["message"], one["reason"]["remedy"], ways.get(one["id"]))
        for one in document["connections"]
    ]
    show_table(document, header, rows, as_json)
    sys.exit(0 if all(one["state"] == "usable" for one in document["connections"]) else 1)


@main.command()
@click.argument("relay")
@as_json
def lines(relay: str, as_json: bool) -> None:
    """Races a relay's lines; switches nothing."""

    async def action(engine: Engine) -> documents.Document:
        chosen = engine.configuration().relay(relay).line
        return documents.lines_document(relay, chosen, await engine.race(relay))

    document = run(action)
    header = ("id", "state", "median_ms", "first_byte_ms", "tls_ms", "key_of", "chosen", "base_url")
    rows = [[_cell(one[name]) for name in header] for one in document["lines"]]
    show_table(document, header, rows, as_json)
    sys.exit(0 if any(one["chosen"] and one["state"] == "usable" for one in document["lines"]) else 1)


@main.command()
@click.argument("relay")
@click.option("--state", type=click.Choice(STATES), help="Only the APIs in this state.")
@as_json
def catalogue(relay: str, state: State | None, as_json: bool) -> None:
    """Every API a relay lists, with its verdict and price."""
    t = language()

    async def action(engine: Engine) -> documents.Document:
        if not await engine.fresh_listing(relay):
            tell(t(N_("The relay's list could not be fetched just now.")))
        return documents.catalogue_document(engine, relay, state, t)

    document = run(action)
    header = ("model", "vendor", "capabilities", "state", "connections", "listed_as_chat")
    rows = [[_cell((one | {"state": _state(one)})[name]) for name in header] for one in document["models"]]
    show_table(document, header, rows, as_json)


@main.command()
@as_json
def matrix(as_json: bool) -> None:
    """Provider × capability: state, reason, how it bills, how many models."""
    t = language()

    async def action(engine: Engine) -> documents.Document:
        return documents.matrix_document(engine.matrix(), t)

    document = run(action)
    rows = [
        (cell["provider"], cell["capability"], _state(cell), _of(cell["models"]), cell["reason"]["message"])
        for cell in document["cells"]
    ]
    show_table(document, ("provider", "capability", "state", "models", "message"), rows, as_json)


@main.command()
@click.option("--connection", help="Default: all connections.")
@click.option("--model", help="Default: all models.")
@click.option("--since", help="An ISO date or time, 7d or 24h.")
@click.option("--tz", default=None, help="The zone of a date without one; default: the system's.")
@as_json
def history(connection: str | None, model: str | None, since: str | None, tz: str | None, as_json: bool) -> None:
    """When APIs went down and came back, and what showed it; newest first."""
    t = language()

    async def action(engine: Engine) -> documents.Document:
        known = engine.configuration()
        named = [known.connection(connection)] if connection is not None else known.connections
        found = documents.history_document(engine, [one.id for one in named], model, _moment(since, tz), t)
        if model is not None and not found["apis"]:
            raise WrongUse(N_("No connection asked after has the model {model}."), model=model)
        return found

    document = run(action)
    header = ("since", "ended", "connection", "model", "step", "state", "message")
    rows = [[_cell((one | {"state": _shown(one)})[name]) for name in header] for one in document["changes"]]
    show_table(document, header, rows, as_json)


def _shown(change: documents.Document) -> str:
    """A rung or a call that passed says nothing of a state."""
    return tables.PASSED if change["ok"] else str(change["state"])


def _of(models: dict[str, int]) -> str:
    return f"{models['usable']}/{models['listed']}"


@main.command()
@click.argument("capability", type=click.Choice(CAPABILITIES))
@click.option("--connection", required=True, help="The connection whose key is used.")
@click.option("--model", help="Default: the connection's first model, else the provider's default.")
@click.option("--operation", type=click.Choice(get_args(Operation)), default="generate", show_default=True)
@click.option("--prompt", help="The prompt; without it stdin is read.")
@click.option("--input", "inputs", multiple=True, type=FILE, help="A file it works on; may be repeated.")
@click.option("--mask", type=FILE, help="A PNG, transparent where the first input may change.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Passed on; JSON if it parses.")
@click.option("--protocol", help="A module of lib/wire, where the guess is to be overruled.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="A folder for copies of what was made.")
@click.option("--no-wait", is_flag=True, help="Don't wait for work that finishes later; `jobs --follow` does.")
@click.option("--over-budget", is_flag=True, help="Send it though it may break a budget that stops.")
@as_json
def call(
    capability: Capability, connection: str, model: str | None, operation: Operation, prompt: str | None,
    inputs: Sequence[Path], mask: Path | None, params: Sequence[str], protocol: str | None, out: Path | None,
    no_wait: bool, over_budget: bool, as_json: bool,
) -> None:  # fmt: skip
    """One call, logged, with its answer, the files it made, and what it cost."""
    t = language()
    values = dict(map(_param, params))
    system = str(values.pop("system", ""))
    wordless = bool(inputs) or not needs_words(capability, operation)
    words = prompt if prompt is not None else "" if wordless else read(sys.stdin, "stdin")
    if capability == "translation":
        values.setdefault(TARGET, target(words, choose(environ.get("RELAYSCOPE_LANG") or getlocale()[0])))
    draft = CallDraft(
        connection, capability, words, model, operation, system, values, protocol,
        inputs=tuple(map(_file, inputs)), mask=_file(mask) if mask else None, over_budget=over_budget,
    )  # fmt: skip

    async def action(engine: Engine) -> documents.Document:
        call_id = await engine.submit(draft)
        await (engine.accepted(call_id) if no_wait else engine.wait(call_id))
        row, _ = engine.log.call(call_id)
        (document,) = documents.calls_documents(engine, [row], t)
        return _copied(document, out) if out else document

    document = run(action)
    show(document, _answer(document), as_json)
    if document["error"] is not None:
        error = document["error"]
        for words in filter(None, (f"{error['message']} {error['remedy']}", error["said"])):
            tell(words)
    accepted = no_wait and document["status"] in UNFINISHED
    sys.exit(0 if accepted or document["status"] == "succeeded" else 1)


def _file(path: Path) -> Media:
    """A file as it is given to a call; its type by its bytes."""
    data = path.read_bytes()
    return Media(data, type_of(data), path.name)


def _copied(document: documents.Document, folder: Path) -> documents.Document:
    """The document with its artifacts' paths those of copies in a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, one in enumerate(document["artifacts"], 1):
        copy = folder / f"{document['id']}-{number}{Path(one['path']).suffix}"
        shutil.copyfile(one["path"], copy)
        one["path"] = str(copy)
    return document


def _answer(document: documents.Document) -> str:
    """What a person is shown: the words, and where the files are."""
    return "\n".join(filter(None, (document["text"], *(one["path"] for one in document["artifacts"]))))


@main.command()
@click.option("--follow", is_flag=True, help="Ask after them until none is left.")
@as_json
def jobs(follow: bool, as_json: bool) -> None:
    """The calls that are not finished."""
    t = language()

    async def action(engine: Engine) -> documents.Document:
        rows = engine.log.unfinished()
        if follow:
            await engine.wait_for_all()
            rows = [engine.log.call(row.id)[0] for row in rows]
        return {"calls": documents.calls_documents(engine, rows, t)}

    document = run(action, goes_on=follow)
    header = ("id", "status", "capability", "connection", "model", "task_id")
    rows = [[_cell(one[name]) for name in header] for one in document["calls"]]
    show_table(document, header, rows, as_json)


def _param(text: str) -> tuple[str, Any]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise click.BadParameter(f"{text!r} is not NAME=VALUE", param_hint="--param")
    try:
        return name, typed(value)
    except ValueError:
        return name, value


@main.command()
@click.option("--since", help="An ISO date or time, 7d or 24h.")
@click.option("--limit", type=click.IntRange(1, 1000), help=f"So many; default: {LISTED}.")
@click.option("--after", help="The cursor `next` of the page before.")
@click.option("--tz", default=None, help="The zone of a date without one; default: the system's.")
@click.option("--export", "file", type=click.File("wb", lazy=True), help="All of it into FILE, .csv or .jsonl.")
@click.option("--prompts", is_flag=True, help="In FILE also what was asked.")
@as_json
def log(
    since: str | None, limit: int | None, after: str | None, tz: str | None, file: Any, prompts: bool, as_json: bool
) -> None:  # fmt: skip
    """The call log, newest first."""
    t = language()
    if file is not None:
        if limit is not None or after is not None:
            raise WrongUse(N_("A file has all calls: --limit and --after are for the list."))
        _export(file, Wanted({"since": _moment(since, tz)}, prompts, t), as_json)
        return

    async def action(engine: Engine) -> documents.Document:
        if after is not None:
            engine.log.call(after)  # a cursor is the id of a call; anything else would show a part of the log at random
        page = engine.log.page(since=_moment(since, tz), limit=limit or LISTED, after=after)
        return documents.log_document(engine, page, t)

    document = run(action)
    header = ("created_at", "status", "capability", "connection", "model", "cost", "text")
    rows = [[*(_cell(one[name]) for name in header[:-2]), _spent(one), one["text"][:60]] for one in document["calls"]]
    show_table(document, header, rows, as_json)


def _export(file: Any, wanted: Wanted, as_json: bool) -> None:
    """Writes the calls into a file. Raises `WrongUse` where its name doesn't end as one of the forms."""
    name = str(file.name)
    form = Path(name).suffix.removeprefix(".").lower()
    if form not in FORMS:
        raise WrongUse(N_("{file} must end in .csv or .jsonl."), file=name)

    async def action(engine: Engine) -> documents.Document:
        with file.open() as out:
            out.writelines(export(engine, form, wanted))
        return {"file": name, "calls": engine.log.count(**wanted.question)}

    document = run(action)
    told = language()(N_("Calls in {file}: {n}"), file=document["file"], n=str(document["calls"]))
    show(document, told, as_json)


@main.command()
@click.option("--since", help="An ISO date or time, 7d or 24h.")
@click.option("--until", help="The same; not included.")
@click.option("--by", type=click.Choice(get_args(By)), default="provider", show_default=True)
@click.option("--tz", default=None, help="The zone of the days; default: the system's.")
@as_json
def report(since: str | None, until: str | None, by: By, tz: str | None, as_json: bool) -> None:
    """What was spent: billed where known, else estimated; calls of unknown cost are counted."""
    zone = tz or system_zone()

    async def action(engine: Engine) -> documents.Document:
        start, end = _moment(since, zone), _moment(until, zone)
        rows = engine.log.report(by, start, end, zone)
        return documents.report_document(rows, total(rows), start, end, zone, by)

    document = run(action)
    header = (by, "calls", "failed", "cost", "unknown_cost_calls")
    rows = [
        (one["key"] or "=", one["calls"], one["failed"], _amounts(one["cost"]), one["unknown_cost_calls"])
        for one in (*document["rows"], document["total"])
    ]
    show_table(document, header, rows, as_json)


@main.command()
@click.argument("relay")
@click.option("--since", help="An ISO date or time, 7d or 24h.")
@click.option("--tz", default=None, help="The zone of a date without one; default: the system's.")
@click.option("--key-in-address", is_flag=True, help="Ask as old builds want it; proxies may write the key down.")
@as_json
def reconcile(relay: str, since: str | None, tz: str | None, key_in_address: bool, as_json: bool) -> None:
    """The local log beside the relay's own, which is read first; what it billed is kept with each call."""
    t = language()

    async def action(engine: Engine) -> documents.Document:
        start = _moment(since, tz)
        told = await engine.pull_log(relay, key_in_address=key_in_address)
        found = engine.reconciled(relay, start)
        return reconcile_document(relay, start, found, told, engine.pulled(relay), t)

    document = run(action)
    for why, names in _unread(document, t).items():
        tell(f"{', '.join(names)}: {why}")
    show_table(document, RECONCILED, _beside(document, t), as_json)


def _unread(document: documents.Document, t: Translate) -> dict[str, list[str]]:
    """By why a log couldn't be read, and what the user can do, the connections whose it is."""
    found: dict[str, list[str]] = {}
    for one in document["keys"]:
        if (why := one["reason"]) is not None:
            words = f"{why['message']} {why['remedy']}" if why["whose_move"] == "you" else why["message"]
            found.setdefault(words, []).extend(one["connections"] or [t(YOUR_ACCOUNT)])
    return found


YOUR_ACCOUNT = N_("your account")
RECONCILED = ("created_at", "connection", "model", "estimated", "billed", "official", "message")


def _beside(document: documents.Document, t: Translate) -> list[Sequence[object]]:
    """What the logs don't agree about, and the sums of what both have."""
    differing = [one for one in document["matched"] if one["why"] is not None]
    listed = sorted((*differing, *document["only_here"], *document["only_there"]), key=lambda one: one["created_at"])
    total = document["total"]
    agree = total["matched"] - total["differing"]
    told = t(N_("Calls that agree: {n} of {all}."), n=str(agree), all=str(total["matched"]))
    sums = [_amounts(total[name]) for name in ("estimated", "billed", "official")]
    return [*map(_reconciled_row, listed), ("=", "", "", *sums, told)]


def _reconciled_row(one: documents.Document) -> Sequence[object]:
    figures = [_money(one.get(name)) for name in ("estimated", "billed", "official")]
    return (one["created_at"], one["connection"], one["model"], *figures, one["why"]["message"])


def _money(amount: dict[str, str] | None) -> str:
    return f"{amount['amount']} {amount['currency']}" if amount else ""


def _moment(text: str | None, tz: str | None) -> datetime | None:
    zone = zone_named(tz or system_zone())
    return times.parse(text, zone, datetime.now(UTC)) if text else None


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else ""
    return ", ".join(map(str, value)) if isinstance(value, list) else "" if value is None else str(value)


def _state(judged: documents.Document) -> str:
    """What is usable by the free rungs alone is told apart for a person."""
    return tables.SHOULD_WORK if judged["proof"] == "ladder" else str(judged["state"])


def _spent(call: documents.Document) -> str:
    cost = call["cost"]["billed"] or call["cost"]["estimated"]
    return f"{cost['amount']} {cost['currency']}" if cost else "?"


def _amounts(cost: dict[str, str]) -> str:
    return " + ".join(f"{amount} {currency}" for currency, amount in cost.items()) or "0"
