"""Calendar files (iCalendar, RFC 5545): of one day, or of all deadlines as a calendar to subscribe to."""

from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event, vDuration, vText

from ua_tracker.texts import printable

DAY_BEFORE, SAME_DAY = timedelta(hours=-15), timedelta(hours=9)  # alarms at nine in the morning
_AGAIN = timedelta(hours=6)


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
    is_cancelled: bool = False,
) -> bytes:
    """One all-day event, with an alarm this long after the day begins; a cancelled one has none.

    A file replaces one with the same `uid` and a smaller `sequence`. The file has no METHOD: with one it would be a
    message of an organizer (RFC 5546, section 3.2.1), and Outlook refuses such a message that names none.
    """
    about = {"summary": summary, "description": description, "url": url}
    event = event_of(uid=uid, sequence=sequence, day=day, now=now, is_cancelled=is_cancelled, **about)
    if not is_cancelled:
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("trigger", alarm)
        reminder.add("description", printable(summary))
        event.add_component(reminder)
    return bytes(_calendar([event]).to_ical())


def event_of(
    *,
    uid: str,
    sequence: int,
    day: date,
    summary: str,
    description: str,
    url: str,
    now: datetime,
    is_cancelled: bool = False,
) -> Event:
    """An all-day event. The day is a date without a time zone, so it is the same day in every calendar."""
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
    if is_cancelled:
        event.add("status", "CANCELLED")
    return event


def subscription(name: str, events: list[Event]) -> bytes:
    """A calendar that programs read again and again (RFC 7986): about every six hours.

    Each event has a `dtstamp` that changes only with the event, so that an unchanged calendar has unchanged bytes.
    """
    calendar = _calendar(events)
    for field in ("name", "x-wr-calname"):  # the standard's, and the one that programs read before there was one
        calendar.add(field, vText(printable(name)))
    calendar.add("refresh-interval", _AGAIN, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(_AGAIN))
    return bytes(calendar.to_ical())


def _calendar(events: list[Event]) -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", "-//UA Tracker//EN")
    calendar.add("version", "2.0")
    for event in events:
        calendar.add_component(event)
    return calendar
