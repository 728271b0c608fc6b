"""`tracker ...`: setting up, the worker, and the checks that an administrator runs."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from tracker.commands.calendar import calendar
from tracker.commands.draw import draw
from tracker.commands.due import due
from tracker.commands.explain import explain
from tracker.commands.grade import grade
from tracker.commands.norms import norms
from tracker.commands.reminders import reminders
from tracker.commands.replay import replay
from tracker.commands.report import report
from tracker.commands.search import search
from tracker.core.errors import N_, Sentence, SetupError, Unavailable, say

# Each command imports what it needs: `tracker --help` loads neither framework nor database.
if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Flask
    from sqlalchemy.engine import Connection

    from tracker.config import Settings
    from tracker.core.cases.flow import Flow

_FEWEST_LETTERS = 10


def main(args: Sequence[str] | None = None) -> None:
    """Run a command; a set-up that is not fit answers with its sentence and exit code 2."""
    try:
        tracker.main(args=args, prog_name="tracker")
    except (SetupError, Unavailable) as error:
        click.echo(str(error), err=True)
        sys.exit(2)


@click.group(help="统计监督办案台。", context_settings={"help_option_names": ["-h", "--help"]})
def tracker() -> None:
    """All commands."""


# ---------------------------------------------------------------- setting up


@tracker.command(help="建立本机的数据目录、密钥和数据库；已有的不动。")
def init() -> None:
    """Everything a new installation needs; run again, it adds only what is missing."""
    from tracker.config import default_instance_path, ensure_secret

    instance = default_instance_path()
    ensure_secret(instance)
    with _app() as app:
        _upgrade()
        _ensure_vault_key(app.config["TRACKER_SETTINGS"])
        _seed()
    _say(N_("已就绪：%(path)s。"), path=instance)
    _say(N_("下一步：试用请运行 tracker demo；检查安装请运行 tracker doctor。"))


@tracker.command(help="准备演示数据并打开演示网站，只在本机可见。")
@click.option("--fresh", is_flag=True, help="删掉演示数据，从头再来。")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, help="端口，默认 8000。")
@click.option("--no-serve", is_flag=True, help="只准备数据，不打开网站。")
@click.option("--json", "as_json", is_flag=True, help="用 JSON 输出账号。")
@click.option("--quiet", is_flag=True, help="不显示进度。")
def demo(*, fresh: bool, port: int, no_serve: bool, as_json: bool, quiet: bool) -> None:
    """An office at work, made up from beginning to end."""
    import json

    from tracker.config import default_instance_path, ensure_secret, load_settings
    from tracker.demo import run

    ensure_secret(default_instance_path())
    settings = load_settings(mode="demo")

    def progress(sentence: str) -> None:
        if not quiet:
            click.echo(sentence, err=as_json)

    with _database_words():
        prepared = run.prepare(settings, fresh=fresh, progress=progress)
    if as_json:
        click.echo(json.dumps(prepared, ensure_ascii=False))
    if not no_serve:
        run.serve(settings, port, logins=() if as_json else prepared["logins"], echo=click.echo)


@tracker.command(help="送提醒和通知；与网站分开运行，可以开几个。")
@click.option("--once", is_flag=True, help="每项任务办一次就结束。")
def worker(*, once: bool) -> None:
    """The second process of an installation."""
    import logging

    from tracker.jobs import run_worker

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    with _app() as app:
        went_well = run_worker(app, once=once)
    sys.exit(0 if went_well else 1)


@tracker.group(name="db", help="数据库结构的版本。")
def database() -> None:
    """Migrations, through the product's own settings."""


@database.command(help="升到最新版本（或指定的版本）。")
@click.argument("revision", default="head")
def upgrade(revision: str) -> None:
    """Forwards."""
    with _app():
        _upgrade(revision)


@database.command(help="退回一个版本（或指定的版本）。先备份。")
@click.argument("revision", default="-1")
def downgrade(revision: str) -> None:
    """Backwards."""
    import flask_migrate

    with _app():
        flask_migrate.downgrade(revision=revision)


@database.command(help="现在的版本。")
def current() -> None:
    """Where the database stands, and where it could."""
    from tracker.core.db import db

    with _app(), db.engine.connect() as connection:
        here, head = _revisions(connection)
    _say(N_("现在 %(here)s，最新 %(head)s。"), here=here or "-", head=head or "-")


# ---------------------------------------------------------------- flows and audit


@tracker.group(name="flows", help="流程表。")
def flow_group() -> None:
    """The declared workflows; needs no installation."""


