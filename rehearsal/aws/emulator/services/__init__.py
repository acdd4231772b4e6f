"""AWS's services: the parts of each that MiniStack lacks, and the refusals of AWS."""
