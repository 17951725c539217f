"""What people write, and what is said of it.

`text`, `nodes`, `fields` and `values` read it with line numbers, and `garbled` knows what came to harm on the way.
`compose` writes it, `rewrite` changes one field, `revisions` names it. A finding is a `Problem` of a `Kind`
(`problems`); how it is said stands in `advice`, what the machine says in `machine`, and how it is shown in `report`.
"""
