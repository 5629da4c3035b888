"""What reports are made of (docs/reports.md): roll-ups kept up with the journals, and the questions to them."""
