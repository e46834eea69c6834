"""Answers requests, one after another, in one thread."""

import struct
import time
import traceback

import numpy as np
import zmq

from . import protocol
from .protocol import BadMessage
from .session import RequestError, Session

HEAD = protocol.HEADER
COUNT = protocol.COUNT
SESSIONS_MAX = 64
FRAME_BYTES_MAX = 1 << 26


class NoSession(Exception):
    """The client has not made environments, or was forgotten."""


class Server:
    """One ROUTER; every client that asks for environments gets its own."""

    def __init__(self, bind):
        self.socket = zmq.Context.instance().socket(zmq.ROUTER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.MAXMSGSIZE, FRAME_BYTES_MAX)
        self.socket.bind(bind)
        self.endpoint = self.socket.getsockopt_string(zmq.LAST_ENDPOINT)
        self.sessions = {}
        self.asked_at = {}  # when each client last asked for anything
        self.handlers = {protocol.MAKE: self.make, protocol.RESET: self.reset,
                         protocol.STEP: self.step, protocol.REPLAY: self.replay,
                         protocol.RENDER: self.render, protocol.INFO: self.info}

    def run(self):
        socket = self.socket
        while True:
            parts = socket.recv_multipart()
            reply = self.answer(parts[0], parts[-1])
            if reply is not None:
                socket.send_multipart((parts[0], reply))

    def answer(self, client, frame):
        number = 0
        try:
            if len(frame) < HEAD.size:
                return None
            magic, version, kind, number = HEAD.unpack_from(frame)
            if magic != protocol.MAGIC:
                return None  # no peer of ours
            if version != protocol.VERSION:
                return protocol.error(number, protocol.FAULT_REQUEST, f"protocol {version} is asked "
                                      f"for, this opendyna-bridge speaks {protocol.VERSION}: update it")
            if kind == protocol.BYE:
                self.forget(client)
                return None
            handler = self.handlers.get(kind)
            if handler is None:
                raise BadMessage(f"unknown message type {kind}")
            self.asked_at[client] = time.monotonic()
            return handler(client, number, frame)
        except (RequestError, BadMessage) as error:
            return protocol.error(number, protocol.FAULT_REQUEST, str(error))
        except NoSession:
            return protocol.error(number, protocol.FAULT_SESSION,
                                  "this bridge has no environments of this client (was it restarted?)")
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit too: it is the environment's
            return self.environment_error(number, error)

    @staticmethod
    def environment_error(number, error):
        summary = traceback.format_exception_only(type(error), error)[-1].strip()
        return protocol.error(number, protocol.FAULT_ENVIRONMENT, summary,
                              "".join(traceback.format_exception(type(error), error,
                                                                 error.__traceback__)))

    def session(self, client):
        session = self.sessions.get(client)
        if session is None:
            raise NoSession
        return session

    def forget(self, client):
        self.asked_at.pop(client, None)
        session = self.sessions.pop(client, None)
        if session is not None:
            session.close()

    def make(self, client, number, frame):
        reader = protocol.Reader(frame)
        count, episode_steps_max, render = reader.take("IqB")
        name, arguments = reader.text(), reader.text()
        reader.end()
        if not 1 <= count <= 65536:
            raise BadMessage(f"{count} environments, not 1 to 65536")
        self.forget(client)
        if len(self.sessions) >= SESSIONS_MAX:  # who died without a word
            self.forget(min(self.sessions, key=lambda known: self.asked_at.get(known, 0.0)))
        session = Session(name, arguments, count, episode_steps_max, render != 0)
        self.sessions[client] = session
        self.asked_at[client] = time.monotonic()
        threshold = session.reward_threshold
        return protocol.message(
            protocol.MADE, number,
            session.observations.description + session.actions.description
            + struct.pack("<qBd", session.episode_steps_max, threshold is not None, threshold or 0.0))

    def chosen(self, session, i):
        if not 0 <= i < len(session.environments):
            raise BadMessage(f"environment {i}, but there are {len(session.environments)}")
        return i

    def reset(self, client, number, frame):
        session = self.session(client)
        reader = protocol.Reader(frame)
        i, seed = reader.take("IQ")
        reader.end()
        return protocol.message(protocol.OBSERVATION, number,
                                session.reset(self.chosen(session, i), seed).tobytes())

    def step(self, client, number, frame):
        session = self.session(client)
        (count,) = COUNT.unpack_from(frame, HEAD.size)
        width = session.actions.columns
        begin = HEAD.size + 4 + 4 * count
        if count < 1 or len(frame) != begin + 8 * count * width:
            raise BadMessage("a step of the wrong size")
        if count == 1:  # the common case, without arrays of one
            i = self.chosen(session, COUNT.unpack_from(frame, HEAD.size + 4)[0])
            obs, reward, terminated, truncated = session.step(
                i, np.frombuffer(frame, np.float64, width, begin))
            return protocol.message(protocol.STEPPED, number, obs.tobytes() + struct.pack(
                "<dB", reward, terminated | truncated << 1))
        which = np.frombuffer(frame, np.uint32, count, HEAD.size + 4).tolist()
        actions = np.frombuffer(frame, np.float64, count * width, begin).reshape(count, width)
        observations = np.empty((count, session.observations.columns))
        rewards = []
        ends = bytearray(count)
        for row, i in enumerate(which):
            obs, reward, terminated, truncated = session.step(self.chosen(session, i), actions[row])
            observations[row] = obs
            rewards.append(reward)
            ends[row] = terminated | truncated << 1
        return protocol.message(protocol.STEPPED, number, observations.tobytes()
                                + np.array(rewards).tobytes() + bytes(ends))

    def replay(self, client, number, frame):
        session = self.session(client)
        reader = protocol.Reader(frame)
        i, seed, steps = reader.take("IQI")
        width = session.actions.columns
        if len(frame) != reader.at + 8 * steps * width:
            raise BadMessage("a replay of the wrong size")
        obs = session.reset(self.chosen(session, i), seed)
        actions = np.frombuffer(frame, np.float64, steps * width, reader.at).reshape(steps, width)
        for action in actions:
            obs = session.step(i, action)[0]
        return protocol.message(protocol.OBSERVATION, number, obs.tobytes())

    def render(self, client, number, frame):
        session = self.session(client)
        reader = protocol.Reader(frame)
        i = reader.take("I")
        reader.end()
        pixels = session.render(self.chosen(session, i))
        return protocol.message(protocol.FRAME, number,
                                struct.pack("<II", *pixels.shape[:2]) + pixels.tobytes())

    def info(self, client, number, frame):
        session = self.session(client)
        reader = protocol.Reader(frame)
        i = reader.take("I")
        reader.end()
        return protocol.message(protocol.INFO_TEXT, number,
                                protocol.text(session.info(self.chosen(session, i))))
