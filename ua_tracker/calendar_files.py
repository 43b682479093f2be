"""Calendar files with a deadline (iCalendar, RFC 5545)."""

from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from ua_tracker.texts import printable

_REMINDER = timedelta(hours=-15)  # at nine in the morning of the day before


def deadline(*, uid: str, day: date, summary: str, description: str, url: str, now: datetime) -> bytes:
    """One all-day event with an alarm at nine in the morning of the day before. A file with the same `uid` replaces it.

    The day is a date without a time zone, so it is the same day in every calendar.
    """
    event = Event()
    event.add("uid", uid)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", printable(summary))
    event.add("description", printable(description))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("trigger", _REMINDER)
    alarm.add("description", printable(summary))
    event.add_component(alarm)
    calendar = Calendar()
    calendar.add("prodid", "-//UA Tracker//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
