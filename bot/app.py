"""One function builds everything: ``compose`` enters and leaves resources in order; ``run`` is the program itself."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import web

from bot import demo as demo_cast
from bot.base_keeper import BaseKeeper
from bot.channels.channel import Outbound
from bot.channels.inbound import Reader
from bot.channels.mail import MailSender, read_smtp_url
from bot.channels.notify import NotifySender
from bot.channels.telegram import TelegramReceiver
from bot.channels.telegram_bot import TelegramBot, make_bot
from bot.channels.telegram_in import TelegramReader
from bot.channels.telegram_out import TelegramSender
from bot.clock import Clock, clock_of
from bot.log import set_up_logging
from bot.patrol import Patrol
from bot.settings import Settings, ensure_state, secret_key
from bot.store import SqlStore, open_store
from bot.store.errors import DatabaseBusyElsewhere
from bot.web.console import routes as console_routes
from bot.web.incoming import WebReader
from bot.web.server import make_app, runner
from bot.web.site import Site
from bot.worker import Worker
from desk.desk import load_desk
from desk.people import Role
from handlers.casework import CaseWork
from handlers.dispatch import Dispatcher
from handlers.faq_chat import FaqChat
from handlers.faq_keeping import FaqKeeping
from handlers.invitations import Invitations, Place
from handlers.notices import Notices
from handlers.staff_chat import StaffChat
from knowledge.risk import RiskWords

Job = Callable[[], Coroutine[Any, Any, None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """Everything that runs: the web application and the endless jobs beside it, by name."""

    settings: Settings
    site: Site
    web: web.Application
    jobs: Mapping[str, Job]
    store: SqlStore
    worker: Worker
    patrol: Patrol
    keeper: BaseKeeper
    telegram: TelegramReceiver | None


@asynccontextmanager
async def compose(settings: Settings, *, clock: Clock | None = None) -> AsyncIterator[Program]:
    """Builds the program around an open store; leaving closes everything in reverse order.

    Raises the errors of ``bot.store.errors`` and, where there is nothing to serve yet, of ``knowledge.errors``.
    """
    now = clock or clock_of(settings)
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(open_store(settings.database, ensure_state(settings)))
        zone = settings.zone()
        keeping = FaqKeeping(zone=zone)
        keeper = BaseKeeper(
            store=store,
            keeping=keeping,
            folder=settings.knowledge_dir,
            auto_publish=settings.knowledge_auto_publish,
            clock=now,
            zone=zone,
        )
        await keeper.prepare()
        desk = load_desk()
        notices = Notices(address=settings.address, zone=zone)
        casework = CaseWork(desk=desk, notices=notices)
        staff = StaffChat(casework=casework, notices=notices, faq=FaqChat(keeping=keeping), console=settings.address)
        dispatcher = Dispatcher(
            desk=desk,
            base=keeper.holder,
            risk=RiskWords.load(),
            casework=casework,
            notices=notices,
            public_url=settings.address,
            staff=staff,
        )
        bot = await _bot(settings, stack)
        receiver = TelegramReceiver(settings=settings, store=store, bot=bot, clock=now) if bot is not None else None
        worker = Worker(store=store, dispatcher=dispatcher, readers=_readers(settings, store, bot), clock=now)
        patrol = Patrol(store=store, channels=_channels(settings, store, bot, now), casework=casework, clock=now)

        def wake() -> None:
            worker.wake()
            patrol.wake()

        site = Site(
            settings=settings,
            store=store,
            dispatcher=dispatcher,
            casework=casework,
            keeping=keeping,
            invitations=Invitations(address=settings.address),
            notices=notices,
            base=keeper.holder,
            keeper=keeper,
            clock=now,
            wake=wake,
            key=secret_key(settings),
            channels=lambda: {"telegram": receiver.state == "ok"} if receiver is not None else {},
            telegram=lambda: receiver.name if receiver is not None else None,
        )
        hook = None
        if receiver is not None and settings.telegram_mode == "webhook":
            hook = web.post(receiver.webhook_path, receiver.webhook)
        app = make_app(site, hook=hook, pages=console_routes())
        jobs: dict[str, Callable[[], Coroutine[Any, Any, None]]] = {
            "worker": worker.run,
            "patrol": patrol.run,
            "base": keeper.follow,
        }
        if receiver is not None:
            jobs["telegram"] = receiver.run
        yield Program(
            settings=settings,
            site=site,
            web=app,
            jobs=jobs,
            store=store,
            worker=worker,
            patrol=patrol,
            keeper=keeper,
            telegram=receiver,
        )


@asynccontextmanager
async def serving(program: Program) -> AsyncIterator[int]:
    """Listens and starts the jobs; gives the port. A job that fails ends the block with its error."""
    running = runner(program.web)
    await running.setup()
    site = web.TCPSite(running, program.settings.http_host, program.settings.http_port)
    try:
        await site.start()
        port: int = running.addresses[0][1]
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(job(), name=name) for name, job in program.jobs.items()]
            try:
                yield port
            finally:
                for task in tasks:
                    task.cancel()
    finally:
        await running.cleanup()


async def run(settings: Settings, *, demo: bool = False) -> None:
    """Serves until SIGINT or SIGTERM; prints where owners and the first admin find it."""
    set_up_logging(settings.log_level)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):  # Windows has no signal handlers in its loop
            loop.add_signal_handler(name, stop.set)
    async with compose(settings) as program, serving(program):
        print(f"企业法治体检 is ready: {settings.address}", flush=True)
        if demo:
            await _introduce_cast(program)
        else:
            await _first_admin(program)
        await _first_of(stop, program.store.lost)
        if program.store.lost.is_set():
            raise DatabaseBusyElsewhere(program.settings.address)
    _log.info("stopped")


async def _first_of(*events: asyncio.Event) -> None:
    waits = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waits:
            each.cancel()


async def _introduce_cast(program: Program) -> None:
    links = await demo_cast.fill(program.store, program.site.invitations, program.site.clock())
    print(f"An owner needs no account: open {program.settings.address} and ask, for example", flush=True)
    for question, what in demo_cast.QUESTIONS:
        print(f"  {question}  → {what}", flush=True)
    print("Everybody else logs in by a link that works once. Two people at a time need two browsers:", flush=True)
    print("a private window is a second one. Staff land in the console, where the owner's case waits.", flush=True)
    for who, link in links:
        print(f"  {who}: {link}", flush=True)
    print(f"Ctrl+C ends the demo. State: {program.settings.state_dir} (throw-away)", flush=True)


async def _first_admin(program: Program) -> None:
    async with program.store.work() as work:
        if any(person.has(Role.ADMIN) for person in await work.people.staff()):
            return
        place = Place(role=Role.ADMIN)
        link = await program.site.invitations.invite(work, None, place, program.site.clock())
        await work.commit()
    print(f"Nobody is admin yet. One-time link for the first one (7 days): {link}", flush=True)


async def _bot(settings: Settings, stack: AsyncExitStack) -> TelegramBot | None:
    if not settings.telegram_token.get_secret_value():
        return None
    bot = make_bot(settings)
    stack.push_async_callback(bot.shutdown)
    return bot


def _readers(settings: Settings, store: SqlStore, bot: TelegramBot | None) -> Mapping[str, Reader]:
    readers: dict[str, Reader] = {"web": WebReader()}
    if bot is not None:
        readers["telegram"] = TelegramReader(store=store, bot=bot, limit_mib=settings.upload_limit_mib)
    return readers


def _channels(settings: Settings, store: SqlStore, bot: TelegramBot | None, clock: Clock) -> Mapping[str, Outbound]:
    channels: dict[str, Outbound] = {}
    if bot is not None:
        channels["telegram"] = TelegramSender(store=store, bot=bot, content=settings.telegram_content)
    if smtp := settings.smtp_url.get_secret_value():
        channels["email"] = MailSender(place=read_smtp_url(smtp), clock=clock)
    if address := settings.notify_webhook.get_secret_value():
        channels["webhook"] = NotifySender(address=address, own_key=secret_key(settings), store=store, clock=clock)
    return channels
