"""Intake (接入): whatever comes in from outside becomes facts about people. Tracking, webhooks, pulls, imports.

Every door decodes, resolves who is meant, and writes by COPY; what cannot be used is kept with its reason.
"""
