"""Recorded play, sent again as batches of casino events over HTTP: whoever starts it twice changes nothing."""
