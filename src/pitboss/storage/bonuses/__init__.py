"""Bonuses, stored: templates, what was given, and bonuses as play meets them."""
