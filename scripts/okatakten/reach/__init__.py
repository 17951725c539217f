"""Who was reached: the logs of whatever served the site → figures for each day → tables, pictures and a report.

    logs      lines of nginx, CloudFront, S3 and others → requests
    agents    which program asked, and whether somebody sat at it
    places    an address → the episode, page, document or feed that it is, and how much of it is a download
    counting  requests → a figure for each day, and what became of every line
    days      the figures that are kept, in a folder outside the site

No address of a visitor goes further than `counting`, and nothing here is part of the site.
"""
