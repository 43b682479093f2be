"""All tables and constraints. The rules are in the modules named after the tables."""

from ua_tracker.channels import CHANNELS
from ua_tracker.models.actions import ENDED, GOOD_NEWS, STOP_ACTION, Action, Case, Group, Recipient
from ua_tracker.models.arrivals import ArrivalCount, SourceKey
from ua_tracker.models.base import NAMES, Base
from ua_tracker.models.coordinators import (
    ROLES,
    Coordinator,
    CoordinatorLink,
    CoordinatorSession,
    KnownSource,
    SignInTry,
)
from ua_tracker.models.evenings import Evening
from ua_tracker.models.history import AuditEntry, PublicNote
from ua_tracker.models.letters import Report, ReportLine
from ua_tracker.models.outbox import Mail, Mailing
from ua_tracker.models.pictures import Picture, PictureFile
from ua_tracker.models.pledges import Pledge, PrivateLink
from ua_tracker.models.previews import PreviewLink
from ua_tracker.models.tallies import ActionTally, GroupTally

__all__ = [
    "CHANNELS",
    "ENDED",
    "GOOD_NEWS",
    "NAMES",
    "ROLES",
    "STOP_ACTION",
    "Action",
    "ActionTally",
    "ArrivalCount",
    "AuditEntry",
    "Base",
    "Case",
    "Coordinator",
    "CoordinatorLink",
    "CoordinatorSession",
    "Evening",
    "Group",
    "GroupTally",
    "KnownSource",
    "Mail",
    "Mailing",
    "Picture",
    "PictureFile",
    "Pledge",
    "PreviewLink",
    "PrivateLink",
    "PublicNote",
    "Recipient",
    "Report",
    "ReportLine",
    "SignInTry",
    "SourceKey",
]
