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
from ua_tracker.models.imports import Import
from ua_tracker.models.letters import Report, ReportLine
from ua_tracker.models.operations import Job, SiteKey
from ua_tracker.models.outbox import Mail, Mailing, MailServer, RefusedAddress
from ua_tracker.models.pictures import Picture, PictureFile
from ua_tracker.models.pledges import Pledge, PrivateLink
from ua_tracker.models.previews import PreviewLink
from ua_tracker.models.programs import ApiEntry, ApiKey
from ua_tracker.models.search_words import PledgeWord, ReportWord
from ua_tracker.models.tallies import ActionTally, DayTally, GroupTally
from ua_tracker.models.webhooks import TOPICS, Webhook, WebhookMessage, WebhookTopic

__all__ = [
    "CHANNELS",
    "ENDED",
    "GOOD_NEWS",
    "NAMES",
    "ROLES",
    "STOP_ACTION",
    "TOPICS",
    "Action",
    "ActionTally",
    "ApiEntry",
    "ApiKey",
    "ArrivalCount",
    "AuditEntry",
    "Base",
    "Case",
    "Coordinator",
    "CoordinatorLink",
    "CoordinatorSession",
    "DayTally",
    "Evening",
    "Group",
    "GroupTally",
    "Import",
    "Job",
    "KnownSource",
    "Mail",
    "MailServer",
    "Mailing",
    "Picture",
    "PictureFile",
    "Pledge",
    "PledgeWord",
    "PreviewLink",
    "PrivateLink",
    "PublicNote",
    "Recipient",
    "RefusedAddress",
    "Report",
    "ReportLine",
    "ReportWord",
    "SignInTry",
    "SiteKey",
    "SourceKey",
    "Webhook",
    "WebhookMessage",
    "WebhookTopic",
]
