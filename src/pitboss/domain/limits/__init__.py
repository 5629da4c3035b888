"""What a stake must stay within."""
