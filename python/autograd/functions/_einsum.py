"""Einstein's summation, as products of matrices."""

from __future__ import annotations

from autograd import _core
from autograd._core import Variable

# Spelt out rather than imported: `typing` takes longer to import than all of this package.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import ArrayLike

    # A letter for each axis.
    _Term = tuple[str, ...]
    _Part = tuple[Variable, _Term]
    _Sizes = dict[str, int]


def einsum(subscripts: str, /, *operands: Variable | ArrayLike) -> Variable:
    """Sum products over axes that are named by letters, as ``numpy.einsum``.

    Each operand has a letter for each axis. An axis whose letter is missing in the result is summed
    over; a letter that an operand has twice stands for its diagonal. Three or more operands are
    multiplied two at a time, first those that make the most elements go. Each step is a product of
    matrices, and so are the gradients.

    Parameters
    ----------
    subscripts : str
        Letters for the axes of each operand, with commas between operands; then ``->`` and the
        letters of the result. Without ``->`` the result has the letters that occur once, in
        alphabetical order. ``...`` stands for axes without letters, aligned from the right. Axes of
        size one broadcast.
    *operands : Variable or array_like
        The factors.

    Returns
    -------
    Variable
        An axis for each letter after ``->``, and those of the ellipsis.

    Raises
    ------
    ValueError
        If the subscripts cannot be read or do not fit the operands, or sizes of one letter differ.

    Examples
    --------
    >>> from autograd import Variable, functions as F
    >>> x = Variable([[1.0, 2.0], [3.0, 4.0]])
    >>> print(F.einsum("ij,j->i", x, [1.0, 10.0]), F.einsum("ii", x), F.einsum("ij->ji", x).shape)
    variable([21., 43.]) variable(5.0) (2, 2)
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"einsum: subscripts must be a string, got {type(subscripts).__name__}")
    factors = _factors(operands)
    terms, result = _read(subscripts, factors)
    sizes = _sizes(terms, factors)
    whole = [
        _stretched(*_diagonals(x, term), sizes) for x, term in zip(factors, terms, strict=True)
    ]
    parts = []
    for i, (x, term) in enumerate(whole):
        others = (t for j, (_, t) in enumerate(whole) if j != i)
        parts.append(_summed(x, term, {*result}.union(*others)))
    while len(parts) > 1:
        i, j = _cheapest([term for _, term in parts], result, sizes)
        (y, b), (x, a) = parts.pop(j), parts.pop(i)
        parts.append(_pair(x, a, y, b, {*result}.union(*(term for _, term in parts)), sizes))
    x, term = parts[0]
    return _core.transpose(x, [term.index(c) for c in result]) if term != result else x


def _factors(operands: tuple[Variable | ArrayLike, ...]) -> list[Variable]:
    """Make Variables of one dtype of the operands; numbers take the dtype of what they meet."""

    def typed(x: object, dtype: str | None = None) -> Variable:
        if isinstance(x, Variable):
            return x if dtype is None else x.astype(dtype)
        try:
            return Variable(x, requires_grad=False, dtype=dtype)  # type: ignore[arg-type]
        except (TypeError, ValueError) as e:
            raise type(e)(f"einsum: {str(e).removeprefix('Variable: ')}") from None

    factors = [x if type(x) in (int, float, bool) else typed(x) for x in operands]
    kinds = {x.dtype.name for x in factors if isinstance(x, Variable)}
    dtype = "float32" if kinds == {"float32"} else "float64"
    return [typed(x, dtype) for x in factors]


# Reading


def _read(subscripts: str, factors: list[Variable]) -> tuple[list[_Term], _Term]:
    """Find the letters of each operand's axes, and of those of the result.

    Axes under an ellipsis get numbers in place of letters, counted from the right.
    """
    text = "".join(subscripts.split())
    left, arrow, right = text.partition("->")
    given = left.split(",")
    if not factors or len(given) != len(factors):
        raise ValueError(
            f'einsum: "{subscripts}" has {len(given)} operand(s), and {len(factors)} are given'
        )
    for term in (*given, right):
        _check(term, subscripts)
    terms = []
    for i, (term, x) in enumerate(zip(given, factors, strict=True)):
        named = len(term.replace("...", ""))
        rest = x.ndim - named
        if rest < 0 or (rest > 0 and "..." not in term):
            raise ValueError(
                f'einsum: operand {i} has {x.ndim} axes, and "{term}" names {named} of them'
            )
        terms.append(_letters(term, rest))
    unnamed = max((sum(c.isdigit() for c in term) for term in terms), default=0)
    if arrow:
        result = _letters(right, unnamed)
        if "..." not in right and unnamed:
            raise ValueError(f'einsum: the result of "{subscripts}" lacks the ellipsis')
        for c in result:
            if result.count(c) > 1:
                raise ValueError(f'einsum: the result of "{subscripts}" has "{c}" twice')
            if not c.isdigit() and not any(c in term for term in terms):
                raise ValueError(f'einsum: no operand of "{subscripts}" has "{c}"')
        return terms, result
    flat = [c for term in terms for c in term]
    once = sorted(c for c in {*flat} if not c.isdigit() and flat.count(c) == 1)
    return terms, (*_unnamed(unnamed), *once)


def _check(term: str, subscripts: str) -> None:
    """Refuse what is neither a letter nor the only ellipsis of a term."""
    for c in term.replace("...", "", 1):
        if not (c.isascii() and c.isalpha()):
            raise ValueError(
                f'einsum: "{c}" has no meaning in "{subscripts}": letters, commas, one "..." in '
                'each term and one "->" are wanted'
            )


def _unnamed(count: int) -> _Term:
    return tuple(str(i) for i in reversed(range(count)))


def _letters(term: str, rest: int) -> _Term:
    """One operand's letters, with numbers for the ``rest`` of its axes in place of an ellipsis."""
    before, dots, after = term.partition("...")
    return (*before, *(_unnamed(rest) if dots else ()), *after)


