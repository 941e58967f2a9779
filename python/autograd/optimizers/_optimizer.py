"""What all optimizers have in common."""

from __future__ import annotations

from autograd._core import Moments, Variable
from autograd.optimizers._group import Group
from autograd.optimizers._params import trained, with_grads
from autograd.optimizers._saved import COUNT, counts
from autograd.optimizers._settings import Setting, rate, real

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any, ClassVar

    from numpy.typing import ArrayLike, NDArray

    from autograd._saving import _Wanted
    from autograd.optimizers._params import _Model
    from autograd.optimizers._settings import _Schedule

    _Hook = Callable[[dict[str, Variable]], object]


class Optimizer:
    """What changes parameters so that a loss becomes smaller: the base of all, and of your own.

    What an optimizer remembers of a parameter belongs to that Variable: one optimizer may serve
    several models, and parameters may come and go. Pickle or copy it together with its model, as
    in ``copy.deepcopy((model, optimizer))``, so that the copies belong together too.

    An optimizer of your own gives its settings to ``__init__``, names the arrays that it keeps per
    parameter in ``slots``, and defines ``step``.

    Parameters
    ----------
    lr : float or callable
        The learning rate: a number, or a schedule, which is a function of the number of updates
        made so far; see `autograd.optimizers.schedules`. It can be assigned later.
    hooks : iterable of callable
        Called in turn before each update with the dict of the parameters by name, to change
        their gradients; see `autograd.hooks`.
    groups : iterable of Group
        Parameters with settings of their own. The first group that matches counts; the rest takes
        the optimizer's own settings.
    **settings
        The other settings by name.

    Attributes
    ----------
    steps : int
        How many updates were made.
    hooks : tuple of callable
        The hooks.
    groups : tuple of Group
        The groups.

    Raises
    ------
    TypeError
        If a setting has the wrong type, or a group overrides a setting that does not exist.
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> from autograd import Variable, functions as F, optimizers
    >>> class SignDescent(optimizers.Optimizer):
    ...     def __init__(self, lr=0.01, hooks=(), groups=()):
    ...         super().__init__(lr, hooks, groups)
    ...     def step(self, params, states, settings):
    ...         for p in params:
    ...             p.data = p.data - settings["lr"] * F.sign(p.grad).data
    >>> x = Variable(2.0)
    >>> optimizer = SignDescent(lr=0.5)
    >>> (x * x).backward()
    >>> optimizer.update([x])
    >>> print(x)
    variable(1.5)
    """

    #: The names of the arrays of a parameter's `Moments`.
    slots: ClassVar[tuple[str, ...]] = ()
    lr = Setting(rate)

    def __init__(
        self,
        lr: float | _Schedule,
        hooks: Iterable[_Hook] = (),
        groups: Iterable[Group] = (),
        **settings: Any,
    ) -> None:
        self.steps = 0
        for name, several in (("hooks", hooks), ("groups", groups)):
            if not hasattr(several, "__iter__"):
                got = type(several).__name__
                raise TypeError(
                    f"{self._name}: {name} must be a list, or another iterable, got {got}"
                )
        self.hooks = tuple(hooks)
        self.groups = tuple(groups)
        self._states: dict[Variable, Moments] = {}
        given = {"lr": lr, **settings}
        self._settings = {name: self._checked(name, value) for name, value in given.items()}
        for hook in self.hooks:
            if not callable(hook):
                raise TypeError(f"{self._name}: a hook must be callable, got {type(hook).__name__}")
        for group in self.groups:
            if not isinstance(group, Group):
                raise TypeError(f"{self._name}: groups must be Groups, got {type(group).__name__}")
            for name, value in group.overrides.items():
                self._checked(name, value, known=given)

    def update(self, model: _Model) -> None:
        """Change the parameters by their gradients.

        A graph that was recorded before keeps the old values, and so does an array got from
        ``data``. Parameters without a gradient, or made with ``requires_grad=False``, are left
        alone; a Variable that is there twice is changed once.

        Parameters
        ----------
        model : Layer, or mapping or iterable of Variable
            Something with ``params()``, or the Variables themselves, with or without names.

        Raises
        ------
        TypeError
            If there is something else than Variables.
        ValueError
            If a schedule gives no learning rate: it is not finite, or negative.
        """
        for chosen, settings in self._due(model):
            states = [self._states.get(p) or Moments() for p in chosen] if self.slots else []
            try:
                self.step(chosen, states, settings)
            except BaseException:
                # Some parameters may have been changed, before there was no memory for the next.
                made = zip(chosen, states, strict=False)
                self._states.update((p, state) for p, state in made if state.steps)
                raise
            if self.slots:
                self._states.update(zip(chosen, states, strict=True))
        self.steps += 1

    def step(self, params: list[Variable], states: list[Moments], settings: dict[str, Any]) -> None:
        """Change parameters that share their settings; a subclass defines it.

        Parameters
        ----------
        params : list of Variable
            The parameters, all of which have a gradient.
        states : list of Moments
            What is remembered of each, if there are ``slots``; new ones may be put in their places.
        settings : dict
            The settings by name; ``lr`` is a number.
        """
        raise NotImplementedError(f"{self._name} must define step")

    def state_dict(self, model: _Model) -> dict[str, NDArray[Any]]:
        """Return what the optimizer remembers, as arrays by name.

        ``steps`` is the number of updates. With optimizers that remember something, each parameter
        has ``NAME/steps``, the number of its own, and, when that is above 0, an array
        ``NAME/SLOT`` for each of the optimizer's ``slots``. Settings, schedules and hooks are not
        among them: they are the program's.

        Parameters
        ----------
        model : Layer, or mapping or iterable of Variable
            What is given to `update`.
        """
        import numpy as np

        state: dict[str, NDArray[Any]] = {"steps": np.array(self.steps)}
        for name, p in trained(f"{self._name}.state_dict", model).items() if self.slots else ():
            moments = self._states.get(p) or Moments()
            state[f"{name}/steps"] = np.array(moments.steps)
            if moments.steps:
                for slot, array in zip(self.slots, moments.arrays, strict=True):
                    state[f"{name}/{slot}"] = array
        return state

    def load_state_dict(self, state: Mapping[str, ArrayLike], model: _Model) -> None:
        """Take over what `state_dict` returned, for the parameters of a model.

        Training goes on as if it had not been interrupted, bit by bit, if the model has the values
        that it had, and the optimizer its settings. Nothing is changed if anything is missing, left
        over or does not fit.

        Parameters
        ----------
        state : mapping of str to array_like
            What `state_dict` returned.
        model : Layer, or mapping or iterable of Variable
            What is given to `update`; its parameters have the same names as before.

        Raises
        ------
        ValueError
            If names, shapes or dtypes differ; the message lists all that do.
        TypeError
            If ``state`` is no mapping.
        """
        from autograd._saving import check

        what = f"{self._name}.load_state_dict"
        params = trained(what, model)
        kept = params if self.slots else {}
        steps = counts(what, state, ["steps", *(f"{name}/steps" for name in kept)])
        wanted: dict[str, _Wanted] = {"steps": COUNT}
        for name, p in kept.items():
            wanted[f"{name}/steps"] = COUNT
            if steps.get(f"{name}/steps"):
                wanted.update({f"{name}/{slot}": p for slot in self.slots})
        arrays = check(what, state, wanted)
        for name, p in kept.items():
            made = steps[f"{name}/steps"]
            slots = self.slots if made else ()
            self._states[p] = Moments(made, [arrays[f"{name}/{slot}"] for slot in slots])
        self.steps = steps["steps"]

    def save(self, path: str | os.PathLike[str], model: _Model) -> None:
        """Write what the optimizer remembers to a safetensors file; see `state_dict`.

        Raises
        ------
        OSError
            If the file cannot be written.

        Examples
        --------
        >>> import pathlib, tempfile
        >>> from autograd import Variable, optimizers
        >>> x = Variable(2.0)
        >>> optimizer, other = optimizers.Momentum(lr=0.1), optimizers.Momentum(lr=0.1)
        >>> (x * x).backward()
        >>> optimizer.update({"x": x})
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     file = pathlib.Path(folder) / "optimizer.safetensors"
        ...     optimizer.save(file, {"x": x})
        ...     other.load(file, {"x": x})
        >>> other.steps
        1
        """
        from autograd._saving import write

        write(path, self.state_dict(model), {"optimizer": self._name})

    def load(self, path: str | os.PathLike[str], model: _Model) -> None:
        """Read what `save` wrote; see `load_state_dict`.

        Raises
        ------
        ValueError
            If names, shapes or dtypes differ, or the file is that of another kind of optimizer, or
            of none.
        OSError
            If the file cannot be read.
        """
        from autograd._saving import os_path, read

        state, metadata = read(path)
        kind = metadata.get("optimizer")
        if kind != self._name:
            found = "no optimizer" if kind is None else kind
            raise ValueError(
                f"{self._name}.load: {os_path(path)} has the state of {found}, not of {self._name}"
            )
        self.load_state_dict(state, model)

    @property
    def _name(self) -> str:
        return type(self).__name__

    def _checked(self, name: str, value: Any, known: Mapping[str, Any] | None = None) -> Any:
        """Check a setting; of a group's, that there is one of this name too."""
        if known is not None and name not in known:
            settings = ", ".join(known)
            raise TypeError(f"{self._name}: a group sets {name}, the settings are: {settings}")
        setting = getattr(type(self), name, None)
        return setting.check(self._name, name, value) if isinstance(setting, Setting) else value

    def _due(self, model: _Model) -> list[tuple[list[Variable], dict[str, Any]]]:
        """Return the parameters that have a gradient by group, with the settings of this step."""
        chosen = None if self.hooks or self.groups else with_grads(model)
        if chosen is None:
            params = trained(f"{self._name}.update", model)
            for hook in self.hooks:
                hook(params)
            if self.groups:
                return self._split(params)
            chosen = [p for p in params.values() if p.grad is not None]
        return [(chosen, self._now({**self._settings}))] if chosen else []

    def _split(self, params: dict[str, Variable]) -> list[tuple[list[Variable], dict[str, Any]]]:
        groups: list[list[Variable]] = [[] for _ in range(len(self.groups) + 1)]
        for name, p in params.items():
            if p.grad is not None:
                matching = (i for i, group in enumerate(self.groups) if group.matches(name, p))
                groups[next(matching, -1)].append(p)
        overrides = [*(group.overrides for group in self.groups), {}]
        return [
            (those, self._now({**self._settings, **own}))
            for those, own in zip(groups, overrides, strict=True)
            if those
        ]

    def _now(self, settings: dict[str, Any]) -> dict[str, Any]:
        """Return the settings of this step: a schedule is asked for its number."""
        lr = settings["lr"]
        if callable(lr):
            at = f"the learning rate of {lr!r} at step {self.steps}"
            settings["lr"] = real(f"{self._name}.update", at, lr(self.steps))
        return settings

    def __repr__(self) -> str:
        settings = ", ".join(f"{name}={value!r}" for name, value in self._settings.items())
        return f"{self._name}({settings})"
