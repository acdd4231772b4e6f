"""The emulated AWS: MiniStack with the additions that a rehearsal needs.

core          seams of MiniStack and what everything shares: settings, accounts, answers, refusals, processes
kubernetes    a control plane with nodes, and the objects that add-ons and charts bring into it
services      AWS's services, a module or a folder each
controllers   controllers beside every cluster
api           the interface of the emulator to the rehearsal

Each imports from those above it, and a service from another one, but never in a circle. A service that depends on a thing of
another one, so that it cannot be deleted, adds itself to a list there.
"""
