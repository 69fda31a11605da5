"""Public pages of a launch: the landing page, its event, and what people answer there."""
