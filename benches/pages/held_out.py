"""Pages that nobody tuned the reader on."""

PAGES = []
