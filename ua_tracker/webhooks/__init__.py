"""Webhooks: other programs are told what happens here, by signed requests to an address that the office added.

`events.py` writes what happens into the transaction of the act. `registering.py` adds, changes and removes webhooks,
`addresses.py` says which addresses may be reached, `signing.py` keeps their secrets. `payloads.py` makes a message when
it is sent, `calling.py` sends it, `sending.py` keeps order, tries again and gives up.
"""
