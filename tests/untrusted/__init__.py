"""What a scan of an untrusted tree is tried with: a tree full of bait, and a process in which nothing goes unseen."""
