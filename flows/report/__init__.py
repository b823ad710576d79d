"""The report: one HTML page of all that a catalogue holds."""
