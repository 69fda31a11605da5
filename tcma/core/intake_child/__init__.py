"""What runs in the child process: decoders for files from outside, and nothing else of ours."""
