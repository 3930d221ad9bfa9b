"""What search listens to: one file for each app. A receiver only writes outbox rows, in the sender's own transaction."""
