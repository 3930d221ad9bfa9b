"""What people do with resources. Each function is one transaction and checks permissions and locks itself.

| module | what |
|---|---|
| drafts | create, save and delete a draft |
| review | submit, withdraw, approve, return; unpublish |
| bulk, deletion | thousands of resources written or deleted at once, as an import does |
| alignments | realign resources to other standards; a reviewer's judgement of an alignment |
| files | take an uploaded file or image |
| wanted | what people looked for and did not find |

`errors` are the reasons why a service says no, in words for the person; `whole` makes a service write all or nothing.
"""
