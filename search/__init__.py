"""Search: what a query says, the best resources for it, facets, and an index that follows the database.

Asking: `facets` declares what can be filtered; `request` is a search as a value; `understanding` reads its words, `scouting`
finds out how it is best asked; `query`, `text` and `ranking` make the engine's request; `find` asks, and gives `results`.
The index: `mapping`, `sources` and `documents` say what is in it; `signals` and `outbox` follow changes; `indexes` and
`filling` make a new one, `check` compares; `worker` does it all by itself.
What is shown or offered has a folder: `pages`, `api`, `saved`, `suggested`, `admin`.
"""
