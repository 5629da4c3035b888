"""What the wallet decides, command by command."""
