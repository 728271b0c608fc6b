"""A check in the field for the browser: `python -m tests.browser.inspecting` prints its id."""

from __future__ import annotations

from decimal import Decimal

from sqlalchemy import select

from tracker.app import create_app
from tracker.config import load_settings
from tracker.core.accounts.actor import Actor, load_actor
from tracker.core.accounts.models import User
from tracker.core.cases.figures import write_figures
from tracker.core.cases.opening import SeedFigure
from tracker.core.clock import office_date, utc_now
from tracker.core.db import transaction
from tracker.workflows.inspections import service

# The example of the look's picture 8b, and five more lines of an invented unit.
FIGURES = (
    SeedFigure("原煤产量", "吨", "2026年1—4月", Decimal(186420), None, "联网直报，4月10日"),
    SeedFigure("洗煤产量", "吨", "2026年1—4月", Decimal(93000), None, "联网直报，4月10日"),
    SeedFigure("营业收入", "千元", "2026年1—4月", Decimal(112216), None, "联网直报，4月10日"),
    SeedFigure("从业人员平均人数", "人", "2026年1—4月", Decimal(208), None, "", "non_value"),
    SeedFigure("综合能源消费量", "吨标准煤", "2026年1—4月", None, None, "", "non_value"),
    SeedFigure("应付职工薪酬", "千元", "2026年1—4月", Decimal(6042), None),
)


def main() -> None:
    """Order a check, send two officers, and put them on site in a hurry."""
    app = create_app(load_settings())
    with app.app_context(), transaction() as session:
        now = utc_now()

        def actor(name: str) -> Actor:
            user = session.scalars(select(User.id).where(User.username == name)).one()
            return load_actor(session, user, office_date(now))

        task = service.open_new(
            session, actor("supervisor"), "order",
            {
                "unit_name": "示例赤岩洗选煤有限公司", "channel": "special",
                "matter": "能源统计数据质量", "reason": "调度数与直报数相差大",
                "source_paper": "鄂统发〔2026〕9号",
            },
            now=now,
        )  # fmt: skip
        write_figures(session, task.id, FIGURES)
        team = {"handler": actor("inspector").user_id, "co_officer": actor("inspector2").user_id}
        today = office_date(now)
        for who, step, inputs in (
            ("supervisor", "assign", team),
            (
                "inspector", "enter_urgent",
                {
                    "at": now, "place": "厂区办公楼", "received_by": "王某（厂长）", "shown": True,
                    "told": True, "makeup_by": today, "exemption": "none", "note": "正在转移资料",
                },
            ),
        ):  # fmt: skip
            service.take(session, actor(who), task.id, step, inputs, seen=task.version, now=now)
        print(task.id)  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main()
