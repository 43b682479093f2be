"""What is stored: every table and constraint. The rules live in the modules named after the tables' nouns."""

from ua_tracker.models.actions import Action, Case, Group, Recipient
from ua_tracker.models.base import NAMES, Base
from ua_tracker.models.coordinators import (
    ROLES,
    Coordinator,
    CoordinatorLink,
    CoordinatorSession,
    KnownSource,
    SignInTry,
)
from ua_tracker.models.ledger import (
    CHANNELS,
    MOST_LETTERS,
    ActionTally,
    AuditEntry,
    GroupTally,
    Pledge,
    PrivateLink,
    PublicNote,
    Report,
    ReportLine,
)
from ua_tracker.models.outbox import Mail

__all__ = [
    "CHANNELS",
    "MOST_LETTERS",
    "NAMES",
    "ROLES",
    "Action",
    "ActionTally",
    "AuditEntry",
    "Base",
    "Case",
    "Coordinator",
    "CoordinatorLink",
    "CoordinatorSession",
    "Group",
    "GroupTally",
    "KnownSource",
    "Mail",
    "Pledge",
    "PrivateLink",
    "PublicNote",
    "Recipient",
    "Report",
    "ReportLine",
    "SignInTry",
]
