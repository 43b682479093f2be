"""Calendar files with one day: the deadline, or the day that somebody chose for writing (iCalendar, RFC 5545)."""

from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

from ua_tracker.texts import printable

DAY_BEFORE, SAME_DAY = timedelta(hours=-15), timedelta(hours=9)  # alarms at nine in the morning


def of_day(
    *,
    uid: str,
    sequence: int,
    day: date,
    alarm: timedelta,
    summary: str,
    description: str,
    url: str,
    now: datetime,
) -> bytes:
    """One all-day event, with an alarm this long after the day begins.

    A file replaces one with the same `uid` and a smaller `sequence`. The day is a date without a time zone, so it is
    the same day in every calendar. The file has no METHOD: with one it would be a message of an organizer (RFC 5546,
    section 3.2.1), and Outlook refuses such a message that names none.
    """
    event = Event()
    event.add("uid", uid)
    event.add("sequence", sequence)
    event.add("dtstamp", now)
    event.add("dtstart", day)
    event.add("dtend", day + timedelta(days=1))
    event.add("summary", printable(summary))
    event.add("description", printable(description))
    event.add("url", url)
    event.add("transp", "TRANSPARENT")
    reminder = Alarm()
    reminder.add("action", "DISPLAY")
    reminder.add("trigger", alarm)
    reminder.add("description", printable(summary))
    event.add_component(reminder)
    calendar = Calendar()
    calendar.add("prodid", "-//UA Tracker//EN")
    calendar.add("version", "2.0")
    calendar.add_component(event)
    return bytes(calendar.to_ical())
