"""Mails that a partner sends from its own tool: taken along as files, with what comes of them brought back."""
