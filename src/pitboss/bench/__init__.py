"""Measures the hub from outside against its bars: real processes, real HTTP, a real PostgreSQL, one module a bar.

Every measurement ends with an audit of the ledger it made; a rate reached with wrong books is no rate. Figures hold for one run
on one machine: only what was measured side by side is compared.
"""
