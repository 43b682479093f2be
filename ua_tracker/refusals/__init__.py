"""Every refusal: a class each, with its kind, its sentence and the field it belongs to.

A class is declared in one of the modules below and nowhere else: all that they declare is here. A sentence is marked
for translation there and put into the reader's language where it is shown (`web/errors.py` for pages, `cli/one_line.py`
for commands). Its facts fill the placeholders.
"""

from ua_tracker.refusals.accounts import *
from ua_tracker.refusals.actions import *
from ua_tracker.refusals.backups import *
from ua_tracker.refusals.base import *
from ua_tracker.refusals.documents import *
from ua_tracker.refusals.ledger import *
from ua_tracker.refusals.pictures import *
from ua_tracker.refusals.programs import *
from ua_tracker.refusals.requests import *
from ua_tracker.refusals.storage import *
from ua_tracker.refusals.supporters import *
from ua_tracker.refusals.webhooks import *
