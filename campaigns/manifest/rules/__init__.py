"""What is asked of a kit beyond its format. Each rule takes a kit and adds findings; none needs a database."""
