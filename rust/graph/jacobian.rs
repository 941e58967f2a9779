//! The derivatives of all elements of a result by all elements of the inputs.
//!
//! A row is what one pass computes from a seed of 1 for its result; all rows are one pass with a batch of
//! seeds. Rows that have no column in common can share a seed, and be told apart afterwards (Curtis, Powell and
//! Reid 1974, *On the Estimation of Sparse Jacobian Matrices*), so a banded Jacobian takes as many seeds as
//! the band is wide. Which ones to put together is a colouring of the graph of rows that have a column in common, done
//! greedily (Coleman and Moré 1983, *Estimation of Sparse Jacobian Matrices and Graph Coloring Problems*).

use super::backward::Held;
use super::gradients::{Wish, Within};
use super::node::{FREED, NodeId};
use super::reach::{Sets, count, each};
use super::{Ctx, Graph, Var};
use crate::error::{Result, room};
use crate::ops::{self, Selection};
use crate::tensor::{Dims, Tensor};
use crate::with_float;

/// With fewer rows or columns than this each row is computed on its own.
const FEW: usize = 12;
/// Sharing seeds pays if it makes them so many times fewer.
const GAIN: usize = 2;

/// Rows that share seeds.
struct Groups {
    /// For each row, its group.
    of: Vec<usize>,
    count: usize,
    /// For each input, the columns of each row; `None` where it has no entry.
    columns: Vec<Option<Sets>>,
}

impl Graph {
    /// For each of the inputs, of shape T, an array of the shape of `output` and T; `None` for those that the
    /// output does not depend on. Each is held once for the caller. Also tells whether they were recorded.
    /// `create_graph` is as for [`Graph::gradients`].
    pub fn jacobian(
        &self,
        output: NodeId,
        inputs: &[NodeId],
        create_graph: Option<bool>,
    ) -> Result<(Vec<Option<NodeId>>, bool)> {
        let (shape, dtype) = self.describe(output);
        let rows: usize = shape.iter().product();
        let output = self.resolve(output);
        let ids: Vec<NodeId> = inputs.iter().map(|&id| self.resolve(id)).collect();
        let known = self.between(&[output], &ids, &[])?;
        // All that was found stays until the end, be it that another thread cuts it off meanwhile.
        let _held = {
            let mut arena = self.arena();
            known.0.keys().for_each(|&id| arena.hold(id));
            Held::new(self, known.0.keys().copied().collect())
        };
        let groups = self.groups(output, &ids, rows, &known.0)?;
        let own = |row: usize| groups.as_ref().map_or(row, |g| g.of[row]);
        let batch = groups.as_ref().map_or(rows, |g| g.count);

        let among: Dims = [batch].into_iter().chain(shape.iter().copied()).collect();
        let mut seed = Tensor::zeros(dtype, &among)?;
        let ones = (0..rows).map(|row| own(row) * rows + row);
        with_float!(dtype, T => {
            let all = seed.as_mut_slice::<T>().unwrap_or_default();
            ones.for_each(|at| all[at] = 1.0);
        }, else ());
        let wish = Wish { create_graph, batch: Some(batch), ..Wish::default() };
        let seeds = vec![(output, Some(Var::constant(seed)))];
        let (found, recorded) = self.gradients_within(seeds, &ids, wish, Some(known))?;

        let ctx = Ctx::with_recording(self, recorded);
        let adopt = |id: Option<NodeId>| {
            id.map(|id| {
                let v = ctx.operand(id);
                self.release(id);
                v
            })
        };
        let found: Vec<Option<Var>> = found.into_iter().map(adopt).collect();
        let whole = |(i, v): (usize, Option<Var>)| -> Result<Option<Var>> {
            let Some(mut v) = v else { return Ok(None) };
            if let Some(groups) = &groups {
                v = groups.expand(&ctx, &v, i)?;
            }
            let (inner, _) = self.describe(ids[i]);
            let shape: Dims = shape.iter().chain(&inner).copied().collect();
            ops::reshape(&ctx, &v, &shape).map(Some)
        };
        let whole = found.into_iter().enumerate().map(whole).collect::<Result<Vec<_>>>()?;
        let kept = whole.iter().map(|v| v.as_ref().map(|v| ctx.keep(v))).collect();
        Ok((kept, recorded))
    }

    /// How to share seeds, if that pays.
    fn groups(
        &self,
        output: NodeId,
        inputs: &[NodeId],
        rows: usize,
        within: &Within,
    ) -> Result<Option<Groups>> {
        let columns: usize = {
            let arena = self.arena();
            if arena.get(output).flags & FREED != 0 {
                return Ok(None);
            }
            inputs.iter().map(|&id| arena.get(id).value.size()).sum()
        };
        if rows < FEW || columns < FEW {
            return Ok(None);
        }
        let sets = self.reached(output, inputs, within, rows / GAIN)?;
        sets.map_or(Ok(None), |sets| Groups::new(rows, sets))
    }
}

