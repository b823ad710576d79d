"""The kinds of question that can be asked."""
