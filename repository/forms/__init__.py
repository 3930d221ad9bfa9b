"""The contribution page as plain Django forms.

| module | what |
|---|---|
| details | title, kind, grades, sharing …: the fields of the page itself |
| blocks | one form for each block type of the body |
| body | body to forms and forms to body: the one pair of functions that maps them |
| rows | adding, removing and moving rows of a posted form, so that it works without JavaScript |
| related | standards and files |
| editor | all of them together |
"""
