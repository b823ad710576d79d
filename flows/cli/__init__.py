"""The command ``wellposed``."""
