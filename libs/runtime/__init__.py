"""Boots Comitia's services: one gRPC server, followers of the log, read models, settings, refusals as gRPC statuses."""
