"""Serves Gymnasium environments to OpenDyna's actors; PROTOCOL.md says how they talk."""
