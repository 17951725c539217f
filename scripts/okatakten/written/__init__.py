"""What people write, and what is said of it.

`text`, `fields` and `values` read it with line numbers, `compose` writes it, `revisions` names it. A finding is a
`Problem` of a `Kind` (`problems`); how it is said stands in `advice`, what the machine says in `machine`, and how it
is shown in `report`.
"""