def _sizes(terms: list[_Term], factors: list[Variable]) -> _Sizes:
    """Find the size of each letter's axes, which are equal or one."""
    sizes: _Sizes = {}
    for term, x in zip(terms, factors, strict=True):
        for c, size in zip(term, x.shape, strict=True):
            known = sizes.setdefault(c, size)
            if known == 1:
                sizes[c] = size
            elif size not in (1, known):
                which = "an axis of the ellipsis" if c.isdigit() else f'"{c}"'
                shapes = ", ".join(str(x.shape) for x in factors)
                raise ValueError(
                    f"einsum: {which} has sizes {known} and {size} in operands of shapes {shapes}"
                )
    return sizes


# One operand


def _diagonals(x: Variable, term: _Term) -> _Part:
    """Letters that occur more than once stand for diagonals."""
    for c in sorted({c for c in term if term.count(c) > 1}):
        axes = [i for i, d in enumerate(term) if d == c]
        others = [i for i, d in enumerate(term) if d != c]
        n = x.shape[axes[0]]
        if any(x.shape[i] != n for i in axes):
            raise ValueError(f'einsum: "{c}" has different sizes in an operand of shape {x.shape}')
        x = _core.transpose(x, others + axes)
        x = _core.reshape(x, (*x.shape[: len(others)], n ** len(axes)))
        # Steps of one along each of the axes at once.
        step = sum(n**k for k in range(len(axes)))
        x = x[..., :: max(step, 1)]
        term = (*(term[i] for i in others), c)
    return x, term


def _stretched(x: Variable, term: _Term, sizes: _Sizes) -> _Part:
    """Without axes of size one that broadcast: the other operands have them."""
    kept = [i for i, c in enumerate(term) if x.shape[i] == sizes[c]]
    if len(kept) == len(term):
        return x, term
    return _core.reshape(x, [x.shape[i] for i in kept]), tuple(term[i] for i in kept)


def _summed(x: Variable, term: _Term, wanted: set[str]) -> _Part:
    """Sum over the letters that nothing else has."""
    axes = [i for i, c in enumerate(term) if c not in wanted]
    if not axes:
        return x, term
    return _core.sum(x, axis=axes), tuple(c for c in term if c in wanted)


# Two operands


def _cheapest(terms: list[_Term], result: _Term, sizes: _Sizes) -> tuple[int, int]:
    """Find the two to be multiplied next: those that make the most elements go."""
    if len(terms) == 2:
        return 0, 1

    def cost(pair: tuple[int, int]) -> tuple[int, int]:
        a, b = ({*terms[i]} for i in pair)
        others = {*result}.union(*(t for i, t in enumerate(terms) if i not in pair))
        left = _size((a | b) & others, sizes)
        return left - _size(a, sizes) - _size(b, sizes), _size(a | b, sizes)

    return min(((i, j) for j in range(len(terms)) for i in range(j)), key=cost)


def _size(letters: Iterable[str], sizes: _Sizes) -> int:
    n = 1
    for c in letters:
        n *= sizes[c]
    return n


def _pair(
    x: Variable, a: _Term, y: Variable, b: _Term, wanted: set[str], sizes: _Sizes, /
) -> _Part:
    """Multiply two operands, summed over the letters that nothing else has."""
    stack = [c for c in a if c in b and c in wanted]
    over = [c for c in a if c in b and c not in wanted]
    left = [c for c in a if c not in b]
    right = [c for c in b if c not in a]
    lead = [sizes[c] for c in stack]
    n, k, m = (_size(group, sizes) for group in (left, over, right))
    x = _core.transpose(x, [a.index(c) for c in stack + left + over])
    y = _core.transpose(y, [b.index(c) for c in stack + over + right])
    term = (*stack, *left, *right)
    if stack and (not over or not (left or right)):
        # Nothing to gain from products of matrices with one row and one column.
        x, y = _core.reshape(x, [*lead, n, 1, k]), _core.reshape(y, [*lead, 1, m, k])
        z = _core.sum(x * y, axis=-1) if over else x * y
    else:
        z = _core.matmul(_core.reshape(x, [*lead, n, k]), _core.reshape(y, [*lead, k, m]))
    return _core.reshape(z, [sizes[c] for c in term]), term
