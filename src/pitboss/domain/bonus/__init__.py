"""Bonuses: stakes a player does not pay, what they win, and when that becomes real money (partner API, "Bonus templates").

`template` says what may be given, `grant` what one player has of it. `stakes`, `winnings` and `returns` say what play does to a
player's grants, each as `Move`s; `closing` what follows from that: conversion, forfeiture, the end.
"""
