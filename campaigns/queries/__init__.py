"""What pages read of kits and launches; one file per subject."""
