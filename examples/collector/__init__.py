"""A small service that hears players in browsers and sends Customer.io their video events.

What to read, in this order: ``app`` (the requests), ``sessions`` (who is watching), ``tokens``,
``limits``, ``settings``; ``catalogue`` and ``debug`` belong to the demonstration page.
"""
