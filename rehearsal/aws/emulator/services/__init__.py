"""AWS's services: what MiniStack lacks of each, and what AWS refuses."""