@flow_group.command(name="verify", help="证明流程表没有漏洞；有漏洞时给出最短的反例。")
@click.argument("kind", required=False)
def verify_flows(kind: str | None) -> None:
    """Exit code 1 when any flow has a hole."""
    from tracker.core.cases.verify import verify

    wrong = False
    for flow in _flows(kind):
        findings = verify(flow)
        wrong = wrong or bool(findings)
        for finding in findings:
            click.echo(f"{flow.kind}: [{finding.rule}] {finding.message}", err=True)
            for line in finding.path:
                click.echo(f"    {line}", err=True)
        if not findings:
            _say(
                N_("%(kind)s：%(states)s 个状态、%(steps)s 个步骤，全部通过。"),
                kind=flow.kind,
                states=len(flow.states),
                steps=len(flow.steps),
            )
    sys.exit(1 if wrong else 0)


@flow_group.command(name="show", help="画出流程图：默认输出 mermaid 文本。")
@click.argument("kind")
@click.option("--svg", is_flag=True, help="输出 SVG。")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", help="标签的语言。")
def show_flow(kind: str, *, svg: bool, lang: str) -> None:
    """For the README and for people who want to see the whole table at once."""
    from tracker.core.cases.diagram import mermaid, picture

    (flow,) = _flows(kind)
    draw = picture if svg else mermaid
    click.echo(draw(flow, _translator(lang)), nl=False)


@tracker.group(name="audit", help="审计记录。")
def audit_group() -> None:
    """The append-only rows."""


@audit_group.command(name="verify", help="查审计记录有没有被改、被删、被调换。")
def verify_audit() -> None:
    """Exit code 1 when any row does not hold."""
    from sqlalchemy import create_engine

    from tracker.config import load_settings
    from tracker.core.audit.verify import findings
    from tracker.core.db import engine_options

    uri = load_settings().database_uri
    engine = create_engine(uri, **engine_options(uri))
    wrong = 0
    with _database_words(), engine.connect() as connection:
        for finding in findings(connection):
            wrong += 1
            click.echo(str(finding), err=True)
    engine.dispose()
    if wrong:
        _say(N_("审计记录有 %(n)s 处不符。"), n=wrong)
    else:
        _say(N_("审计记录完好。"))
    sys.exit(1 if wrong else 0)


# ---------------------------------------------------------------- doctor


@tracker.command(help="检查这个安装能不能用；每一处不妥都说明怎么办。")
def doctor() -> None:
    """Exit code 1 when something is not fit; every check runs, whatever the others found."""
    from tracker.app import register_flows
    from tracker.config import load_settings
    from tracker.core.cases import health
    from tracker.core.cases.flow import flows
    from tracker.core.clock import office_date, utc_now

    settings = load_settings()
    register_flows()
    bad = _report(N_("设置"), lambda: _settings_faults(settings))
    bad += _report(N_("密钥"), lambda: _key_faults(settings))
    bad += _report(N_("规则库"), lambda: _rule_faults(settings))
    _list_local_rules()
    bad += _report(N_("外发渠道"), lambda: _channel_faults(settings))
    bad += _report(N_("流程表"), lambda: health.flow_faults(flows.all()))
    with _app(settings):
        from tracker.core.db import db

        with db.engine.connect() as connection:
            bad += _report(N_("数据库程序"), lambda: health.engine_faults(connection))
            bad += _report(N_("数据库版本"), lambda: _migration_faults(connection))
        session, today = db.session(), office_date(utc_now())
        bad += _report(N_("工作日历"), lambda: health.calendar_faults(session, today))
        bad += _report(N_("期限"), lambda: health.deadline_faults(session))
        bad += _report(N_("期限的规则"), lambda: health.rule_faults(session))
    sys.exit(1 if bad else 0)


def _report(name: str, check: Callable[[], Iterator[Sentence]]) -> int:
    """Print what one check finds; a check that breaks is a finding too."""
    try:
        with _database_words():
            faults = list(check())
    except (SetupError, Unavailable) as error:
        faults = [say("%(why)s", why=str(error))]
    click.echo(f"{'✗' if faults else '✓'} {name}")
    for fault in faults:
        click.echo(f"    {fault}")
    return len(faults)


def _settings_faults(settings: Settings) -> Iterator[Sentence]:
    if os.environ.get("FLASK_DEBUG", "").lower() in {"1", "true", "yes", "on"}:
        yield say("调试方式开着：请去掉环境变量 FLASK_DEBUG。")
    if len(set(settings.secret_key)) < _FEWEST_LETTERS or "only-for-tests" in settings.secret_key:
        yield say("密钥是样本，不是随机的：请删掉密钥文件，再运行 tracker init。")
    if settings.mode == "production" and not settings.https:
        yield say("正式运行须用 HTTPS：请去掉设置里的 https = false。")
    folder = settings.files_path if settings.files_path.exists() else settings.files_path.parent
    if not os.access(folder, os.W_OK):
        yield say("材料目录 %(path)s 不能写入：请检查权限。", path=settings.files_path)


