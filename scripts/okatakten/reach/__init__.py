"""Who was reached: the logs of whatever served the site → figures for each day → tables, pictures and a report.

    logs      lines of nginx, CloudFront, S3 and others → requests
    agents    which program asked, and whether somebody sat at it
    places    an address → the episode, page, document or feed that it is, and how much of it is a download
    counting  requests → a figure for each day, and what became of every line
    days      the figures that are kept, in a folder outside the site
    summing   figures of days → of weeks, and of all
    tables    the exact figures as CSV and as a workbook, for the owner
    wording   what figures are called, and rounded for others
    pictures  figures of the house, of rounded numbers
    promised  the channels that documents promise, what came out in each, and how far it got
    report    all that for the funder, as HTML, PDF and text

No address of a visitor goes further than `counting`, and nothing here is part of the site.
"""
