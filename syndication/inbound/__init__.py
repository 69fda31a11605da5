"""What comes back by mail: reports, complaints, answering machines and people; from a pipe or a mailbox."""
