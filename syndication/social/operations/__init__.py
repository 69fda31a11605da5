"""What people and the program do with accounts and posts."""
