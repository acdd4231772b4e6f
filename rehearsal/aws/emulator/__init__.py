"""The emulated AWS: MiniStack with what a rehearsal needs beyond it.

core          seams of MiniStack and what everything shares: settings, accounts, answers, refusals, processes
kubernetes    a control plane with nodes, and what add-ons and charts bring into it
services      AWS's services, a module or a folder each
controllers   what works beside every cluster
api           what the rehearsal asks the emulator about itself

Each imports from those above it, and a service from another one, but never in a circle. Who depends on a thing of another
service, so that it cannot be deleted, adds itself to a list there.
"""
