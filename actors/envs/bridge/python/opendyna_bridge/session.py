"""The environments of one client."""

import importlib
import json

import gymnasium
import numpy as np

from .spaces import Actions, ContractError, Observations, SpaceError


class RequestError(Exception):
    """What the client asks for cannot be: its operator's mistake."""


def make(name, arguments, episode_steps_max, render):
    """gymnasium.make(NAME), or CLASS(...) for "module.path:ClassName".

    episode_steps_max: -1 the environment's own time limit, 0 none.
    """
    options = dict(arguments)
    if render:
        options.setdefault("render_mode", "rgb_array")
    module, _, attribute = name.partition(":")
    if attribute:
        try:
            found = getattr(importlib.import_module(module), attribute, None)
        except ModuleNotFoundError as error:
            if error.name is None or not (module + ".").startswith(error.name + "."):
                raise  # the module is there, something that it needs is not
            raise RequestError(f"there is no Python module '{module}' (looked in the current "
                               "folder and PYTHONPATH)") from None
        if callable(found):
            environment = found(**options)
            if not isinstance(environment, gymnasium.Env):
                raise RequestError(f"{name} made a {type(environment).__name__}, not a gymnasium.Env")
            return environment
    if episode_steps_max >= 0:
        options["max_episode_steps"] = episode_steps_max if episode_steps_max > 0 else -1
    try:
        return gymnasium.make(name, **options)
    except gymnasium.error.Error as error:
        raise RequestError(f"gymnasium.make: {error}") from None


def parse_arguments(text):
    try:
        arguments = json.loads(text) if text else {}
    except json.JSONDecodeError as error:
        raise RequestError(f"env.arguments = {text!r} is not JSON: {error}") from None
    if not isinstance(arguments, dict):
        raise RequestError(f"env.arguments = {text!r} is not a JSON object, such as "
                           '{"gravity": 9.8}')
    return arguments


class Session:
    """`count` environments of one kind; every method may raise what they raise."""

    def __init__(self, name, arguments, count, episode_steps_max, render):
        arguments = parse_arguments(arguments)
        self.environments = []
        try:
            for _ in range(count):
                self.environments.append(make(name, arguments, episode_steps_max, render))
            first = self.environments[0]
            self.observations = Observations(first.observation_space)
            self.actions = Actions(first.action_space)
        except SpaceError as error:
            self.close()
            raise RequestError(str(error)) from None
        except BaseException:
            self.close()
            raise
        self.infos = [{} for _ in self.environments]
        spec = first.spec
        self.episode_steps_max = int(getattr(spec, "max_episode_steps", None) or 0)
        self.reward_threshold = getattr(spec, "reward_threshold", None)

    def reset(self, i, seed):
        """Row of the first observation, [O]."""
        result = self.environments[i].reset(seed=seed)
        if not isinstance(result, tuple) or len(result) != 2:
            raise ContractError("reset() did not return (observation, info)")
        observation, self.infos[i] = result
        return self.observations.row(observation)

    def step(self, i, row):
        """Row of the observation, reward, terminated, truncated, after the action of `row` [A]."""
        result = self.environments[i].step(self.actions.action(row))
        if not isinstance(result, tuple) or len(result) != 5:
            size = f"a tuple of {len(result)}" if isinstance(result, tuple) else type(result).__name__
            raise ContractError(f"step() returned {size}, not (observation, reward, terminated, "
                                "truncated, info)")
        observation, reward, terminated, truncated, self.infos[i] = result
        return self.observations.row(observation), float(reward), bool(terminated), bool(truncated)

    def render(self, i):
        """The frame, uint8 [height, width, 3]."""
        frame = self.environments[i].render()
        if frame is None:
            raise ContractError("render() returned nothing; it must return an array of the shape "
                                "[height, width, 3] when made with render_mode='rgb_array'")
        frame = np.asarray(frame)
        if frame.ndim != 3 or frame.shape[2] != 3 or frame.dtype != np.uint8:
            raise ContractError(f"render() returned {frame.dtype} of shape {frame.shape}, not uint8 "
                                "of shape [height, width, 3]")
        return np.ascontiguousarray(frame)

    def info(self, i):
        """The last info as JSON; what JSON has no word for as Python prints it."""
        def convert(value):
            if isinstance(value, (np.ndarray, np.generic)):
                return value.tolist()
            return repr(value)

        return json.dumps({str(key): value for key, value in self.infos[i].items()}, default=convert)

    def close(self):
        for environment in self.environments:
            try:
                environment.close()
            except Exception:  # noqa: BLE001 - it is leaving anyway
                pass
        self.environments = []
