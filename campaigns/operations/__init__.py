"""What people do with kits and launches; one file per subject."""