impl Groups {
    /// The groups, from the rows of each column; `None` where they are too many.
    fn new(rows: usize, sets: Vec<Option<Sets>>) -> Result<Option<Self>> {
        if sets.iter().flatten().flat_map(Sets::iter).any(|set| count(set) * GAIN > rows) {
            return Ok(None);
        }
        let turned = |sets: &Option<Sets>| sets.as_ref().map(|sets| sets.turned(rows)).transpose();
        let columns = sets.iter().map(turned).collect::<Result<Vec<_>>>()?;
        // For each group, the columns that it has, those of all inputs one after the other.
        let mut groups: Vec<Vec<u64>> = Vec::new();
        let mut of = Vec::with_capacity(rows);
        let mut own: Vec<u64> = Vec::new();
        for row in 0..rows {
            own.clear();
            columns.iter().flatten().for_each(|sets| own.extend_from_slice(sets.get(row)));
            let apart = |group: &Vec<u64>| group.iter().zip(&own).all(|(a, b)| a & b == 0);
            let group = groups.iter().position(apart).unwrap_or_else(|| {
                groups.push(vec![0; own.len()]);
                groups.len() - 1
            });
            groups[group].iter_mut().zip(&own).for_each(|(all, new)| *all |= new);
            of.push(group);
            if groups.len() * GAIN > rows {
                return Ok(None);
            }
        }
        Ok(Some(Self { of, count: groups.len(), columns }))
    }

    /// All rows for input `i`, from those of the groups.
    fn expand(&self, g: &Ctx<'_>, found: &Var, i: usize) -> Result<Var> {
        let Some(sets) = &self.columns[i] else { return Ok(found.clone()) };
        let columns = found.value.size() / self.count;
        let entries = sets.iter().map(count).sum();
        let (mut from, mut to) = (room(entries)?, room(entries)?);
        for (row, &group) in self.of.iter().enumerate() {
            each(sets.get(row), |column| {
                from.push(group * columns + column);
                to.push(row * columns + column);
            });
        }
        let shape: Dims = [entries].into_iter().collect();
        let selection = |rows| Selection::flat("Entries", 1, rows, shape.clone());
        let flat = ops::reshape(g, found, &[self.count * columns])?;
        let taken = ops::select(g, &flat, selection(from))?;
        ops::scatter(g, &taken, selection(to), &[self.of.len() * columns])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::op::{binary, unary};
    use crate::tensor::{Array, Pick};

    fn part(g: &Ctx<'_>, x: &Var, start: usize, len: usize) -> Var {
        ops::index(g, x, vec![Pick::Slice { start, step: 1, len }]).expect("a view")
    }

    /// How many groups there are for a function of forty numbers.
    fn groups(f: impl Fn(&Ctx<'_>, &Var) -> Result<Var>) -> Option<usize> {
        let graph = Graph::new();
        let values: Vec<f64> = (0..40).map(|i| f64::from(i) / 40.0).collect();
        let x = graph.leaf(Array::from_slice(&values, &[40]).expect("fits").into(), true);
        let y = {
            let g = Ctx::with_recording(&graph, true);
            let y = f(&g, &graph.var(x)).expect("computes");
            g.keep(&y)
        };
        let rows = graph.value(y).size();
        let (within, _) = graph.between(&[y], &[x], &[]).expect("a graph");
        let found = graph.groups(y, &[x], rows, &within).expect("enough memory");
        graph.release(y);
        graph.release(x);
        found.map(|found| found.count)
    }

    #[test]
    fn as_many_groups_as_rows_overlap() {
        assert_eq!(groups(|g, x| unary(g, ops::Sin, x)), Some(1));
        let products =
            |g: &Ctx<'_>, x: &Var| binary(g, ops::Mul, &part(g, x, 1, 39), &part(g, x, 0, 39));
        assert_eq!(groups(products), Some(2));
        let blocks = |g: &Ctx<'_>, x: &Var| ops::softmax(g, &ops::reshape(g, x, &[8, 5])?, 1);
        assert_eq!(groups(blocks), Some(5));
        let turned = |g: &Ctx<'_>, x: &Var| {
            let y = ops::softmax(g, &ops::reshape(g, x, &[10, 4])?, 1)?;
            ops::transpose(g, &y, None)
        };
        assert_eq!(groups(turned), Some(4));
    }

    #[test]
    fn none_where_it_does_not_pay() {
        assert_eq!(groups(|g, x| unary(g, ops::Sin, &part(g, x, 0, FEW - 1))), None);
        let all = |g: &Ctx<'_>, x: &Var| binary(g, ops::Mul, x, &ops::sum(g, x, None, false)?);
        assert_eq!(groups(all), None);
        let mixed = |g: &Ctx<'_>, x: &Var| ops::softmax(g, &ops::reshape(g, x, &[1, 40])?, 1);
        assert_eq!(groups(mixed), None);
    }
}
