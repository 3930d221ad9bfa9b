"""What standards tell whoever keeps copies of them."""

from django.dispatch import Signal

# Sent by whoever changes statements, codes, titles or what is above them past `save()`: `item_ids` is an iterable
# of primary keys of items. Sent inside the transaction that makes the change, so that a listener's rows are
# committed with it. Items below those named need not be named.
items_changed = Signal()
