"""The command line: ``video-tracker replay`` and ``video-tracker diagram``.

``engine`` turns a log's lines into messages and knows no files; ``files`` and ``options`` read
what the user names; ``replay`` joins them; ``main`` parses arguments and ends with a status.
"""
