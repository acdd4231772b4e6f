"""What the rehearsal asks the emulator about itself: GET and POST /_rehearsal/…."""