def _key_faults(settings: Settings) -> Iterator[Sentence]:
    from tracker.core.vault.keys import load_key

    load_key(settings.vault_key_path)
    yield from ()


def _rule_faults(settings: Settings) -> Iterator[Sentence]:
    """Reads the packs; the first faulty one of this installation is named."""
    from tracker.core.benchmarks.loader import use_folder as use_benchmarks
    from tracker.core.norms.loader import use_folder as use_norms
    from tracker.core.rulebook.loader import use_folder

    use_folder(settings.instance_path / "rules")
    use_benchmarks(settings.instance_path / "benchmarks")
    use_norms(settings.instance_path / "norms")
    yield from ()


def _list_local_rules() -> None:
    """They bend what the shipped packs say, so an administrator should know of each."""
    from tracker.core.rulebook.loader import local_rules

    for rule in local_rules():
        _say(
            N_("    地方规则 %(pack)s：%(rule)s（%(place)s），%(length)s，%(source)s"),
            pack=rule.pack,
            rule=rule.id,
            place=rule.place,
            length=rule.length_words,
            source=rule.source,
        )


def _channel_faults(settings: Settings) -> Iterator[Sentence]:
    from tracker.core.notices.channels.settings import load_channels

    load_channels(settings.instance_path)
    yield from ()


def _migration_faults(connection: Connection) -> Iterator[Sentence]:
    here, head = _revisions(connection)
    if here != head or head is None:
        yield say(
            "数据库是版本 %(here)s，程序要 %(head)s：请运行 tracker db upgrade。",
            here=here or "-",
            head=head or "-",
        )


# ---------------------------------------------------------------- shared


def _say(text: str, **params: object) -> None:
    click.echo(str(say(text, **params)))


@contextmanager
def _app(settings: Settings | None = None) -> Iterator[Flask]:
    """The product, inside an app context; its database connections are given back."""
    from tracker.app import create_app
    from tracker.core.db import db

    app = create_app(settings)
    with app.app_context(), _database_words():
        try:
            yield app
        finally:
            db.session.remove()
            db.engine.dispose()


@contextmanager
def _database_words() -> Iterator[None]:
    """A database that is away or empty is a sentence, not a trace."""
    from sqlalchemy.exc import OperationalError, ProgrammingError

    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        why = str(error.orig).splitlines()[0]
        raise Unavailable(
            str(say("数据库现在不能用（%(why)s）：请先运行 tracker init。", why=why))
        ) from error


def _flows(kind: str | None) -> tuple[Flow, ...]:
    from tracker.app import register_flows
    from tracker.core.cases.flow import flows

    register_flows()
    known = flows.all()
    found = tuple(f for f in known if kind in (None, f.kind))
    if not found:
        names = "、".join(f.kind for f in known)
        raise SetupError(say("没有流程“%(kind)s”，有：%(known)s。", kind=kind, known=names))
    return found


def _translator(lang: str) -> Callable[[str], str]:
    from babel.support import Translations

    folder = Path(__file__).parent / "translations"
    return str if lang == "zh" else Translations.load(str(folder), [lang]).gettext


def _upgrade(revision: str = "head") -> None:
    import flask_migrate

    flask_migrate.upgrade(revision=revision)


def _revisions(connection: Connection) -> tuple[str | None, str | None]:
    """The database's migration, and the newest there is."""
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    from tracker.config import ROOT

    head = ScriptDirectory(str(ROOT / "migrations")).get_current_head()
    return MigrationContext.configure(connection).get_current_revision(), head


def _ensure_vault_key(settings: Settings) -> None:
    from sqlalchemy import func, select

    from tracker.core.db import db
    from tracker.core.vault.keys import create_key
    from tracker.core.vault.models import VaultRecord

    if settings.vault_key_path.exists():
        return
    if db.session().scalar(select(func.count()).select_from(VaultRecord)):
        raise SetupError(
            say(
                "已有封存的记录，却没有封存密钥 %(path)s：请从备份恢复，不要另造。",
                path=settings.vault_key_path,
            )
        )
    create_key(settings.vault_key_path)


def _seed() -> None:
    from tracker.core.calendar import store
    from tracker.core.clock import utc_now
    from tracker.core.db import transaction
    from tracker.core.registers.places import seed_regions

    with transaction() as session:
        store.seed(session, utc_now())
        seed_regions(session)


# ---------------------------------------------------------------- longer commands

tracker.add_command(calendar)
tracker.add_command(draw)
tracker.add_command(due)
tracker.add_command(explain)
tracker.add_command(grade)
tracker.add_command(norms)
tracker.add_command(reminders)
tracker.add_command(replay)
tracker.add_command(report)
tracker.add_command(search)

if __name__ == "__main__":
    main()
