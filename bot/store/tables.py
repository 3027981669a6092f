"""The tables. Personal text stands in tables of its own (marked *words*), which ``forgetting`` empties.

``body`` columns hold versioned JSON of a frozen value (see ``codec``); the columns beside it exist to be searched.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Boolean, Column, Float, Index, Integer, Table, Text, UniqueConstraint, text

from bot.store.columns import Moment, Serial, Words, metadata


def _key(name: str) -> Column[Any]:
    return Column(name, Text, primary_key=True)


def _text(name: str, *, index: bool | None = None, unique: bool | None = None) -> Column[Any]:
    return Column(name, Text, nullable=False, index=index, unique=unique)


def _maybe(name: str, *, index: bool | None = None) -> Column[Any]:
    return Column(name, Text, nullable=True, index=index)


def _words(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, Words, nullable=nullable)


def _at(name: str, *, index: bool | None = None) -> Column[Any]:
    return Column(name, Moment, nullable=False, index=index)


def _perhaps_at(name: str, *, index: bool | None = None) -> Column[Any]:
    return Column(name, Moment, nullable=True, index=index)


def _int(name: str, *, primary_key: bool = False) -> Column[Any]:
    return Column(name, Integer, nullable=False, primary_key=primary_key)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False)


# --- people -----------------------------------------------------------------------------------------------------------
people: Final = Table("people", metadata, _key("id"), _words("name"), _flag("active"), _flag("staff"), _words("body"))
person_roles: Final = Table("person_roles", metadata, _key("person"), _key("role"), Index(None, "role"))
liaisons: Final = Table("liaisons", metadata, _key("person"), _key("enterprise"))
rota: Final = Table("rota", metadata, _key("person"), Column("start", Moment, primary_key=True), _at("end"))
assignments: Final = Table(
    "assignments", metadata, _key("case"), _int("version", primary_key=True), _text("person"), _at("at"),
    Index(None, "person", "at"),
)  # fmt: skip
contacts: Final = Table(  # words
    "contacts", metadata, _key("person"), _words("email"), _words("phone"),
    Column("telegram_chat", BigInteger, unique=True), _flag("telegram_blocked"), _flag("email_bad"),
)  # fmt: skip
consents: Final = Table("consents", metadata, _key("person"), _key("what"), _flag("yes"), _at("at"))
invitations: Final = Table("invitations", metadata, _key("digest"), _words("body"), _at("expires_at"),
                           _perhaps_at("used_at"), _maybe("used_by"))  # fmt: skip
forgotten: Final = Table("forgotten", metadata, _key("person"), _at("at"))

# --- the web's sessions -----------------------------------------------------------------------------------------------
sessions: Final = Table(
    "sessions", metadata, _key("digest"), _text("person", index=True), _text("kind"), _text("csrf"), _at("created_at"),
    _at("seen_at"), _at("expires_at"),
)  # fmt: skip
passwords: Final = Table("passwords", metadata, _key("person"), _words("login"), _text("hash"),
                         UniqueConstraint("login"))  # fmt: skip
counters: Final = Table("counters", metadata, _key("key"), _at("since"), _at("ends", index=True), _int("hits"))

# --- conversations ----------------------------------------------------------------------------------------------------
conversations: Final = Table(  # words
    "conversations", metadata, _key("person"), _key("channel"), _int("version"), _words("state")
)
questions: Final = Table(  # words
    "questions", metadata, _key("id"), _text("person", index=True), _text("channel"), _words("question"),
    _text("verdict"), _maybe("entry"), Column("confidence", Float, nullable=False), _words("candidates"),
    _int("release"), _at("at", index=True), Column("helpful", Boolean), _perhaps_at("feedback_at"), _flag("test"),
)  # fmt: skip
chat_heads: Final = Table("chat_heads", metadata, _key("person"), _int("seq"))
chat_lines: Final = Table(  # words
    "chat_lines", metadata, _key("person"), _int("seq", primary_key=True), _at("at"), _flag("mine"), _maybe("case"),
    _words("body"), _text("key", unique=True),
)  # fmt: skip

# --- what comes in and goes out ---------------------------------------------------------------------------------------
inbox: Final = Table(  # words, blanked once worked off
    "inbox", metadata, Column("id", Serial, primary_key=True), _text("source"), _text("external_id"),
    Column("position", BigInteger), _text("lane"), _words("payload", nullable=True),
    _words("words", nullable=True), _flag("kept"), _at("at"), _text("state"), _int("attempts"), _at("next_at"),
    _text("why"), UniqueConstraint("source", "external_id"),
    Index(None, "source", "position"),
    Index("ix_inbox_waiting", "lane", "id", sqlite_where=text("state = 'new'"),
          postgresql_where=text("state = 'new'")),
    Index("ix_inbox_at", "at"),
)  # fmt: skip
outbox: Final = Table(  # words, blanked once sent
    "outbox", metadata, Column("id", Serial, primary_key=True), _text("key", unique=True), _text("channel"),
    _text("person", index=True), _words("address"), _maybe("case", index=True), _words("payload", nullable=True),
    _text("state"), _int("attempts"), _at("queued_at"), _at("next_at"), _perhaps_at("sent_at"), _text("why"),
    _text("parts"), _flag("maybe_repeat"),
    Index("ix_outbox_waiting", "channel", "address", "id", sqlite_where=text("state IN ('queued', 'sending')"),
          postgresql_where=text("state IN ('queued', 'sending')")),
)  # fmt: skip
telegram_messages: Final = Table(
    "telegram_messages", metadata, Column("chat", BigInteger, primary_key=True, autoincrement=False),
    Column("message", BigInteger, primary_key=True, autoincrement=False), _text("case"),
)  # fmt: skip

# --- cases ------------------------------------------------------------------------------------------------------------
cases: Final = Table(
    "cases", metadata, _key("id"), _text("number", unique=True), _text("owner", index=True),
    _maybe("assignee", index=True), _maybe("responsible", index=True), _maybe("offered", index=True),
    _text("status"), _text("role"), _text("region"), _text("topic"), _int("version"), _at("opened_at"),
    _perhaps_at("due_at"), _perhaps_at("timer_at", index=True), _maybe("moved_by"), _text("body"),
    Index(None, "status", "opened_at"),
)  # fmt: skip
case_numbers: Final = Table("case_numbers", metadata, _key("day"), _int("last"))
case_events: Final = Table(
    "case_events", metadata, _key("case"), _int("seq", primary_key=True), _at("at", index=True), _text("move"),
    _maybe("actor"), _maybe("before"), _text("after"), _text("data"),
)  # fmt: skip
case_facts: Final = Table("case_facts", metadata, _key("case"), _words("body"))  # words
case_messages: Final = Table(  # words
    "case_messages", metadata, Column("seq", Serial, primary_key=True), _text("id", unique=True),
    _text("case", index=True), _at("at"), _words("body"),
)  # fmt: skip
case_notes: Final = Table(  # words
    "case_notes", metadata, Column("seq", Serial, primary_key=True), _text("id", unique=True),
    _text("case", index=True), _at("at"), _words("body"),
)  # fmt: skip
tasks: Final = Table(
    "tasks", metadata, _key("id"), _text("key", unique=True), _text("case"), _text("why"), _at("at"),
    _perhaps_at("done_at"), _maybe("done_by"),
)  # fmt: skip
files: Final = Table(  # words (the name), bytes beside the database
    "files", metadata, _key("id"), _words("name"), _text("media_type"), Column("size", BigInteger, nullable=False),
    _text("sha256"), _maybe("person", index=True), _maybe("case", index=True), _at("at"),
)  # fmt: skip

# --- knowledge --------------------------------------------------------------------------------------------------------
releases: Final = Table(
    "releases", metadata, _key("id"), Column("number", Integer, unique=True), _text("content_hash"), _maybe("author"),
    _maybe("approver"), _words("note"), _at("at"), _flag("active"), _int("entries"), _text("high_risk"),
    _flag("waiting_approval"), Column("parent", Integer),
)  # fmt: skip
release_contents: Final = Table("release_contents", metadata, _key("release"), _words("body"))
statutes: Final = Table(
    "statutes", metadata, _key("law_key"), _key("article"), _key("version"), _text("short_key"), _text("law"),
    _words("text"), _text("status"), _flag("local"), Index(None, "short_key", "article"),
)  # fmt: skip

# --- the house itself -------------------------------------------------------------------------------------------------
audit: Final = Table(
    "audit", metadata, Column("seq", Serial, primary_key=True, autoincrement=False), _at("at"), _maybe("actor"),
    _text("what"), _text("on"), _text("detail"), _text("mac"), Index(None, "on"),
)  # fmt: skip
