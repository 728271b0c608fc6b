"""The only reader of the machine's clock."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

# Every legal date in this product is a date in Beijing (the whole country keeps one zone).
OFFICE_ZONE = ZoneInfo("Asia/Shanghai")


def utc_now() -> datetime:
    """The present moment, aware, in UTC."""
    return datetime.now(UTC)


def office_date(moment: datetime) -> date:
    """The calendar date of an aware moment as the offices count it."""
    return moment.astimezone(OFFICE_ZONE).date()


def office_time(moment: datetime) -> datetime:
    """The same moment on the office's wall clock."""
    return moment.astimezone(OFFICE_ZONE)


def at_office(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """The UTC moment of an office wall-clock time on a date."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=OFFICE_ZONE).astimezone(UTC)


def office_day_bounds(day: date) -> tuple[datetime, datetime]:
    """The UTC moments at which an office's day begins and ends; the second is no longer of it."""
    return at_office(day, 0), at_office(day + timedelta(days=1), 0)
