"""Answers in words: for a terminal, a log, a program and a page."""
