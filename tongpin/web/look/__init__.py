"""The shared look (样子): tokens, style sheet, script, templates and tags every page is drawn with.

Pages extend `look/console.html` (staff, with rail and top bar) or `look/bare.html` (sign-in, errors); `docs/look.md`
lists the tags and classes. `python -m tongpin.web.look.build` fetches the libraries; none of them is committed.
"""
