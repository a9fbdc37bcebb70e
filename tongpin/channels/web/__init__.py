"""Our own rooms on the web (网页群): sending there is storing, and whoever watches the page sees it at once."""
