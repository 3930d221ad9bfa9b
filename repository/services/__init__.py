"""What people do with resources. Each function is one transaction and checks permissions and locks itself.

| module | what |
|---|---|
| drafts | create, save and delete a draft |
| review | submit, withdraw, approve, return; unpublish |
| alignments | realign resources to other standards; a reviewer's judgement of an alignment |
| files | take an uploaded file or image |
| wanted | what people looked for and did not find |
"""
