"""`create_app()`: the only list of what is in the product."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from flask import Flask
from flask_babel import Babel
from flask_migrate import Migrate
from jinja2 import StrictUndefined

from tracker.config import ROOT, Settings, load_settings, to_flask
from tracker.core.benchmarks.loader import use_folder as use_benchmarks
from tracker.core.cases.agenda import agenda
from tracker.core.cases.bulk_steps import workers
from tracker.core.cases.channels import channels
from tracker.core.cases.facts import facts
from tracker.core.cases.flow import Flow, flows
from tracker.core.cases.indexing import watch
from tracker.core.cases.means import Means, set_means
from tracker.core.cases.opening import openings
from tracker.core.cases.sittings import sittings
from tracker.core.cases.words import words as case_words
from tracker.core.db import db, init_db
from tracker.core.files.store import FileStore
from tracker.core.norms.loader import use_folder as use_norms
from tracker.core.numbers.offered import offers
from tracker.core.reports import supply
from tracker.core.rulebook.loader import use_folder
from tracker.core.vault.keys import load_key

# Every module with tables; migrations compare the database with these.
MODEL_MODULES = (
    "tracker.core.accounts.models",
    "tracker.core.registers.models",
    "tracker.core.calendar.models",
    "tracker.core.cases.models",
    "tracker.core.cases.figures",
    "tracker.core.cases.evidence",
    "tracker.core.cases.respondents",
    "tracker.core.cases.caps",
    "tracker.core.cases.workplace",
    "tracker.core.search.names",
    "tracker.core.deadlines.models",
    "tracker.core.audit.models",
    "tracker.core.notices.models",
    "tracker.core.reminders.models",
    "tracker.core.vault.models",
    "tracker.core.documents.models",
    "tracker.core.staff.models",
    "tracker.web.once",
    "tracker.workflows.leads.models",
    "tracker.workflows.inspections.models",
    "tracker.workflows.plans.models",
    "tracker.workflows.penalties.models",
    "tracker.workflows.penalties.rows",
    "tracker.workflows.sanctions.models",
    "tracker.workflows.crimes.models",
    "tracker.workflows.recognitions.models",
    "tracker.workflows.filings.models",
    "tracker.workflows.vacancies.models",
    "tracker.workflows.programmes.models",
    "tracker.workflows.trainings.models",
)
# One line a workflow: the package holds FLOW in flow.py and a blueprint `bp` in views.py.
WORKFLOWS = (
    "tracker.workflows.leads",
    "tracker.workflows.plans",
    "tracker.workflows.inspections",
    "tracker.workflows.penalties",
    "tracker.workflows.sanctions",
    "tracker.workflows.crimes",
    "tracker.workflows.recognitions",
    "tracker.workflows.filings",
    "tracker.workflows.vacancies",
    "tracker.workflows.programmes",
    "tracker.workflows.trainings",
)


def import_models() -> None:
    """Import every module that declares a table."""
    for name in MODEL_MODULES:
        import_module(name)


def register_flows() -> None:
    """Make every workflow known: to the engine, to those that open its cases, to the agenda."""
    import_models()
    watch()
    for package in WORKFLOWS:
        flow: Flow = import_module(f"{package}.flow").FLOW
        flows.add(flow)
        if take := _offered(package, "service", "take"):
            workers.add(flow.kind, take, _offered(package, "takings", "TAKINGS") or {})
        if opener := _offered(package, "service", "open_from"):
            openings.add(flow.kind, opener)
        if named := _offered(package, "models", "CHANNELS"):
            channels.add(flow.kind, named)
        if entries := _offered(package, "queries", "agenda_entries"):
            agenda.add(flow.kind, entries)
        if coming := _offered(package, "queries", "sittings"):
            sittings.add(flow.kind, coming)
        if decided := _offered(package, "queries", "fined"):
            supply.add(flow.kind, decided)
        _add_figures(flow.kind, package)
        if said := _offered(package, "models", "index_words"):
            case_words.add(flow.kind, said)


def _add_figures(kind: str, package: str) -> None:
    if told := _offered(package, "numbers", "FACTS"):
        facts.add(kind, told)
    if page := _offered(package, "numbers", "OFFER"):
        offers.add(page)


def _offered(package: str, module: str, name: str) -> Any:
    """What a workflow offers to the others under a name; None when it does not."""
    if find_spec(f"{package}.{module}") is None:
        return None
    return getattr(import_module(f"{package}.{module}"), name, None)


def create_app(settings: Settings | None = None) -> Flask:
    """The product, ready to serve; SetupError with a sentence when it is not fit to start."""
    settings = settings or load_settings()
    app = Flask(
        "tracker",
        template_folder=str(ROOT / "templates"),
        static_folder=str(Path(__file__).parent / "static"),
        instance_path=str(settings.instance_path),
    )
    app.config.update(to_flask(settings))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    init_db(app)
    register_flows()
    use_folder(settings.instance_path / "rules")
    use_benchmarks(settings.instance_path / "benchmarks")
    use_norms(settings.instance_path / "norms")
    Migrate(app, db, directory=str(ROOT / "migrations"))
    set_means(Means(FileStore(settings.files_path), settings.vault_key_path))
    _web(app)
    return app


def serving_app() -> Flask:
    """The app for a web server: it also refuses to start with a vault key that others can read."""
    app = create_app()
    key: Path = app.config["TRACKER_SETTINGS"].vault_key_path
    if key.exists():
        load_key(key)
    return app


def _web(app: Flask) -> None:
    from tracker.web import (
        access,
        board,
        bulk,
        bulk_forms,
        calculator,
        calendar,
        calendar_admin,
        coverage,
        dashboards,
        delegations,
        errors,
        feed,
        grading,
        health,
        home,
        inbox,
        login,
        messages,
        norms,
        officers,
        operations,
        reminders,
        reports,
        rules,
        search,
        security,
        shell,
        staff,
        tell,
        templates_admin,
        units,
        work,
    )
    from tracker.web import agenda as agenda_pages
    from tracker.web import exports as _exports  # noqa: F401 - adds itself to its lists
    from tracker.web.manual.pages import bp as manual_bp
    from tracker.web.me import chosen_language

    Babel(
        app,
        locale_selector=chosen_language,
        default_timezone="Asia/Shanghai",
        default_translation_directories=str(Path(__file__).parent / "translations"),
    )
    security.init_security(app)
    access.init_access(app)
    errors.init_errors(app)
    login.init_login(app)
    shell.init_shell(app)
    app.register_blueprint(home.bp)
    app.register_blueprint(work.bp)
    app.register_blueprint(delegations.bp)
    app.register_blueprint(bulk.bp)
    app.register_blueprint(agenda_pages.bp)
    app.register_blueprint(search.bp)
    app.register_blueprint(board.bp)
    app.register_blueprint(calculator.bp)
    app.register_blueprint(calendar.bp)
    app.register_blueprint(calendar_admin.bp)
    app.register_blueprint(grading.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(manual_bp)
    app.register_blueprint(operations.bp)
    app.register_blueprint(reminders.bp)
    app.register_blueprint(reports.bp)
    app.register_blueprint(inbox.bp)
    app.register_blueprint(rules.bp)
    app.register_blueprint(tell.bp)
    app.register_blueprint(templates_admin.bp)
    app.register_blueprint(feed.bp)
    app.register_blueprint(messages.bp)
    app.register_blueprint(officers.bp)
    app.register_blueprint(units.bp)
    app.register_blueprint(staff.bp)
    app.register_blueprint(norms.bp)
    app.register_blueprint(coverage.bp)
    app.register_blueprint(dashboards.bp)
    for package in WORKFLOWS:
        app.register_blueprint(import_module(f"{package}.views").bp)
        kind = import_module(f"{package}.flow").FLOW.kind
        if forms := _offered(package, "stepforms", "FOR_MANY"):
            bulk_forms.step_forms.add(kind, forms)
        elif desk := _offered(package, "views", "DESK"):
            bulk_forms.step_forms.add(kind, bulk_forms.DeskForms(desk))
    access.check_all_routes(app)
