"""Events in a box: registrants' mails and calendars, the door, what follows, and the host's pages."""
