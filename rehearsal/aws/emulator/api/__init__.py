"""The interface of the emulator to the rehearsal: GET and POST /_rehearsal/…."""
